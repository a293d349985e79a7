"""The handler of this process that its metrics speak of, and its counts as metrics of the spec."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from amaie_telemetry.forksafe import forksafe
from amaie_telemetry.generated import metrics
from amaie_telemetry.record import LEVELS
from amaie_telemetry.redact import shared
from amaie_telemetry.selection import MetricError

if TYPE_CHECKING:
    from prometheus_client import Counter

    from amaie_telemetry.handler import TelemetryHandler

handler: TelemetryHandler | None = None
_lock = forksafe(threading.RLock())
_seen: dict[tuple[str, str], float] = {}
"""How much of each count has been published: of the handler from its start, of the process from its."""
_PROCESS = "redactions"


def use(new: TelemetryHandler | None) -> None:
    """Make a handler the one that `service` and `publish` speak of; counts go on from the last one's."""
    global handler  # noqa: PLW0603 (one per process, as the root logger is)
    with _lock:
        publish()
        handler = new
        _forget()


def offer(new: TelemetryHandler) -> None:
    """Use a handler that `dictConfig` has made, unless another one is at work."""
    if handler is None or handler.delivery.closed:
        use(new)


def reborn() -> None:
    """Start over in the child of a fork: the parent's records are the parent's to count."""
    _forget()


def service() -> str:
    """Return the name of the service that `configure_logging` was given."""
    if handler is None:
        raise MetricError("no service is known: call configure_logging(service=…) first, or pass service=…")
    return handler.service


def publish() -> None:
    """Bring the metrics about logging up to date."""
    with _lock:
        if handler is None:
            return
        delivery = handler.delivery
        for level, written, dropped in zip(LEVELS, delivery.written, delivery.dropped, strict=True):
            _advance(metrics.log.records_total.labels(level=level), ("written", level), written)
            _advance(metrics.log.dropped_total.labels(level=level), ("dropped", level), dropped.value)
        _advance(metrics.log.redactions_total.labels(), (_PROCESS, ""), shared().count)
        _advance(metrics.log.failures_total.labels(), ("failures", ""), delivery.encoder.failures)
        _advance(metrics.log.handler_losses_total.labels(), ("losses", ""), handler.losses)
        metrics.log.queue_depth.labels().set(delivery.depth)


def _advance(counter: Counter, key: tuple[str, str], total: float) -> None:
    """Add what a total that is kept elsewhere has grown by."""
    grown = total - _seen.get(key, 0)
    if grown > 0:
        counter.inc(grown)
    _seen[key] = total


def _forget() -> None:
    for key in [key for key in _seen if key[0] != _PROCESS]:
        del _seen[key]
