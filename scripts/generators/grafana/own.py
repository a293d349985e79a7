"""What an account's own limit makes of a figure: Grafana's thresholds are the same for every series.

A tile asks one question for each colour, and each series answers one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.grafana import queries, style
from generators.grafana.board import Query, ref_id
from generators.shared import conditions
from generators.spec.model import Compare, Severity

if TYPE_CHECKING:
    from generators.spec.model import Alert, Kpi, Level


def limited(kpi: Kpi) -> bool:
    """Tell whether an alert of a KPI compares with a limit of the account."""
    return any(level.limit for alert in kpi.alerts for level in alert.levels)


def bound(kpi: Kpi, alert: Alert, level: Level) -> str:
    """Return the PromQL of what a level compares with, as the right side of an operator."""
    if level.limit is None:
        return conditions.number(conditions.bound(level))
    return f"on ({', '.join(conditions.LIMITED)}) {queries.limit(kpi, alert, level)}"


def questions(kpi: Kpi) -> tuple[tuple[str, str], ...]:
    """Return a colour and the PromQL of the series that have it, for each colour; the worst first."""
    series, found = queries.recorded(kpi), []
    worse = ""
    for severity, colour in style.COLOURS.items():
        beyond = " or ".join(
            f"{series} {'>' if alert.compare is Compare.ABOVE else '<'} {bound(kpi, alert, level)}"
            for alert in kpi.alerts
            for level in alert.levels
            if level.severity is severity
        )
        if beyond:
            found.append((colour, f"({beyond}){worse}"))
            worse += f" unless on ({', '.join(kpi.labels)}) ({beyond})"
    within = f"{series}{worse}"
    if queries.low_is_bad(kpi):
        found += [(style.CALM, f"({within}) < 0"), (style.GOOD, f"({within}) >= 0")]
    else:
        found.append((style.GOOD, within))
    return tuple(found)


def used(kpi: Kpi) -> str:
    """Return the PromQL of how much of its most urgent limit each account has used; 0 where it has none."""
    alert, level = min(
        ((alert, level) for alert in kpi.alerts for level in alert.levels if level.limit),
        key=lambda each: list(Severity).index(each[1].severity),
    )
    series = queries.recorded(kpi)
    return f"{series} / {bound(kpi, alert, level)} or 0 * {series}"


def tile(kpi: Kpi) -> tuple[tuple[Query, ...], tuple[dict[str, object], ...]]:
    """Return the queries of a tile, one for each colour, and what gives each its colour.

    The tile shows the accounts that have used most of their limit.
    """
    on = f"on ({', '.join(conditions.LIMITED)})"
    nearest = f"topk({queries.MOST}, {used(kpi)})"
    asked = [
        (colour, Query(f"({text}) and {on} {nearest}", queries.legend(kpi), instant=True))
        for colour, text in questions(kpi)
    ]
    colours: tuple[dict[str, object], ...] = tuple(
        {
            "matcher": {"id": "byFrameRefID", "options": ref_id(number)},
            "properties": [{"id": "color", "value": {"fixedColor": colour, "mode": "fixed"}}],
        }
        for number, (colour, _) in enumerate(asked)
    )
    return tuple(query for _, query in asked), colours
