"""Tables for people: every KPI with its formula, every alert with its bounds and who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.docs import runbooks
from generators.shared import output, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generators.spec.model import Alert, Family, Kpi, Level, Model, Spec

KPIS = "docs/generated/kpis.md"
ALERTS = "docs/generated/alerts.md"
README = "README.md"
BLOCK = "kpis"
"""Name of the block of the README that `readme` fills."""

_RUNBOOKS = "../runbooks/generated"


def render(model: Model) -> dict[str, str]:
    """Return the page of all KPIs and the page of all alerts."""
    return {KPIS: kpis(model.spec), ALERTS: alerts(model.spec)}


def readme(model: Model) -> str:
    """Return one table of every KPI, its unit and its alerts, each linked to its runbook."""
    rows = [
        (family.title, kpi.title, kpi.unit, _alert_links(kpi, runbooks.FOLDER))
        for family in model.spec.families
        for kpi in _of(model.spec, family)
    ]
    return _table(("family", "KPI", "unit", "alerts"), rows)


def kpis(spec: Spec) -> str:
    """Return a section for each family: its KPIs, then the formulas that record them."""
    parts = [f"<!-- {output.mark()} -->", "# KPIs"]
    for family in spec.families:
        parts += [f"## {family.title}", family.description]
        rows = [
            (
                kpi.title,
                _line(kpi.description),
                kpi.unit,
                f"`{names.recorded(kpi)}`",
                _alert_links(kpi, _RUNBOOKS),
            )
            for kpi in _of(spec, family)
        ]
        parts.append(_table(("KPI", "what it says", "unit", "recorded series", "alerts"), rows))
        figures = [*(one for one in spec.recordings if one.family == family.name), *_of(spec, family)]
        formulas = "\n\n".join(f"# {names.recorded(figure)}\n{figure.expr.strip()}" for figure in figures)
        parts.append(f"```promql\n{formulas}\n```")
    return "\n\n".join(parts) + "\n"


def alerts(spec: Spec) -> str:
    """Return a section for each family with a row for each level of each alert."""
    parts = [f"<!-- {output.mark()} -->", "# Alerts"]
    for family in spec.families:
        rows = list(_alert_rows(spec, family))
        if rows:
            parts.append(f"## {family.title}")
            parts.append(_table(("alert", "severity", "fires when", "for", "tells"), rows))
    return "\n\n".join(parts) + "\n"


def _alert_rows(spec: Spec, family: Family) -> Iterator[tuple[str, ...]]:
    for kpi in _of(spec, family):
        for alert in kpi.alerts:
            for level in alert.levels:
                told = ", ".join(runbooks.told(spec, level)) or "nobody"
                yield (
                    _alert_link(alert, _RUNBOOKS),
                    level.severity,
                    _when(kpi, alert, level),
                    level.for_,
                    told,
                )


def _when(kpi: Kpi, alert: Alert, level: Level) -> str:
    return f"{kpi.title} {alert.compare} {texts.bound(level, kpi.unit)}"


def _of(spec: Spec, family: Family) -> list[Kpi]:
    return [kpi for kpi in spec.kpis if kpi.family == family.name]


def _alert_links(kpi: Kpi, folder: str) -> str:
    return ", ".join(_alert_link(alert, folder) for alert in kpi.alerts)


def _alert_link(alert: Alert, folder: str) -> str:
    return f"[{alert.name}]({folder}/{alert.name}.md)"


def _line(text: str) -> str:
    return " ".join(text.split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
