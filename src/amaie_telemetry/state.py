"""The one set-up of this process, and its counts as metrics of the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amaie_telemetry.generated import metrics
from amaie_telemetry.record import LEVELS
from amaie_telemetry.redact import shared
from amaie_telemetry.selection import MetricError

if TYPE_CHECKING:
    from prometheus_client import Counter

    from amaie_telemetry.handler import TelemetryHandler

handler: TelemetryHandler | None = None


def use(new: TelemetryHandler | None) -> None:
    """Make a handler the one that `service` and `publish` speak of."""
    global handler  # noqa: PLW0603 (one per process, as the root logger is)
    handler = new


def service() -> str:
    """Return the name of the service that `configure_logging` was given."""
    if handler is None:
        raise MetricError("no service is known: call configure_logging(service=…) first, or pass service=…")
    return handler.service


def publish() -> None:
    """Bring the metrics about logging up to date."""
    if handler is None:
        return
    delivery = handler.delivery
    for level, written, dropped in zip(LEVELS, delivery.written, delivery.dropped, strict=True):
        _raise_to(metrics.log.records_total.labels(level=level), written)
        _raise_to(metrics.log.dropped_total.labels(level=level), dropped.value)
    _raise_to(metrics.log.redactions_total.labels(), shared().count)
    _raise_to(metrics.log.failures_total.labels(), delivery.encoder.failures)
    metrics.log.queue_depth.labels().set(delivery.depth)


def _raise_to(counter: Counter, total: float) -> None:
    """Bring a counter up to a total that is kept elsewhere."""
    [metric] = counter.collect()
    counter.inc(max(0.0, total - metric.samples[0].value))
