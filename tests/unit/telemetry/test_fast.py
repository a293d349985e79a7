"""The fast way is taken by default, and left at once where anybody else could notice it."""

from __future__ import annotations

import json
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import configure_logging, shutdown
from amaie_telemetry.handler import TelemetryHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

log = logging.getLogger("tests.fast")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the messages of the records that were made as `LogRecord`s."""
    seen: list[str] = []
    handle = TelemetryHandler.handle

    def counted(self: TelemetryHandler, record: logging.LogRecord) -> bool:
        seen.append(record.getMessage())
        return handle(self, record)

    monkeypatch.setattr(TelemetryHandler, "handle", counted)
    configure_logging(service="launcher", log_dir=tmp_path)
    yield seen
    shutdown()


def messages(folder: Path) -> list[str]:
    """Return the messages of the file after the end."""
    shutdown()
    return [
        json.loads(line)["message"] for line in (folder / "launcher.jsonl").read_text("utf-8").splitlines()
    ]


def test_nobody_else_means_no_record_is_made(made: list[str], tmp_path: Path) -> None:
    """By default, without being asked; children, root and bound loggers alike."""
    log.info("one %s", 1, extra={"symbol": "A"})
    logging.getLogger("tests.fast.child").warning("two")
    logging.error("three")  # noqa: LOG015
    logging.LoggerAdapter(log, {"symbol": "B"}).info("four")
    assert made == []
    assert messages(tmp_path) == ["one 1", "two", "three", "four"]


class Foreign(logging.Handler):
    """Another handler."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take it."""


def patched(target: Any, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what patches a method as Sentry does: with a function that calls the old one."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        old = getattr(target, name)

        def new(*given: Any, **named: Any) -> Any:
            return old(*given, **named)

        monkeypatch.setattr(target, name, new, raising=False)

    return patch


def attached(owner: logging.Logger, what: str, value: object) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what puts a foreign part on a logger."""
    return lambda monkeypatch: monkeypatch.setattr(owner, what, [*getattr(owner, what), value])


NOTICED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a handler of the logger": attached(log, "handlers", Foreign()),
    "a handler of its parent": attached(logging.getLogger("tests"), "handlers", Foreign()),
    "a filter of the logger": attached(log, "filters", lambda _: True),
    "a record factory": lambda patch: patch.setattr(logging, "_logRecordFactory", partial(logging.LogRecord)),
    **{
        f"logging.Logger.{name} patched": patched(logging.Logger, name)
        for name in ("callHandlers", "handle", "makeRecord", "filter", "_log")
    },
    **{
        f"the logger's own {name} patched": patched(log, name)
        for name in ("callHandlers", "handle", "makeRecord", "filter")
    },
}


@pytest.mark.parametrize("way", NOTICED)
def test_whoever_could_notice_gets_records_at_once_and_no_longer(
    way: str, made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call decides anew."""
    log.info("before")
    with monkeypatch.context() as inner:
        NOTICED[way](inner)
        log.info("while")
    log.info("after")
    assert made == ["while"]
    assert messages(tmp_path) == ["before", "while", "after"]


def test_handlers_and_filters_of_the_root_count_too(made: list[str], tmp_path: Path) -> None:
    """As caplog's handler, and a filter on ours."""
    root, foreign = logging.getLogger(), Foreign()
    root.addHandler(foreign)
    log.info("one")
    root.removeHandler(foreign)
    log.info("two")
    root.handlers[0].addFilter(lambda _: True)
    log.info("three")
    assert made == ["one", "three"]
    assert messages(tmp_path) == ["one", "two", "three"]


@pytest.mark.parametrize("name", ["callHandlers", "handle", "makeRecord", "filter", "_log"])
def test_a_class_with_a_way_of_its_own_keeps_it(name: str, made: list[str], tmp_path: Path) -> None:
    """A foreign Logger class that overrides a step sees every record."""
    calls: list[str] = []

    def step(self: logging.Logger, *given: Any, **named: Any) -> Any:
        calls.append(name)
        return getattr(logging.Logger, name)(self, *given, **named)

    own = type("Own", (logging.Logger,), {name: step})
    logging.setLoggerClass(own)
    logging.getLogger(f"own.{name}.{tmp_path.name}").info("one")
    logging.setLoggerClass(logging.Logger)
    assert (calls, made) == ([name], ["one"])


@pytest.mark.parametrize("name", ["debug", "info", "warning", "error", "critical"])
def test_a_method_that_others_have_patched_or_overridden_is_called(
    name: str, made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On `logging.Logger`, or in a class of their own; and the place of the call is the caller's."""
    calls: list[str] = []
    old = getattr(logging.Logger, name)

    def new(self: logging.Logger, message: str, *given: Any, **named: Any) -> None:
        calls.append(message)
        old(self, message, *given, **named)

    logging.setLoggerClass(type("Own", (logging.Logger,), {name: new}))
    own = logging.getLogger(f"own.method.{name}")
    logging.setLoggerClass(logging.Logger)
    for logger in (log, own):
        logger.setLevel(logging.DEBUG)
    getattr(own, name)("own")
    with monkeypatch.context() as inner:
        inner.setattr(logging.Logger, name, new)
        getattr(log, name)("patched", extra={"symbol": "A"})
    getattr(log, name)("after")
    log.setLevel(logging.NOTSET)
    assert calls == ["own", "patched"]
    assert set(made) <= {"own"}
    assert messages(tmp_path) == ["own", "patched", "after"]


@pytest.mark.parametrize("name", ["debug", "info", "warning", "error", "critical", "exception"])
def test_others_see_the_place_of_the_call(name: str, made: list[str]) -> None:
    """Also through an adapter, and with a stacklevel."""
    foreign: list[logging.LogRecord] = []
    handler = Foreign()
    handler.emit = foreign.append  # type: ignore[method-assign,assignment]
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    for logger in (log, logging.LoggerAdapter(log, {})):
        getattr(logger, name)("one", extra={"symbol": "A"})
        getattr(logger, name)("two", stacklevel=1)
        (lambda given: getattr(given, name)("three", stacklevel=2))(logger)  # noqa: PLC3002 (a frame between)
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)
    assert {(one.filename, one.funcName) for one in foreign} == {
        ("test_fast.py", test_others_see_the_place_of_the_call.__name__)
    }
    assert len(foreign) == len(made) == 6


def test_it_can_be_switched_off(made: list[str], tmp_path: Path) -> None:
    """Every call makes its record."""
    configure_logging(service="launcher", log_dir=tmp_path, fast=False)
    log.info("one")
    assert made == ["one"]


@pytest.mark.parametrize("level", ["INFO", "info", 20.0, "20", None, object()])
def test_a_level_may_be_a_name(level: Any, made: list[str], tmp_path: Path) -> None:
    """The standard library raises TypeError; the caller's place is that of the call."""
    foreign: list[logging.LogRecord] = []
    handler = Foreign()
    handler.emit = foreign.append  # type: ignore[method-assign,assignment]
    log.addHandler(handler)
    log.log(level, "one %s", 1, extra={"symbol": "A"})
    log.removeHandler(handler)
    log.log(level, "two")
    assert [(one.levelno, one.filename, one.funcName) for one in foreign] == [
        (20, "test_fast.py", test_a_level_may_be_a_name.__name__)
    ]
    assert made == ["one 1"]
    assert messages(tmp_path) == ["one 1", "two"]
