# ruff: noqa: E501, D105 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Plain stdlib loggers under this library: never an exception, never a print, and all others see what they saw."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import logging.config
import queue
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import bind, configure_logging, shutdown
from amaie_telemetry.handler import ContractError, JsonFormatter, TelemetryHandler
from amaie_telemetry.record import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY = "canary-8f3a6c"
Records = list[dict[str, Any]]


def log() -> logging.Logger:
    """Return the logger of these tests."""
    return logging.getLogger("tests.loggers")


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_names_in_extra_are_moved_not_fatal(name: str, logged: Callable[[], Records]) -> None:
    """The standard's own example passes `module`; the stdlib raises KeyError at that."""
    log().info("hello", extra={name: "mine", "symbol": "BTC/USDT"})
    (record,) = logged()
    assert record["message"] == "hello"
    assert record["module"] == "tests.loggers"
    assert record["symbol"] == "BTC/USDT"
    assert record["extra"] == {name: "mine"}


@pytest.mark.parametrize("name", ["timestamp", "level", "event_id", "exception_type", "extra"])
def test_names_of_the_record_itself_cannot_be_forged(name: str, logged: Callable[[], Records]) -> None:
    """They are moved under `extra`, too."""
    log().info("hello", extra={name: "forged"})
    (record,) = logged()
    assert record["extra"] == {name: "forged"}
    assert record["marks"] == "moved"


def test_the_example_of_the_standard_names_its_own_service(logged: Callable[[], Records]) -> None:
    """`extra={"service": "launcher"}` is honoured, as in section 3.4."""
    log().info("System initialized", extra={"service": "launcher", "profile_name": "development"})
    log().info("Odd", extra={"service": "No Such\nService"})
    first, second = logged()
    assert (first["service"], first["profile_name"]) == ("launcher", "development")
    assert (second["service"], second["extra"]) == ("amaie-core", {"service": "No Such\nService"})


class Loud:
    """An object whose `repr` logs itself."""

    def __repr__(self) -> str:
        log().info("inside repr of %r", self)
        return "loud"


class Broken:
    """An object that cannot be printed."""

    def __repr__(self) -> str:
        raise RuntimeError(CANARY)


@pytest.mark.parametrize(
    "arguments",
    [("%d items", CANARY), ("%s %s", CANARY), ("%(a)s", {"b": CANARY}), ("%d", Broken()), ("100%", CANARY)],
)
def test_arguments_that_do_not_fit_never_raise_or_print(
    arguments: tuple[Any, ...], logged: Callable[[], Records], capfd: pytest.CaptureFixture[str]
) -> None:
    """The stdlib prints the arguments to stderr, unredacted; here a line goes out that says what is wrong."""
    log().info(*arguments)
    (record,) = logged()
    assert record["message"].endswith("<arguments do not fit>")
    assert CANARY not in json.dumps(record)
    assert capfd.readouterr() == ("", "")


def test_a_repr_that_logs_ends(logged: Callable[[], Records]) -> None:
    """The inner call is logged once, with its object named by its type: no recursion."""
    log().info("outer %r", Loud())
    inner, outer = logged()
    assert inner["message"] == "inside repr of %r <unserialisable:Loud>" or "Loud" in inner["message"]
    assert outer["message"] == "outer loud"


class FailingFilter(logging.Filter):
    """A filter with a bug."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Fail, with the arguments in the text."""
        raise ValueError(f"{CANARY} {record.args}")


def test_a_failing_filter_of_a_logger_leaves_a_minimal_line(
    logged: Callable[[], Records], capfd: pytest.CaptureFixture[str]
) -> None:
    """The caller notices nothing; the line names the failure and nothing that was logged."""
    failing = FailingFilter()
    log().addFilter(failing)
    log().error("secret %s", CANARY, extra={"symbol": CANARY})
    log().removeFilter(failing)
    (record,) = logged()
    assert record["message"] == "<a record could not be logged: ValueError>"
    assert (record["level"], record["module"], record["marks"]) == ("ERROR", "tests.loggers", "failed")
    assert CANARY not in json.dumps(record)
    assert capfd.readouterr() == ("", "")


def test_a_failing_filter_of_the_handler_leaves_a_minimal_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The same where the filter sits on our handler."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    handler.addFilter(FailingFilter())
    log().info("secret %s", CANARY)
    shutdown()
    (line,) = (tmp_path / "launcher.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["message"] == "<a record could not be logged: ValueError>"
    assert capfd.readouterr() == ("", "")


def test_a_failing_redactor_leaves_a_minimal_line_and_a_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Redaction fails closed: message and fields are gone, time, level and logger stay."""
    handler = configure_logging(service="launcher", log_dir=tmp_path, fast=True)

    def fail(*_: object) -> str:
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr("amaie_telemetry.redact.texts.Texts.found", fail)
    log().critical("password=%s", CANARY, extra={"note": CANARY})
    shutdown()
    text = (tmp_path / "launcher.jsonl").read_text(encoding="utf-8")
    record = json.loads(text)
    assert CANARY not in text
    assert record["message"] == "<a record could not be written: ZeroDivisionError>"
    assert (record["level"], record["module"], record["marks"]) == ("CRITICAL", "tests.loggers", "failed")
    assert handler.delivery.encoder.failures == 1
    assert capfd.readouterr() == ("", "")


def test_a_later_change_of_a_value_does_not_show(logged: Callable[[], Records]) -> None:
    """A record says what was true when it was logged: in extra, arguments and bound fields."""
    state, bound = {"qty": [1]}, ["a"]
    with bind(note=bound):
        log().info("state %s", state, extra={"state": state})
    state["qty"].append(2)
    bound.append("b")
    (record,) = logged()
    assert (record["state"], record["message"], record["note"]) == ({"qty": [1]}, "state {'qty': [1]}", ["a"])


def test_foreign_handlers_filters_and_caplog_see_standard_records(
    logged: Callable[[], Records], caplog: pytest.LogCaptureFixture
) -> None:
    """As soon as somebody else listens, a full LogRecord is made: caller's place, thread, extra and all."""
    seen: list[logging.LogRecord] = []

    class Foreign(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            """Remember a record."""
            seen.append(record)

    foreign = Foreign()
    log().addHandler(foreign)
    logging.getLogger().addHandler(caplog.handler)
    log().warning("one %d", 1, extra={"symbol": "X", "module": "perception"})
    log().removeHandler(foreign)
    (record,) = seen
    assert type(record) is logging.LogRecord
    assert (record.getMessage(), record.filename, record.funcName) == (
        "one 1",
        "test_loggers.py",
        test_foreign_handlers_filters_and_caplog_see_standard_records.__name__,
    )
    assert (record.threadName, record.symbol, record.extra) == ("MainThread", "X", {"module": "perception"})  # type: ignore[attr-defined]
    assert [r.getMessage() for r in caplog.records] == ["one 1"]
    assert [r["message"] for r in logged()] == ["one 1"]


def test_a_logger_that_does_not_propagate_stays_silent(logged: Callable[[], Records]) -> None:
    """Propagation, levels and `logging.disable` mean what they always mean."""
    log().propagate = False
    log().error("not for root")
    log().propagate = True
    logging.getLogger("urllib3.pool").debug("too much")
    logging.disable(logging.INFO)
    log().info("disabled")
    logging.disable(logging.NOTSET)
    log().debug("seen")
    assert [record["message"] for record in logged()] == ["seen"]


def test_third_party_and_root_loggers_go_the_same_way(logged: Callable[[], Records]) -> None:
    """Loggers made before, loggers of a foreign class, and the root: redacted, in the file."""

    class Foreign(logging.Logger):
        pass

    foreign = Foreign("ccxt.exchange")
    foreign.parent = logging.getLogger()
    foreign.info("password=%s", "hunter2")
    logging.getLogger("urllib3").warning("Retrying: https://u:hunter2@host/x")
    logging.warning("password=hunter2")  # noqa: LOG015
    records = logged()
    assert len(records) == 3
    assert "hunter2" not in json.dumps(records)


def test_exceptions_are_text_without_local_variables(logged: Callable[[], Records]) -> None:
    """Type, text and traceback, bounded; a cycle of causes and a group end."""
    hidden = CANARY
    first, second = ValueError("first"), KeyError("second")
    first.__cause__, second.__cause__ = second, first
    try:
        raise ExceptionGroup("many", [first, second])  # noqa: TRY301
    except ExceptionGroup:
        log().exception("it failed")

    def deep(level: int) -> None:
        if level:
            deep(level - 1)
        raise RecursionError("deep")

    try:
        deep(400)
    except RecursionError as error:
        log().error("again", exc_info=error)
    log().info("stack", stack_info=True)
    one, two, three = logged()
    assert hidden not in json.dumps(one)
    assert (one["exception_type"], one["exception_message"]) == ("ExceptionGroup", "many (2 sub-exceptions)")
    assert (two["exception_type"], two["exception_message"]) == ("RecursionError", "deep")
    assert len(two["exception_stacktrace"]) < 17_000
    assert "test_loggers.py" in three["exception_stacktrace"]


def test_bound_fields_belong_to_their_own_task_and_thread(logged: Callable[[], Records]) -> None:
    """Threads, asyncio tasks and executors: taken at the call, never another one's."""

    def work(number: int) -> None:
        with bind(trace_id=f"thread-{number}"):
            for _ in range(50):
                log().info("work", extra={"who": f"thread-{number}"})

    async def task(number: int) -> None:
        with bind(trace_id=f"task-{number}"):
            for _ in range(50):
                log().info("work", extra={"who": f"task-{number}"})
                await asyncio.sleep(0)

    async def tasks() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(task(number))

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(work, range(20)))
    asyncio.run(tasks())
    records = logged()
    assert len(records) == 2_000
    assert all(record["trace_id"] == record["who"] for record in records)


def test_strict_raises_where_a_record_breaks_the_contract(tmp_path: Path) -> None:
    """For tests and development: what would be moved or rejected later is an error at once."""
    configure_logging(service="launcher", log_dir=tmp_path, strict=True)
    with pytest.raises(ContractError) as unknown:
        log().info("x", extra={"colour": "red"})
    with pytest.raises(ContractError) as wrong:
        log().info("x", extra={"price": "cheap"})
    log().info("x", extra={"price": 1.5})
    assert str(unknown.value) == "a record of tests.loggers: 'colour' is not a field of spec/logs.yaml"
    assert str(wrong.value) == "a record of tests.loggers: 'price' must be decimal, not str"


def test_dict_config_can_set_it_up_and_reload_it_while_others_log(tmp_path: Path) -> None:
    """The handler is an ordinary one; 100 reloads under fire neither hang nor break a line."""
    settings = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"json": {"class": "amaie_telemetry.handler.TelemetryHandler", "service": "launcher", "log_dir": str(tmp_path)}},
        "root": {"handlers": ["json"], "level": "INFO"},
    }  # fmt: skip
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            log().info("busy")

    logging.config.dictConfig(settings)
    thread = threading.Thread(target=busy)
    thread.start()
    for _ in range(100):
        logging.config.dictConfig(settings)
    stop.set()
    thread.join()
    log().info("last")
    for handler in logging.getLogger().handlers:
        if isinstance(handler, TelemetryHandler):
            handler.close()
    lines = (tmp_path / "launcher.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["message"] == "last"


def test_the_formatter_gives_other_handlers_the_same_lines() -> None:
    """JsonFormatter serves a stock handler: same fields, same redaction."""
    record = logging.makeLogRecord(
        {
            "name": "a.b",
            "levelno": 30,
            "msg": "token=%s",
            "args": ("abcd1234efgh",),
            "created": 1_753_885_800.123456,
            "price": 1.5,
            "api_key": "x",
        }
    )
    made = json.loads(JsonFormatter("launcher").format(record))
    del made["event_id"]
    assert made == {
        "timestamp": "2025-07-30T14:30:00.123456Z", "level": "WARNING", "service": "launcher", "module": "a.b",
        "message": "token=[REDACTED]", "price": 1.5, "api_key": "[REDACTED]",
    }  # fmt: skip


def test_a_queue_handler_of_the_stdlib_can_stand_before_ours(tmp_path: Path) -> None:
    """Records that come late keep the time of their call."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    line: queue.Queue[logging.LogRecord] = queue.Queue()
    record = logging.makeLogRecord({"name": "x", "levelno": 20, "msg": "m", "created": 1_753_885_800.5})
    line.put(record)
    handler.handle(line.get())
    shutdown()
    (text,) = (tmp_path / "launcher.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(text)["timestamp"] == "2025-07-30T14:30:00.500000Z"


def test_at_the_end_of_the_stack_nothing_is_raised_once_the_library_is_called(
    logged: Callable[[], Records],
) -> None:
    """Telling that a record could not be logged needs frames, too: that raised."""
    reached: list[str] = []
    logger = log()
    logger.info("before")

    def down(frames: int) -> None:
        if frames:
            down(frames - 1)
        else:
            logger.info("deep", extra={"symbol": "A"})

    limit = sys.getrecursionlimit() - len(inspect.stack(0))
    for left in range(60):
        try:
            down(limit - left)
        except RecursionError as error:
            reached.append(traceback.extract_tb(error.__traceback__)[-1].name)
    assert set(reached) <= {"down", "method", "isEnabledFor", "_direct", "whole", "info", "_log"}, reached
    assert len(reached) < 20
    log().info("after")
    assert logged()[-1]["message"] == "after"


@pytest.mark.parametrize("stacklevel", ["x", None, [], 1.5, -5, 10**30])
def test_a_stacklevel_that_is_none_costs_nothing(stacklevel: Any, logged: Callable[[], Records]) -> None:
    """TypeError in the caller."""
    log().info("one", stacklevel=stacklevel)
    log().log(20, "two", stacklevel=stacklevel)
    assert [record["message"] for record in logged()] == ["one", "two"]


def test_keywords_that_logging_does_not_know_are_fields(logged: Callable[[], Records]) -> None:
    """As structlog takes them; a slip of that kind in a line that seldom runs raised TypeError in the hot loop."""
    logger: Any = log()
    logger.info("one %s", 1, symbol="A", extra={"symbol": "B", "side": "BUY"})
    logger.log(20, "two", order_id="7", error=ValueError("x"))
    one, two = logged()
    assert (one["message"], one["symbol"], one["side"]) == ("one 1", "B", "BUY")
    assert (two["message"], two["order_id"], two["error"]) == ("two", "7", "ValueError: x")


def test_a_class_that_knows_keywords_of_its_own_gets_them(logged: Callable[[], Records]) -> None:
    """They are no fields there."""

    class Own(logging.Logger):
        def _log(self, level: int, msg: Any, *given: Any, colour: str = "", **named: Any) -> None:
            super()._log(level, f"{msg} in {colour}", *given, **named)

    logging.setLoggerClass(Own)
    logger: Any = logging.getLogger("tests.loggers.own")
    logger.info("one", colour="red")
    logging.setLoggerClass(logging.Logger)
    assert logged()[0]["message"] == "one in red"


class Classless:
    """It cannot say its class."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """Fail."""
        raise RuntimeError


class Incomparable:
    """A key that no other key can be compared with."""

    def __hash__(self) -> int:
        return hash("name")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError


def test_a_value_that_cannot_say_its_class_costs_itself(logged: Callable[[], Records]) -> None:
    """As a message, an argument, a field and as all of extra; the whole content was lost."""
    log().info("one %s", Classless(), extra={"symbol": "A", "note": Classless()})
    log().info(Classless())
    log().info("three", extra=Classless())  # type: ignore[arg-type]
    log().info("four", extra={Incomparable(): 1, "symbol": "A"})  # type: ignore[dict-item]
    one, two, three, four = logged()
    assert one["message"].startswith("one <")
    assert (one["symbol"], three["message"], four["symbol"]) == ("A", "three", "A")
    assert not any("could not be" in record["message"] for record in (one, two, three, four))
