"""Names that something of ours has already: a page, a dashboard, a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generators.spec.model import Spec
    from generators.spec.references import Found

FAMILIES = {
    "healthz": "the live dashboard answers health checks",
    "inbox": "the live dashboard shows the demo's inbox",
    "kpis": "the live dashboard shows each KPI below it",
    "login": "the live dashboard asks who you are",
    "logout": "the live dashboard says goodbye",
    "logs": "the live dashboard shows the logs",
    "overview": "Grafana has the dashboard of all families",
    "runbooks": "the live dashboard shows the runbooks",
    "static": "the live dashboard keeps its files",
}
"""A family is a page `/<name>` of the live dashboard and a dashboard `amaie-<name>` of Grafana."""

ALERTS = {"README": "the index of all runbooks is kept"}
"""An alert is a page `<name>.md` of the runbooks."""


def problems(spec: Spec) -> Found:
    """Yield a place and a text for each name that is taken."""
    for f, family in enumerate(spec.families):
        if family.name in FAMILIES:
            yield ("families", f, "name"), _taken(family.name, FAMILIES)
    for k, kpi in enumerate(spec.kpis):
        for a, alert in enumerate(kpi.alerts):
            if alert.name in ALERTS:
                yield ("kpis", k, "alerts", a, "name"), _taken(alert.name, ALERTS)


def _taken(name: str, reasons: dict[str, str]) -> str:
    return f"'{name}' is where {reasons[name]}; choose another name"
