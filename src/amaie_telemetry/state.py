"""The one set-up of this process: which service it is and how its records are delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amaie_telemetry.encode import level_name
from amaie_telemetry.generated import metrics
from amaie_telemetry.selection import MetricError

if TYPE_CHECKING:
    from amaie_telemetry.delivery import Delivery
    from amaie_telemetry.handler import TelemetryHandler
    from amaie_telemetry.redact import Redactor

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass
class Setup:
    """What `configure_logging` has put in place."""

    service: str
    delivery: Delivery
    handler: TelemetryHandler
    redactor: Redactor


current: Setup | None = None


def service() -> str:
    """Return the name of the service that `configure_logging` was given."""
    if current is None:
        raise MetricError("no service is known: call configure_logging(service=…) first, or pass service=…")
    return current.service


def publish() -> None:
    """Copy the counts of the logging thread into the metrics of the spec."""
    setup = current
    if setup is None:
        return
    for level in LEVELS:
        _raise(metrics.log.records_total.labels(level=level), _sum(setup.delivery.written, level))
        _raise(metrics.log.dropped_total.labels(level=level), _sum(setup.delivery.dropped, level))
    _raise(metrics.log.redactions_total.labels(), setup.redactor.count)
    metrics.log.queue_depth.labels().set(len(setup.delivery.queue))


def _sum(counts: dict[int, int], level: str) -> int:
    return sum(count for number, count in list(counts.items()) if level_name(number) == level)


def _raise(counter: metrics.Counter, value: float) -> None:
    """Bring a counter up to a total that is kept elsewhere."""
    counter.inc(max(0.0, value - counter._value.get()))  # noqa: SLF001 (prometheus-client has no reader)
