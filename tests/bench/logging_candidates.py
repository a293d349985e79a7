# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""The ways to log one record that `bench_logging.py` compares, each run in a process of its own.

The record is that of the standard's section 3.3 with its five extra fields. A new order id for each record, so
that nobody profits from having seen the same line before.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import logging.handlers
import queue
import re
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 20_000
NAME = "execution.engine"
MESSAGE = "Order placed successfully"
PLAIN = "%(asctime)s %(levelname)s %(name)s %(module)s %(message)s"
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
SECRET_NAME = ("password", "secret", "token", "apikey", "api_key", "authorization")
SECRET_TEXT = re.compile(
    r"(?i)(?:password|secret|token|api[_-]?key)[=:]\s*\S+|bearer\s+\S+|eyJ[\w-]+\.[\w-]+\.[\w-]+"
)

Log = "Callable[[dict[str, Any]], object]"


class Null(io.TextIOBase):
    """A stream that takes everything and keeps nothing."""

    def write(self, text: str) -> int:
        """Take a text."""
        return len(text)


class NaiveFormatter(logging.Formatter):
    """The example of the standard's section 3.4."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON."""
        return json.dumps(self.fields(record))

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return the fields of a record."""
        made = {
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="microseconds"),
            "level": record.levelname,
            "service": getattr(record, "service", "unknown_service"),
            "module": record.name,
            "message": record.getMessage(),
        }
        for key, value in record.__dict__.items():
            if key not in STANDARD and not key.startswith("_"):
                made[key] = value  # noqa: PERF403 (as the standard has it)
        return made


class NaiveRedactingFormatter(NaiveFormatter):
    """The same with redaction as it is usually written: names by substring, one pattern over every text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON."""
        fields = self.fields(record)
        for key, value in fields.items():
            if any(name in key.lower() for name in SECRET_NAME):
                fields[key] = "[REDACTED]"
            elif isinstance(value, str):
                fields[key] = SECRET_TEXT.sub("[REDACTED]", value)
        return json.dumps(fields)


def formatters() -> dict[str, Callable[[], logging.Formatter]]:
    """Return the formatters by name; each is imported only when it is asked for."""

    def python_json_logger(kind: str) -> logging.Formatter:
        module = __import__(f"pythonjsonlogger.{kind}", fromlist=["x"])
        name = {"json": "JsonFormatter", "orjson": "OrjsonFormatter", "msgspec": "MsgspecFormatter"}[kind]
        made: logging.Formatter = getattr(module, name)("%(asctime)s %(levelname)s %(name)s %(message)s")
        return made

    def ecs() -> logging.Formatter:
        import ecs_logging  # noqa: PLC0415

        made: logging.Formatter = ecs_logging.StdlibFormatter()
        return made

    def structlog() -> logging.Formatter:
        import orjson  # noqa: PLC0415
        import structlog as library  # noqa: PLC0415

        stamp = library.processors.TimeStamper(fmt="iso", utc=True)
        return library.stdlib.ProcessorFormatter(
            foreign_pre_chain=[library.stdlib.add_log_level, library.stdlib.ExtraAdder(), stamp],
            processors=[
                library.stdlib.ProcessorFormatter.remove_processors_meta,
                library.processors.JSONRenderer(lambda value, **_: orjson.dumps(value).decode()),
            ],
        )

    def ours() -> logging.Formatter:
        from amaie_telemetry.handler import JsonFormatter  # noqa: PLC0415

        return JsonFormatter("amaie-trader")

    return {
        "stdlib plain text": lambda: logging.Formatter(PLAIN),
        "the standard's naive JSON": NaiveFormatter,
        "naive JSON with redaction": NaiveRedactingFormatter,
        "python-json-logger": lambda: python_json_logger("json"),
        "python-json-logger (orjson)": lambda: python_json_logger("orjson"),
        "python-json-logger (msgspec)": lambda: python_json_logger("msgspec"),
        "structlog in stdlib (orjson)": structlog,
        "ecs-logging": ecs,
        "amaie JsonFormatter (redacted)": ours,
    }


def fields(number: int) -> dict[str, Any]:
    """Return the five extra fields of the standard's example."""
    return {
        "symbol": "BTC/USDT",
        "order_id": f"ORD-{number}",
        "amount": 0.001,
        "price": 30000.5,
        "trace_id": "abc123def456",
    }


def stdlib(handler: logging.Handler) -> Any:
    """Return a call of a stdlib logger with one handler on the root."""
    root, log = logging.getLogger(), logging.getLogger(NAME)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return lambda extra: log.info(MESSAGE, extra=extra)


def ours(*, fast: bool) -> Any:
    """Return a call through our queue: the writing thread runs, its file takes everything."""
    from amaie_telemetry import configure_logging  # noqa: PLC0415

    handler = configure_logging(
        service="amaie-trader", log_dir="/nonexistent", fast=fast, queue_size=10 * COUNT
    )
    handler.delivery._sink = NullSink()
    log = logging.getLogger(NAME)
    return lambda extra: log.info(MESSAGE, extra=extra)


class NullSink:
    """A log file that takes everything and keeps nothing."""

    def write(self, lines: bytes) -> None:
        """Take lines."""

    def close(self) -> None:
        """Do nothing."""


def queue_handler() -> Any:
    """Return a call through the stdlib's own queue, formatted by the naive formatter behind it."""
    line: queue.Queue[logging.LogRecord] = queue.Queue()
    behind = logging.StreamHandler(Null())
    behind.setFormatter(NaiveFormatter())
    logging.handlers.QueueListener(line, behind).start()
    return stdlib(logging.handlers.QueueHandler(line))


def structlog_native() -> Any:
    """Return a call of structlog's own logger, its quickest set-up."""
    import orjson  # noqa: PLC0415
    import structlog  # noqa: PLC0415

    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(open("/dev/null", "wb")),  # noqa: PTH123, SIM115
    )
    log = structlog.get_logger()
    return lambda extra: log.info(MESSAGE, **extra)


def loguru(*, enqueue: bool) -> Any:
    """Return a call of loguru's logger, serialised."""
    from loguru import logger  # noqa: PLC0415

    logger.remove()
    logger.add(cast("Any", Null()), serialize=True, enqueue=enqueue)
    return lambda extra: logger.bind(**extra).info(MESSAGE)


def calls() -> dict[str, Callable[[], Any]]:
    """Return the whole calls by name."""

    def formatted(make: Callable[[], logging.Formatter]) -> Any:
        handler = logging.StreamHandler(Null())
        handler.setFormatter(make())
        return stdlib(handler)

    made: dict[str, Callable[[], Any]] = {"stdlib NullHandler (floor)": lambda: stdlib(logging.NullHandler())}
    made |= {name: partial(formatted, make) for name, make in formatters().items()}
    made |= {
        "structlog native (orjson)": structlog_native,
        "loguru serialize": lambda: loguru(enqueue=False),
        "loguru serialize, enqueue": lambda: loguru(enqueue=True),
        "stdlib QueueHandler, naive JSON": queue_handler,
        "amaie, fast=False": lambda: ours(fast=False),
        "amaie": lambda: ours(fast=True),
    }
    return made


def line_encoder() -> Any:
    """Return the work of our writing thread on one record: redaction and JSON."""
    from amaie_telemetry import contract  # noqa: PLC0415
    from amaie_telemetry.delivery import Delivery  # noqa: PLC0415
    from amaie_telemetry.encode import Encoder  # noqa: PLC0415
    from amaie_telemetry.fastlog import _queue  # noqa: PLC0415
    from amaie_telemetry.redact import shared  # noqa: PLC0415

    encoder = Encoder("amaie-trader", "p" * 24, shared(), contract.load())
    handler = logging.NullHandler()
    handler.delivery = delivery = Delivery(NullSink(), NullSink(), lambda _: encoder, COUNT)  # type: ignore[attr-defined]
    delivery._started, delivery.limit = True, COUNT  # nobody empties the queue: its items are what we want
    for number in range(65):
        _queue(NAME, handler, 20, MESSAGE, (), None, fields(number), False)  # type: ignore[arg-type]  # noqa: FBT003
        if number == 0:
            encoder.line(delivery.queue.popleft())  # from the second record on, the caller finds a plan
    return encoder, list(delivery.queue)


def timed(work: Callable[[], object], count: int) -> float:
    """Return microseconds of this thread's processor time for each of `count` pieces of work."""
    start = time.thread_time()
    work()
    return (time.thread_time() - start) / count * 1e6


def run(name: str) -> float:  # noqa: C901 (one branch for each kind of candidate)
    """Return microseconds per record of one candidate: the better of two turns, after one to warm up."""
    kind, _, candidate = name.partition(":")
    if kind in SHARED:
        return SHARED[kind](calls()[candidate]())
    if kind == "call":
        log = calls()[candidate]()

        def work() -> None:
            for number in range(COUNT):
                log(fields(number))
    elif candidate == "amaie line, redacted":
        encoder, items = line_encoder()

        def work() -> None:
            for _ in range(COUNT // len(items)):
                for item in items:
                    encoder.line(item)
    else:
        formatter = formatters()[candidate]()
        log = logging.getLogger(NAME)
        records = [
            log.makeRecord(NAME, 20, __file__, 1, MESSAGE, (), None, "f", fields(n)) for n in range(64)
        ]

        def work() -> None:
            for _ in range(COUNT // len(records)):
                for record in records:
                    formatter.format(record)

    work()
    return min(timed(work, COUNT) for _ in range(2))


def in_tasks(log: Any) -> float:
    """Return microseconds per record of 100 asyncio tasks that log and then let the others run."""

    async def task(first: int) -> None:
        for number in range(first, first + COUNT // 100):
            log(fields(number))
            await asyncio.sleep(0)

    async def idle() -> None:
        for _ in range(COUNT // 100):
            await asyncio.sleep(0)

    async def hundred(work: Callable[..., Any], *given: int) -> float:
        start = time.thread_time()
        await asyncio.gather(*(work(*given) for _ in range(100)))
        return (time.thread_time() - start) / COUNT * 1e6

    asyncio.run(hundred(task, 0))
    return min(asyncio.run(hundred(task, turn)) - asyncio.run(hundred(idle)) for turn in range(2))


def in_threads(log: Any) -> float:
    """Return microseconds of their own processor time per record of 32 threads that log as fast as they can."""
    spent: list[float] = []

    def work(first: int) -> None:
        start = time.thread_time()
        for number in range(first, first + COUNT // 32):
            log(fields(number))
        spent.append(time.thread_time() - start)

    def all_of_them() -> float:
        spent.clear()
        threads = [threading.Thread(target=work, args=(number * COUNT,)) for number in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(spent) / (COUNT // 32 * 32) * 1e6

    all_of_them()
    return min(all_of_them() for _ in range(2))


SHARED: dict[str, Callable[[Any], float]] = {"tasks": in_tasks, "threads": in_threads}
"""Callers that share the interpreter."""


if __name__ == "__main__":
    sys.stdout.write(f"{run(sys.argv[1])}\n")
    sys.stdout.flush()
    __import__("os")._exit(0)
