"""The overview: is money at risk, is anything down, what changed? On one screen, each tile a way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.grafana import alerts, logs, queries, style
from generators.grafana.board import Board, Kind, Panel, Query, Section, ref_id
from generators.grafana.family import board_links, now_panel, variables
from generators.grafana.grid import Size
from generators.shared import conditions
from generators.spec.model import Compare, PanelKind, Severity, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generators.spec.model import Alert, Kpi, Spec

TILES = 6
"""KPIs beside the two counts of alerts: more would not fit in one line of a screen."""

NEAREST = 8
"""Limits that the bar gauge shows."""


def pages(kpi: Kpi) -> bool:
    """Tell whether a KPI can page somebody."""
    return any(conditions.worst(alert).severity is Severity.CRITICAL for alert in kpi.alerts)


def money(spec: Spec) -> list[Kpi]:
    """Return the KPIs that tell whether money is at risk: those that page, of the families with money."""
    families = {kpi.family for kpi in spec.kpis if kpi.unit is Unit.MONEY}
    return [kpi for kpi in spec.kpis if kpi.family in families and pages(kpi)]


def states(spec: Spec) -> list[Kpi]:
    """Return the KPIs that tell whether something is up."""
    return [
        kpi
        for kpi in spec.kpis
        if kpi.unit is Unit.STATE and kpi.panel is PanelKind.STATE_TIMELINE and pages(kpi)
    ]


def used(kpi: Kpi, alert: Alert) -> str:
    """Return the PromQL of the share of its limit that a KPI has used, or nothing where none is defined.

    A share needs a limit on the same side of zero as the bad values: 3 % of 5 %, or a loss of 400 of 1000.
    """
    level = conditions.worst(alert)
    above = alert.compare is Compare.ABOVE
    if level.severity is not Severity.CRITICAL:
        return ""
    if level.limit:
        limit = f"on ({', '.join(conditions.LIMITED)}) {queries.limit(kpi, alert, level)}"
    elif (conditions.bound(level) > 0) is above and conditions.bound(level):
        limit = f"{conditions.bound(level):g}"
    else:
        return ""
    named = f'label_replace(clamp_min({queries.recorded(kpi)} / {limit}, 0), "limit", "{kpi.title}", "", "")'
    labels = "".join(f', "{label}"' for label in ("limit", *kpi.labels))
    return f'label_join({named}, "limit", " · "{labels})'


def limits_panel(kpis: Iterable[Kpi], size: Size) -> Panel:
    """Return the bar gauge of the limits that are nearest."""
    shares = [share for kpi in kpis for alert in kpi.alerts if (share := used(kpi, alert))]
    return Panel(
        key="limits",
        title="Nearest limits, share used",
        kind=Kind.BAR_GAUGE,
        queries=(Query(f"topk({NEAREST}, {' or '.join(shares)})", "{{limit}}", instant=True),),
        description="How much of the limit of its critical alert each figure has used; at 100 % it pages.",
        unit="percentunit",
        decimals=0,
        steps=(
            {"color": style.GOOD, "value": None},
            {"color": style.COLOURS[Severity.WARNING], "value": 0.8},
            {"color": style.COLOURS[Severity.CRITICAL], "value": 1},
        ),
        span=(0, 1.25),
        size=size,
    )


def states_panel(kpis: Iterable[Kpi], size: Size) -> Panel:
    """Return what was up and what was not, of all KPIs that are such a state."""
    shown = list(kpis)
    return Panel(
        key="states",
        title="Up and down",
        kind=Kind.STATE_TIMELINE,
        queries=tuple(Query(queries.recorded(kpi), _state_legend(kpi)) for kpi in shown),
        description="\n\n".join(f"{kpi.title}: {kpi.description}" for kpi in shown),
        steps=tuple(style.steps(shown[0])),
        mappings=tuple(style.mappings(shown[0])),
        overrides=tuple(_coloured(number, kpi) for number, kpi in enumerate(shown)),
        size=size,
    )


def board(spec: Spec) -> Board:
    """Return the overview."""
    tiles = [now_panel(kpi) for kpi in money(spec)[:TILES]]
    counts = [alerts.count_panel(severity) for severity in style.COLOURS]
    small = Size(24 // (len(tiles) + len(counts)), 4)
    up = states(spec)
    limited = [kpi for kpi in spec.kpis if any(used(kpi, alert) for alert in kpi.alerts)]
    filters = variables([*money(spec), *up, *limited])
    down = [
        *([states_panel(up, Size(12, 6))] if up else []),
        *([limits_panel(limited, Size(12, 6))] if limited else []),
    ]
    half = Size(12, 9)
    sections = (
        Section("Is money at risk?", tuple(tile(panel, small) for panel in [*counts, *tiles])),
        Section("Is anything down, or near its limit?", tuple(down)),
        Section(
            "What changed?", (alerts.list_panel(spec, None, half, filters), logs.changes_panel(filters, half))
        ),
    )
    return Board(
        uid=names.OVERVIEW_UID,
        title="AMAIE · Overview",
        description="Is money at risk, is anything down, what changed?",
        sections=tuple(section for section in sections if section.panels),
        variables=filters,
        links=board_links(spec),
        annotations=(alerts.annotation(None, filters), *logs.marks()),
        time_range="now-3h",
    )


def tile(panel: Panel, size: Size) -> Panel:
    """Return a panel in another size, as a plain tile."""
    return Panel(**{**vars(panel), "size": size})


def _state_legend(kpi: Kpi) -> str:
    return f"{kpi.title}: {queries.legend(kpi)}" if kpi.labels else kpi.title


def _coloured(number: int, kpi: Kpi) -> dict[str, object]:
    """Return the override that gives a query the colours and words of its own KPI: not every 1 is good."""
    thresholds = {"mode": "absolute", "steps": style.steps(kpi)}
    looks = (("thresholds", thresholds), ("mappings", style.mappings(kpi)))
    return {
        "matcher": {"id": "byFrameRefID", "options": ref_id(number)},
        "properties": [{"id": key, "value": value} for key, value in looks],
    }
