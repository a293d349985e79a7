"""The accounts as a table, the one nearest to its limit first; a click shows its curves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.grafana import own, queries, style
from generators.grafana.board import Kind, Link, Panel, Query, Section, ref_id
from generators.grafana.grid import Size
from generators.grafana.options import link
from generators.shared import conditions
from generators.spec.limits import accounts
from generators.spec.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generators.spec.model import Family, Kpi, Spec

USED = "limit used"
ROWS = 12


def columns(spec: Spec, family: Family) -> list[Kpi]:
    """Return what tells accounts apart: copies of the account's fact, and figures that limits hold for."""
    fact = accounts(spec)
    return [
        kpi
        for kpi in spec.kpis
        if kpi.family == family.name and set(kpi.labels) == set(conditions.LIMITED)
        if own.limited(kpi) or (fact and f"({fact.name} " in kpi.expr and kpi.unit == fact.unit)
    ]


def section(spec: Spec, family: Family) -> Section:
    """Return the table under its heading; without accounts in the family there is none."""
    kpis = columns(spec, family)
    limited = [kpi for kpi in kpis if own.limited(kpi)]
    return Section("Accounts", (table(family, kpis, limited), in_force()) if limited else ())


def table(family: Family, kpis: Sequence[Kpi], limited: Sequence[Kpi]) -> Panel:
    """Return the table: a row for each account and currency, a column for each figure."""
    by = f"by ({', '.join(conditions.LIMITED)})"
    shares = " or ".join(f'label_replace({own.used(kpi)}, "kpi", "{kpi.name}", "", "")' for kpi in limited)
    asked = [f"max {by} ({shares})", *(queries.recorded(kpi) for kpi in kpis)]
    titles = [USED, *(kpi.title for kpi in kpis)]
    columns = {f"Value #{ref_id(number)}": title for number, title in enumerate(titles)}
    order = (*conditions.LIMITED, *columns)
    organise = {
        "excludeByName": {"Time": True, "__name__": True},
        "indexByName": {name: number for number, name in enumerate(order)},
        "renameByName": columns,
    }
    return Panel(
        key="accounts",
        title="Accounts, nearest to their limits first",
        kind=Kind.TABLE,
        queries=tuple(Query(text, instant=True, format="table") for text in asked),
        description="How much of its nearest own limit each account has used. A click chooses the account.",
        transformations=(
            {"id": "merge", "options": {}},
            {"id": "organize", "options": organise},
            {"id": "sortBy", "options": {"sort": [{"field": USED, "desc": True}]}},
        ),
        overrides=(_used(), _chooses(family), *map(_figure, kpis)),
        size=Size(24, ROWS),
    )


def in_force() -> Panel:
    """Return the table of the limits: what each account may lose, and since when."""
    whose = (*conditions.LIMITED, "limit")
    chosen = queries.selector(conditions.LIMITED)
    asked = (
        f"{names.LIMIT_IN_FORCE}{chosen}",
        f"1000 * ({names.LIMIT_SINCE}{chosen} and {names.LIMIT_IN_FORCE})",  # Grafana counts milliseconds
    )
    order = (*whose, "may lose", "since")
    shown = {f"Value #{ref_id(number)}": name for number, name in enumerate(order[len(whose) :])}
    organise = {
        "excludeByName": {"Time": True, "__name__": True},
        "indexByName": {name: number for number, name in enumerate((*whose, *shown))},
        "renameByName": shown,
    }
    return Panel(
        key="limits",
        title="Limits in force",
        kind=Kind.TABLE,
        queries=tuple(Query(text, instant=True, format="table") for text in asked),
        description="What each account may lose, shares of it (…_ratio) or amounts, and since when.",
        transformations=({"id": "merge", "options": {}}, {"id": "organize", "options": organise}),
        overrides=(_column("since", unit="dateTimeAsIso"),),
        size=Size(24, ROWS // 2),
    )


def _used() -> dict[str, object]:
    steps = [
        {"color": style.GOOD, "value": None},
        {"color": style.COLOURS[Severity.WARNING], "value": 0.8},
        {"color": style.COLOURS[Severity.CRITICAL], "value": 1},
    ]
    return _column(
        USED,
        unit="percentunit",
        decimals=0,
        thresholds={"mode": "absolute", "steps": steps},
        **{"custom.cellOptions": {"mode": "basic", "type": "color-background"}},
    )


def _chooses(family: Family) -> dict[str, object]:
    chosen = "&".join(f"var-{label}=${{__data.fields.{label}:percentencode}}" for label in conditions.LIMITED)
    address = f"/d/{names.dashboard_uid(family)}?{chosen}&${{__url_time_range}}"
    return _column("account", links=[link(Link("Show this account alone", address))])


def _figure(kpi: Kpi) -> dict[str, object]:
    return _column(kpi.title, unit=style.GRAFANA_UNITS[kpi.unit], decimals=kpi.decimals)


def _column(name: str, **properties: object) -> dict[str, object]:
    listed = [{"id": key, "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": listed}
