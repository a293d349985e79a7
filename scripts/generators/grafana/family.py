"""The dashboard of one family: what holds now, how it came about, and how its timings are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.grafana import accounts, alerts, logs, own, queries, shares, style
from generators.grafana.board import Board, Kind, Link, Panel, Query, Section, Variable
from generators.grafana.grid import Size
from generators.spec.model import PanelKind, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generators.spec.model import Family, Kpi, Spec

TAG = "amaie"
NOW_KINDS = {
    PanelKind.STAT: Kind.STAT,
    PanelKind.GAUGE: Kind.GAUGE,
    PanelKind.BAR_GAUGE: Kind.BAR_GAUGE,
    PanelKind.TABLE: Kind.TABLE,
}
"""Kinds that show one instant; such a KPI has its curve as well, for that is what an alert links to."""


def runbook_links(spec: Spec, kpi: Kpi) -> tuple[Link, ...]:
    """Return a link to the runbook of each alert of a KPI."""
    return tuple(
        Link(f"Runbook: {alert.name}", spec.settings.links.launcher + names.runbook_path(alert), new_tab=True)
        for alert in kpi.alerts
    )


def history_panel(spec: Spec, kpi: Kpi, services: tuple[str, ...]) -> Panel:
    """Return the panel that alerts link to: a KPI over time."""
    timeline = kpi.panel is PanelKind.STATE_TIMELINE
    return Panel(
        key=kpi.name,
        title=kpi.title,
        kind=Kind.STATE_TIMELINE if timeline else Kind.TIMESERIES,
        queries=(Query(queries.recorded(kpi), queries.legend(kpi)), *limit_curves(kpi)),
        description=style.description(kpi),
        unit=style.GRAFANA_UNITS[kpi.unit],
        decimals=kpi.decimals,
        steps=tuple(style.steps(kpi)),
        mappings=tuple(style.mappings(kpi)),
        stepped=kpi.unit is Unit.STATE,
        lowest=queries.low_is_bad(kpi),
        links=runbook_links(spec, kpi),
        value_links=(logs.explore_link(services, kpi),),
    )


def limit_curves(kpi: Kpi) -> tuple[Query, ...]:
    """Return the curves of the limits that a KPI must keep, for each account its own."""
    return tuple(
        Query(queries.limit(kpi, alert, level), f"{level.severity} limit · {queries.legend(kpi)}")
        for alert in kpi.alerts
        for level in alert.levels
        if level.limit
    )


def now_panel(kpi: Kpi) -> Panel:
    """Return the panel of a KPI's present value, coloured by its alerts; absent means "no data".

    Of a KPI that can call somebody and has many series, a tile shows the worst one and its name; of accounts,
    a few, each in the colour that its own limit gives it.
    """
    limited = own.limited(kpi)
    kind = Kind.STAT if limited else NOW_KINDS.get(kpi.panel, Kind.STAT)
    tile = kind in {Kind.STAT, Kind.GAUGE}
    worst = tile and bool(kpi.alerts) and queries.many(kpi)
    form = "table" if kind is Kind.TABLE else "time_series"
    text = queries.few(kpi) if tile and not worst else queries.worst(kpi) if worst else queries.recorded(kpi)
    asked: tuple[Query, ...] = (Query(text, queries.legend(kpi), instant=True, format=form),)
    colours: tuple[dict[str, object], ...] = ()
    if limited:
        asked, colours = own.tile(kpi)
    over_time = names.panel_path(kpi.family, kpi) + "&${__url_time_range}&${__all_variables}"
    return Panel(
        key=f"{kpi.name}:now",
        title=f"{kpi.title}, worst" if worst else kpi.title,
        kind=kind,
        queries=asked,
        description=style.description(kpi),
        unit=style.GRAFANA_UNITS[kpi.unit],
        decimals=kpi.decimals,
        steps=tuple(style.steps(kpi)),
        mappings=tuple(style.mappings(kpi)),
        overrides=colours,
        span=None if kind in {Kind.STAT, Kind.TABLE} else style.gauge_range(kpi),
        named=worst,
        value_links=(Link("Over time", over_time),),
    )


def heatmap_panels(spec: Spec, kpis: Iterable[Kpi]) -> tuple[Panel, ...]:
    """Return a heatmap of each histogram that the KPIs' formulas read, with links to traced examples."""
    found = {}
    for kpi in kpis:
        for metric in queries.histograms(spec, kpi):
            found[metric.name] = Panel(
                key=f"{metric.name}:heatmap",
                title=f"{kpi.title.partition(',')[0]}, spread",
                kind=Kind.HEATMAP,
                queries=(Query(queries.buckets(metric, kpi), "{{le}}", format="heatmap", exemplar=True),),
                description=f"{metric.help}\n\nA dot is one traced call: open it to read the call's logs.",
                unit=style.GRAFANA_UNITS[metric.unit],
            )
    return tuple(found.values())


def has_now(kpi: Kpi) -> bool:
    """Tell whether a KPI has a panel of its present value: by its kind, or because it can call somebody."""
    return kpi.panel in NOW_KINDS or any(
        level.severity in style.COLOURS for alert in kpi.alerts for level in alert.levels
    )


def by_height(panels: Iterable[Panel]) -> tuple[Panel, ...]:
    """Return *panels* with the small ones first, otherwise in the order of the spec."""
    return tuple(sorted(panels, key=lambda panel: panel.cell.height))


def variables(kpis: Iterable[Kpi]) -> tuple[Variable, ...]:
    """Return a variable for each label that a KPI carries, so that an alert's link can set it."""
    carried: dict[str, list[str]] = {}
    for kpi in kpis:
        for label in kpi.labels:
            carried.setdefault(label, []).append(names.recorded(kpi))
    in_sight = [label for label in queries.FILTERS if label in carried]
    return tuple(
        Variable(
            name,
            name.replace("_", " ").capitalize(),
            name,
            in_menu=name not in in_sight,
            series=tuple(dict.fromkeys(carried[name])),
        )
        for name in [*in_sight, *sorted(carried.keys() - in_sight)]
    )


def board_links(spec: Spec) -> tuple[Link, ...]:
    """Return the links at the top of every dashboard: to the overview, to the others, to the live one."""
    return (
        Link("Overview", f"/d/{names.OVERVIEW_UID}"),
        Link("Dashboards", tag=TAG),
        Link("Live dashboard", spec.settings.links.launcher, new_tab=True),
    )


def board(spec: Spec, family: Family) -> Board:
    """Return the dashboard of *family*."""
    kpis = [kpi for kpi in spec.kpis if kpi.family == family.name]
    services = logs.services(spec, kpis)
    filters = logs.with_own(variables(kpis))
    half = Size(12, 7)
    sections = (
        accounts.section(spec, family),
        shares.section(spec, family),
        Section("Now", by_height(now_panel(kpi) for kpi in kpis if has_now(kpi))),
        Section(
            "Alerts",
            (alerts.list_panel(spec, family, half, filters), alerts.history_panel(family, half, filters)),
        ),
        Section("Over time", tuple(history_panel(spec, kpi, services) for kpi in kpis)),
        Section("Spread", heatmap_panels(spec, kpis)),
        logs.section(services, filters),
    )
    return Board(
        uid=names.dashboard_uid(family),
        title=f"AMAIE · {family.title}",
        description=family.description,
        sections=tuple(section for section in sections if section.panels),
        variables=filters,
        links=board_links(spec),
        annotations=(alerts.annotation(family, filters), *logs.marks()),
    )
