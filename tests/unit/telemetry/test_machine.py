"""The whole public surface under random use: no exception, no lost record, no call without a bound."""

from __future__ import annotations

import asyncio
import logging
import logging.config
import os
import tempfile
import time
import warnings
from collections import ChainMap, OrderedDict, UserDict
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from amaie_telemetry import bind, configure_logging, metrics, shutdown, span
from amaie_telemetry.handler import JsonFormatter
from amaie_telemetry.server import _of_families
from corpus.contract_check import check_line
from unit.telemetry.hostile import Colour, Endless, Evil, Half, Unhashable, Unprintable

if TYPE_CHECKING:
    from collections.abc import Callable


LONGEST = 1.0
"""Seconds of the caller's processor time for one call: a hundred times what the slowest takes."""
NAMES = ("machine", "machine.a", "machine.a.b")


@dataclass(frozen=True)
class Odd:
    """The name of a hostile value: Hypothesis must print what it tries, and these cannot be printed."""

    name: str


ODD: dict[str, Callable[[], Any]] = {
    "unprintable": Unprintable, "endless": Endless, "evil": Evil, "half": lambda: Half(a=1),
    "unhashable": Unhashable,
    "enum": lambda: Colour.RED, "object": object, "huge": lambda: 10**5000, "nan": lambda: float("nan"),
    "decimal": lambda: Decimal("1.5"), "surrogate": lambda: "half \ud800", "long": lambda: "x" * 100_000,
    "bytes": lambda: b"\xff", "book": lambda: {"bids": [[1, 2]] * 500}, "chain": lambda: ChainMap({"a": 1}),
    "user": lambda: UserDict(a=1), "ordered": lambda: OrderedDict(a=1), "pairs": lambda: [("a", 1)],
    "range": lambda: range(9), "wide": lambda: dict.fromkeys(range(9999)), "error": lambda: ValueError("x"),
}  # fmt: skip
HOSTILE = st.builds(Odd, st.sampled_from(sorted(ODD)))


def real(value: Any) -> Any:
    """Return a value with the hostile ones in their places."""
    if isinstance(value, Odd):
        return ODD[value.name]()
    if isinstance(value, list):
        return [real(one) for one in value]
    if isinstance(value, dict):
        return {key: real(one) for key, one in value.items()}
    return value


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANY = HOSTILE | st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3),
    max_leaves=6,
)
EXTRA = ANY | st.dictionaries(
    st.sampled_from(["symbol", "price", "name", "extra", "", "a\ud800"]) | st.text(), ANY
)
MESSAGE = ANY | st.sampled_from(["plain", "%s", "%s %s", "%(a)s", "%d", "100%", "%", "%999999999s", "%*d"])
LEVEL = st.sampled_from([10, 20, 30, 40, 50, 55]) | st.sampled_from(["INFO", "error", None, 20.5])


class Foreign(logging.Handler):
    """Somebody else's handler, with our formatter; it hides nothing that the formatter raises."""

    lines: ClassVar[list[str]] = []

    def __init__(self) -> None:
        """Format as the service does."""
        super().__init__()
        self.setFormatter(JsonFormatter("launcher"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(self.format(record))


def spoil(record: logging.LogRecord) -> bool:
    """Set what no record should have."""
    record.levelno, record.created, record.levelname = None, 1e20, 7  # type: ignore[assignment]
    return True


def fail(_: logging.LogRecord) -> bool:
    """Raise, as a filter with a bug does."""
    raise RuntimeError


class Surface(RuleBasedStateMachine):
    """A service that does everything that can be done, and things that should not be."""

    @initialize(fast=st.booleans())
    def begin(self, fast: bool) -> None:  # noqa: FBT001
        """Set logging up in a folder of its own."""
        self.folder = Path(tempfile.mkdtemp())
        self.handler = configure_logging(service="launcher", log_dir=self.folder, level="DEBUG", fast=fast)
        self.calls, self.forks = 0, 0
        Foreign.lines.clear()
        self.blocks = ExitStack()

    def _timed(self, work: Callable[[], object], records: int = 1) -> None:
        start = time.thread_time()
        work()
        self.calls += records
        assert time.thread_time() - start < LONGEST

    @rule(
        name=st.sampled_from(NAMES),
        level=LEVEL,
        message=MESSAGE,
        args=st.lists(ANY, max_size=3),
        extra=EXTRA,
        trouble=ANY,
    )
    def log(self, name: str, level: Any, message: Any, args: list[Any], extra: Any, trouble: Any) -> None:
        """Log anything."""
        log = logging.getLogger(name)
        self._timed(
            lambda: log.log(level, *real([message, *args]), extra=real(extra), exc_info=real(trouble))
        )

    @rule(
        name=st.sampled_from(NAMES),
        attributes=st.dictionaries(
            st.sampled_from(
                ["levelno", "created", "msg", "args", "exc_info", "exc_text", "stack_info", "levelname", "x"]
            ),
            ANY,
        ),
    )
    def record(self, name: str, attributes: dict[str, Any]) -> None:
        """Hand in a record that somebody else has made."""
        record = logging.makeLogRecord({"levelno": 20, **real(attributes), "name": name})
        root = logging.getLogger()
        if self.handler in root.handlers and not any(one is fail for one in root.filters):
            self._timed(lambda: self.handler.handle(record))

    @rule(
        fields=st.dictionaries(
            st.text(max_size=5) | st.sampled_from(["trace_id", "a\ud800"]), ANY, max_size=3
        )
    )
    def bound(self, fields: dict[str, Any]) -> None:
        """Begin a block of bound fields."""
        self.blocks.enter_context(bind(**real(fields)))

    @rule(name=ANY, broken=st.booleans())
    def spanned(self, name: Any, broken: bool) -> None:  # noqa: FBT001
        """Begin a span."""
        series: Any = object() if broken else metrics.agent.planner_duration_seconds.labels()
        self.blocks.enter_context(span(real(name), series))

    @rule()
    def unbound(self) -> None:
        """End all blocks."""
        self.blocks.close()

    @rule(name=st.sampled_from(["", *NAMES]))
    def listened(self, name: str) -> None:
        """Add a foreign handler, or take it off."""
        logger = logging.getLogger(name or None)
        found = [one for one in logger.handlers if isinstance(one, Foreign)]
        for one in found:
            logger.removeHandler(one)
        if not found:
            logger.addHandler(Foreign())

    @rule(name=st.sampled_from(NAMES), what=st.sampled_from([spoil, fail]))
    def filtered(self, name: str, what: Any) -> None:
        """Add a filter, or take it off."""
        logger = logging.getLogger(name)
        (logger.removeFilter if what in logger.filters else logger.addFilter)(what)

    @rule(way=st.sampled_from(["close", "clear", "dictConfig", "basicConfig", "shutdown"]))
    def taken(self, way: str) -> None:
        """Close or take away the handler as others do."""
        if way == "close":
            self.handler.close()
        elif way == "clear":
            logging.getLogger().handlers.clear()
        elif way == "dictConfig":
            logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
        elif way == "basicConfig":
            logging.basicConfig(force=True, handlers=[Foreign()], level=logging.DEBUG)
        else:
            logging.shutdown()

    @rule()
    def closed(self) -> None:
        """Close the descriptors of the log files, as a program does that becomes a daemon."""
        self.handler.flush()
        for descriptor in list(Path("/proc/self/fd").iterdir()):
            with suppress(OSError):
                if descriptor.readlink().parent == self.folder:
                    os.close(int(descriptor.name))

    @rule(label=ANY, amount=ANY)
    def measured(self, label: Any, amount: Any) -> None:
        """Move metrics by anything, under any label, and scrape them."""
        label, amount = real(label), real(amount)
        requests = metrics.exchange.requests_total
        self._timed(lambda: requests.labels(exchange=label, outcome=label).inc(amount), 0)
        self._timed(lambda: metrics.agent.planner_duration_seconds.labels().observe(amount), 0)
        self._timed(lambda: metrics.agent.belief_entropy_nats.labels().set(amount), 0)
        assert _of_families((requests,), "")[1].decode()

    @rule(count=st.integers(1, 4))
    def threads(self, count: int) -> None:
        """Log from threads and tasks at once."""

        def work() -> None:
            for number in range(10):
                logging.getLogger("machine.thread").info("%s", number)

        async def tasks() -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(count):
                    group.create_task(asyncio.to_thread(work))

        asyncio.run(tasks())
        self.calls += 10 * count

    @precondition(lambda self: self.forks < 2)
    @rule(clean=st.booleans())
    def fork(self, clean: bool) -> None:  # noqa: FBT001
        """Log from a forked child that leaves without `atexit`."""
        self.forks += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            try:
                for number in range(5):
                    logging.getLogger("machine.child").info("%s", number)
                (self.handler.flush if clean else self.handler.close)()
            finally:
                os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        self.calls += 5

    @invariant()
    def alive(self) -> None:
        """The thread that writes lives, or will with the next record."""
        if hasattr(self, "handler"):
            assert self.handler.delivery.alive

    def teardown(self) -> None:
        """End, and find every record once."""
        if not hasattr(self, "handler"):
            return
        self.blocks.close()
        for name in NAMES:
            logging.getLogger(name).filters.clear()
            logging.getLogger(name).handlers.clear()
        shutdown()
        logging.getLogger().handlers[:] = [
            one for one in logging.getLogger().handlers if type(one) is not Foreign
        ]
        lines = b"".join(file.read_bytes() for file in self.folder.glob("*.jsonl")).splitlines(keepends=True)
        found = [check_line(line) for line in lines]
        foreign = [check_line(f"{line}\n".encode()) for line in Foreign.lines]
        assert len({record["event_id"] for record in foreign}) == len(foreign)
        assert len({record["event_id"] for record in found}) == len(found)
        assert len([one for one in found if one["module"].startswith("machine")]) == self.calls
        assert sum(counter.value for counter in self.handler.delivery.dropped) == 0


TestSurface = Surface.TestCase
TestSurface.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
