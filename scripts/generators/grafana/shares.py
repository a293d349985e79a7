"""What an account's strategies and symbols have made, as tables; a click shows the curves of one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.grafana import queries, tables
from generators.grafana.board import Section
from generators.grafana.grid import Size
from generators.shared import conditions

if TYPE_CHECKING:
    from generators.grafana.board import Panel
    from generators.spec.model import Family, Kpi, Spec

PARTS = {"strategy": "Strategies", "symbol": "Symbols"}
"""Labels that an account's figures are divided by: titles of their tables."""


def columns(spec: Spec, family: Family, label: str) -> list[Kpi]:
    """Return the figures of a family that an account has for each value of a label; the first one orders."""
    by = {*conditions.LIMITED, label}
    return [kpi for kpi in spec.kpis if kpi.family == family.name and set(kpi.labels) == by]


def section(spec: Spec, family: Family) -> Section:
    """Return a table for each of the labels that figures of the family have."""
    found = {label: columns(spec, family, label) for label in PARTS}
    return Section(
        "Strategies and symbols", tuple(_table(family, label, kpis) for label, kpis in found.items() if kpis)
    )


def _table(family: Family, label: str, kpis: list[Kpi]) -> Panel:
    by = (*conditions.LIMITED, label)
    return tables.panel(
        f"shares:{label}",
        f"{PARTS[label]}, the least first",
        f"What each {label} of each account has made. A click on one chooses it for the curves below.",
        by=by,
        asked={kpi.title: queries.recorded(kpi) for kpi in kpis},
        first=kpis[0].title,
        falling=False,
        overrides=(tables.chooses(family, label, by), *map(tables.figure, kpis)),
        size=Size(12, 10),
    )
