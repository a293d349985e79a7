"""How a KPI looks in Grafana: its unit, and the colours that its own alerts give its values."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from generators import names
from generators.shared import texts
from generators.shared.conditions import bound
from generators.spec.model import Compare, Kpi, Severity, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generators.spec.model import Alert, Level

GRAFANA_UNITS = {
    Unit.MONEY: "locale",
    Unit.RATIO: "percentunit",
    Unit.SECONDS: "s",
    Unit.BYTES: "bytes",
    Unit.COUNT: "locale",
    Unit.PER_SECOND: "cps",
    Unit.NATS: "suffix:nat",
    Unit.INDEX: "none",
    Unit.STATE: "none",
}

GOOD, CALM = "green", "blue"
COLOURS = {Severity.CRITICAL: "red", Severity.WARNING: "orange"}
_URGENCY = (Severity.CRITICAL, Severity.WARNING)


def _start(kpi: Kpi, compare: Compare, value: float) -> float:
    """Return where a step begins: Grafana colours from a value on, an alert above starts beyond it."""
    if compare is Compare.ABOVE and kpi.unit is Unit.STATE:
        return math.floor(value) + 1
    return 1e-9 if compare is Compare.ABOVE and value == 0 else value


def _levels(kpi: Kpi) -> list[tuple[Compare, Level]]:
    """Return the levels with one bound for all: a limit is each account's own, and drawn as a curve."""
    return [
        (alert.compare, level)
        for alert in kpi.alerts
        for level in alert.levels
        if level.severity in COLOURS and level.limit is None
    ]


def _colour(levels: Sequence[tuple[Compare, Level]], value: float) -> str:
    firing = {
        level.severity
        for compare, level in levels
        if (value > bound(level) if compare is Compare.ABOVE else value < bound(level))
    }
    lost = value < 0 and any(compare is Compare.BELOW and bound(level) < 0 for compare, level in levels)
    within = CALM if lost else GOOD  # a loss within its bounds is no success
    return next((COLOURS[severity] for severity in _URGENCY if severity in firing), within)


def steps(kpi: Kpi) -> list[dict[str, str | float | None]]:
    """Return Grafana's threshold steps: in each interval the colour of the worst alert that would fire."""
    levels = _levels(kpi)
    if not levels:
        return [{"color": CALM, "value": None}]
    lost = {0.0 for compare, level in levels if compare is Compare.BELOW and bound(level) < 0}
    bounds = sorted({_start(kpi, compare, bound(level)) for compare, level in levels} | lost)
    middles = [(low + high) / 2 for low, high in pairwise(bounds)]
    inside = [bounds[0] - 1, *middles, bounds[-1] + 1]
    found: list[dict[str, str | float | None]] = []
    for start, value in zip([None, *bounds], inside, strict=True):
        colour = _colour(levels, value)
        if not found or found[-1]["color"] != colour:
            found.append({"color": colour, "value": start})
    return found


def gauge_range(kpi: Kpi) -> tuple[float, float]:
    """Return the ends of a gauge: from zero (or the lowest bound) to a quarter beyond the highest bound."""
    levels = [level for alert in kpi.alerts for level in alert.levels if level.severity in COLOURS]
    bounds = [level.bound for level in levels if level.bound is not None]
    lowest, highest = min([0.0, *bounds]), max([0.0, *bounds])
    if highest == lowest:
        return 0.0, 1.0
    ceiling = 1.25 * highest
    return 1.25 * lowest, min(1.0, ceiling) if kpi.unit is Unit.RATIO else ceiling


def mappings(kpi: Kpi) -> list[dict[str, object]]:
    """Return the words for the values of a state; other units show their number."""
    if kpi.unit is not Unit.STATE:
        return []
    options = {
        str(value): {"index": value, "text": word} for value, word in enumerate(names.state_words(kpi))
    }
    return [{"type": "value", "options": options}]


def bound_text(kpi: Kpi, alert: Alert) -> str:
    """Return an alert's levels in words, as in "critical below -1000 for 1m"."""
    return ", ".join(
        f"{level.severity} {alert.compare} {texts.bound(level, kpi.unit)} for {level.for_}"
        for level in alert.levels
    )


def description(kpi: Kpi) -> str:
    """Return a panel's text: what the figure means, and when it calls somebody."""
    alerts = [f"- **{alert.name}**: {bound_text(kpi, alert)}" for alert in kpi.alerts]
    return "\n".join([kpi.description, *(["\nAlerts:", *alerts] if alerts else [])])
