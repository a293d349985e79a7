"""The accounts as a table, the one nearest to its limit first; a click shows its curves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.grafana import own, queries, style, tables
from generators.grafana.board import Section
from generators.grafana.grid import Size
from generators.shared import conditions
from generators.spec.limits import accounts
from generators.spec.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generators.grafana.board import Panel
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
    return tables.panel(
        "accounts",
        "Accounts, nearest to their limits first",
        "How much of its nearest own limit each account has used. A click chooses the account.",
        by=conditions.LIMITED,
        asked={USED: f"max {by} ({shares})", **{kpi.title: queries.recorded(kpi) for kpi in kpis}},
        first=USED,
        falling=True,
        overrides=(
            _used(),
            tables.chooses(family, "account", conditions.LIMITED),
            *map(tables.figure, kpis),
        ),
        size=Size(24, ROWS),
    )


def in_force() -> Panel:
    """Return the table of the limits: what each account may lose, and since when."""
    chosen = queries.selector(conditions.LIMITED)
    since = f"{names.LIMIT_SINCE}{chosen} and {names.LIMIT_IN_FORCE}"
    return tables.panel(
        "limits",
        "Limits in force",
        "What each account may lose, shares of it (…_ratio) or amounts, and since when.",
        by=(*conditions.LIMITED, "limit"),
        asked={"may lose": f"{names.LIMIT_IN_FORCE}{chosen}", "since": f"1000 * ({since})"},  # milliseconds
        first=conditions.LIMITED[0],
        falling=False,
        overrides=(tables.column("since", unit="dateTimeAsIso"),),
        size=Size(24, ROWS // 2),
    )


def _used() -> dict[str, object]:
    steps = [
        {"color": style.GOOD, "value": None},
        {"color": style.COLOURS[Severity.WARNING], "value": 0.8},
        {"color": style.COLOURS[Severity.CRITICAL], "value": 1},
    ]
    return tables.column(
        USED,
        unit="percentunit",
        decimals=0,
        thresholds={"mode": "absolute", "steps": steps},
        **{"custom.cellOptions": {"mode": "basic", "type": "color-background"}},
    )
