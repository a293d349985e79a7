"""What an alert asks, in PromQL: the same in its rule, its runbook and its unit test."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from generators import names
from generators.spec.vocabulary import Compare, Severity

if TYPE_CHECKING:
    from generators.spec.model import Alert, Figure, Kpi, Level, Spec

LIMITED = ("account", "currency")
"""What a limit holds for: the labels that a KPI and its limit are matched on."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_DURATION = re.compile(r"(?<!\d)(\d+)(ms|[smhdwy])")


def of_level(spec: Spec, kpi: Kpi, alert: Alert, level: Level) -> str:
    """Return the PromQL that holds while a level of an alert is wanted."""
    comparator = {"above": ">", "below": "<"}[alert.compare.value]
    text = f"{names.recorded(kpi)} {comparator} {_bound(kpi, alert, level)}"
    if alert.unrecorded:
        text += f" or ({kpi.expr.strip()}) {comparator} {_bound(kpi, alert, level)}"
    if alert.guard is None:
        return text
    guard = guarded_by(spec, alert)
    matching = "" if set(guard.labels) == set(kpi.labels) else f" on ({', '.join(guard.labels)})"
    return f"{text} and{matching} {names.recorded(guard)} >= {number(alert.guard.at_least)}"


def _bound(kpi: Kpi, alert: Alert, level: Level) -> str:
    if level.limit is None:
        return number(bound(level))
    more = " group_left ()" if set(kpi.labels) - set(LIMITED) else ""
    sign = "-" if alert.compare is Compare.BELOW else ""
    return f"on ({', '.join(LIMITED)}){more} {sign}{limit_in_force(level.limit)}"


def limit_in_force(limit: str, matchers: str = "") -> str:
    """Return the series of a limit; `matchers` narrows it to some accounts."""
    narrowed = f",{matchers}" if matchers else ""
    return f'{names.LIMIT_IN_FORCE}{{limit="{limit}"{narrowed}}}'


def bound(level: Level) -> float:
    """Return the number that a level without a limit compares with; the spec was checked to have it."""
    if level.bound is None:
        raise ValueError(f"the level {level.severity} has the limit {level.limit} and no bound")
    return level.bound


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
