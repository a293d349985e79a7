"""What an alert asks, in PromQL: the same in its rule, its runbook and its unit test."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from generators import names
from generators.spec.vocabulary import Severity

if TYPE_CHECKING:
    from generators.spec.model import Alert, Figure, Kpi, Level, Spec

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_DURATION = re.compile(r"(\d+)(ms|[smhdwy])")


def of_level(spec: Spec, kpi: Kpi, alert: Alert, level: Level) -> str:
    """Return the PromQL that holds while a level of an alert is wanted."""
    comparator = {"above": ">", "below": "<"}[alert.compare.value]
    text = f"{names.recorded(kpi)} {comparator} {number(level.bound)}"
    if alert.guard is None:
        return text
    guard = guarded_by(spec, alert)
    matching = "" if set(guard.labels) == set(kpi.labels) else f" on ({', '.join(guard.labels)})"
    return f"{text} and{matching} {names.recorded(guard)} >= {number(alert.guard.at_least)}"


def worst(alert: Alert) -> Level:
    """Return the most urgent level of an alert, in whatever order the spec lists them."""
    return min(alert.levels, key=lambda level: list(Severity).index(level.severity))


def guarded_by(spec: Spec, alert: Alert) -> Figure:
    """Return the series that an alert's guard reads."""
    return next(one for one in series(spec) if alert.guard and one.name == alert.guard.kpi)


def component(kpi: Kpi, alert: Alert) -> str:
    """Return what the alert says is ill: a name, or the template of the series' service."""
    fallback = "{{ $labels.service }}" if "service" in kpi.labels else kpi.family
    return alert.component or alert.service or fallback


def series(spec: Spec) -> tuple[Figure, ...]:
    """Return every recorded series, helpers before what reads them."""
    return (*spec.recordings, *spec.kpis)


@cache
def seconds(duration: str) -> float:
    """Return a duration of Prometheus in seconds."""
    return sum(int(count) * _UNITS[unit] for count, unit in _DURATION.findall(duration))


def number(value: float) -> str:
    """Return a number as PromQL writes it, without a needless ".0"."""
    return f"{value:.15g}"
