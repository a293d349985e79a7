"""Fields that belong to everything logged inside a block: `bind(symbol=…)` and `span("order.route")`.

Kept in a context variable, so every thread and every asyncio task has its own, and a task starts with what
its creator had. The value is immutable: a record keeps what was bound when it was logged.
"""

from __future__ import annotations

import logging
import random
import sys
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from amaie_telemetry.blocks import Block
from amaie_telemetry.clipping import text
from amaie_telemetry.values import plains

if TYPE_CHECKING:
    from collections.abc import Callable

_EXEMPLAR = 128 - len("trace_id")
"""Characters that OpenMetrics leaves to the value of this label of an exemplar."""
_log = logging.getLogger(__name__)


class Histogram(Protocol):
    """What a duration can be observed with: a histogram series of `metrics`."""

    def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:
        """Take note of a duration in seconds."""


class Bound:
    """The bound fields at one moment; `encoded` is the encoder's memory: rules' version and their JSON."""

    __slots__ = ("encoded", "fields")

    def __init__(self, fields: dict[str, Any]) -> None:
        """Keep fields that nobody changes any more."""
        self.fields = fields
        self.encoded: tuple[int, bytes | None] = (-1, None)


EMPTY = Bound({})
current: ContextVar[Bound] = ContextVar("amaie_telemetry", default=EMPTY)


snapshot: Callable[[], Bound] = current.get
"""Returns what is bound at this moment; `use_opentelemetry` puts the ids of its spans in."""


class bind(Block[Bound, None]):  # noqa: N801 (used as `with bind(…)` and `@bind(…)`)
    """Add fields to every record that is logged inside the block, on this thread or in this task.

    Around a function (also an async one or a generator), the block is every call or the whole iteration.
    It never raises.

    Example:
        >>> with bind(symbol="BTC/USDT", order_id="ORD-1"):
        ...     logging.getLogger(__name__).info("Order placed")
    """

    def __init__(self, **fields: Any) -> None:
        """Take the fields; they are copied when the block begins."""
        super().__init__(current, _Fields(fields))


class span(Block[Bound, "Span"]):  # noqa: N801
    """Give every record inside the block a trace id and a span id of its own.

    The trace id is that of the enclosing span, of OpenTelemetry's current span, or a new one (16 bytes, the
    span id 8 bytes, as W3C Trace Context says). A histogram gets the block's duration in seconds: of an
    async function or a generator from its start to its end, waiting included. It never raises.

    Example:
        >>> with span("order.route", metrics.exchange.request_duration_seconds.labels(
        ...     exchange="binance", endpoint="order")):
        ...     send(order)
        >>> @span("order.route")
        ... async def route(order): ...
    """

    def __init__(self, name: str, histogram: Histogram | None = None) -> None:
        """Name the operation, and say where its duration is observed."""
        super().__init__(current, _Timed(text(name), histogram))


class _Fields:
    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def begin(self) -> tuple[Bound, None]:
        return _with(self._fields), None

    def end(self, _: None) -> None:
        """Nothing is left to do."""


class _Timed:
    def __init__(self, name: str, histogram: Histogram | None) -> None:
        self._name = name
        self._histogram = histogram

    def begin(self) -> tuple[Bound, Span]:
        around = current.get().fields
        made = Span(self._name, around if "trace_id" in around else (_opentelemetry_ids() or {}))
        return _with(made.fields()), made

    def end(self, made: Span) -> None:
        made.end(self._histogram)


class Span:
    """One timed operation within a trace."""

    def __init__(self, name: str, around: dict[str, Any]) -> None:
        """Start a span inside the fields that are bound around it."""
        self.name = name
        self.trace_id: str = text(around.get("trace_id") or _identifier(16))
        self.parent_span_id: str | None = around.get("span_id")
        self.span_id = _identifier(8)
        self.duration_seconds = 0.0
        self._start = time.perf_counter()

    def fields(self) -> dict[str, str]:
        """Return what the span adds to a record."""
        parent = {"parent_span_id": self.parent_span_id} if self.parent_span_id else {}
        return {"trace_id": self.trace_id, "span_id": self.span_id, **parent, "span_name": self.name}

    def end(self, histogram: Histogram | None) -> None:
        """Stop the clock and tell the histogram."""
        self.duration_seconds = time.perf_counter() - self._start
        if histogram is None:
            return
        try:
            histogram.observe(self.duration_seconds, exemplar(self.trace_id))
        except Exception as error:  # noqa: BLE001 (it would replace the caller's own)
            _log.warning("A duration could not be observed: %s", type(error).__name__)


def exemplar(trace_id: object) -> dict[str, str] | None:
    """Return the exemplar of a trace, or None where OpenMetrics would refuse it for its length."""
    if type(trace_id) is not str or not trace_id or len(trace_id) > _EXEMPLAR:
        return None
    return {"trace_id": trace_id}


def use_opentelemetry() -> None:
    """Let records carry the ids of OpenTelemetry's current span, and new spans continue its trace."""
    global snapshot  # noqa: PLW0603 (one way for the whole process)
    snapshot = _with_opentelemetry


def _with_opentelemetry() -> Bound:
    bound = current.get()
    ids = _opentelemetry_ids()
    if ids is None or "trace_id" in bound.fields:
        return bound
    return Bound({**bound.fields, **ids})


def _opentelemetry_ids() -> dict[str, str] | None:
    module = sys.modules.get("opentelemetry.trace")
    if module is None:
        return None
    try:
        found = module.get_current_span().get_span_context()
        if found.is_valid:
            return {"trace_id": f"{found.trace_id:032x}", "span_id": f"{found.span_id:016x}"}
    except Exception:  # noqa: BLE001 (another library's trouble costs its ids alone)
        return None
    return None


def _with(fields: dict[str, Any]) -> Bound:
    return Bound({**current.get().fields, **plains(fields)})


def _identifier(size: int) -> str:
    """Return random bytes, never all zero, as hexadecimal digits."""
    return f"{random.getrandbits(size * 8) or 1:0{size * 2}x}"
