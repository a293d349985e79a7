"""What the tests of the dashboards share: a small KPI, dashboards as parsed JSON, ways into them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generators import names
from generators.grafana import dashboards
from generators.spec import kpispec
from generators.spec.logspec import LogSpec
from generators.spec.model import Kpi, Model, Spec

ROOT = Path(__file__).parents[2]
SPEC = kpispec.load(ROOT / "spec" / "kpis.yaml")


def kpi(**changes: Any) -> Kpi:
    """Return a small KPI of the trading family."""
    plain = {
        "name": "pnl_day",
        "family": "trading",
        "title": "P&L today",
        "description": "Profit or loss since midnight.",
        "metric": "trading_pnl",
        "operation": "day",
        "unit": "money",
        "labels": ("account", "currency"),
        "expr": "amaie_trading_equity",
    }
    return Kpi.model_validate(plain | changes)


def render(wanted: Spec) -> dict[str, Any]:
    """Return the dashboards of a spec: uid -> parsed JSON."""
    files = dashboards.render(Model(wanted, LogSpec.model_construct(), ()))
    return {Path(path).stem: json.loads(text) for path, text in files.items()}


def alert(name: str, compare: str, **bounds: float) -> dict[str, Any]:
    """Return an alert with a level for each severity and its bound."""
    levels = [{"severity": severity, "bound": bound, "for": "1m"} for severity, bound in bounds.items()]
    texts = dict.fromkeys(("summary", "impact", "action"), "Something to be said.")
    return {"name": name, "compare": compare, "levels": levels, **texts}


def with_kpis(*kpis: Kpi) -> Spec:
    """Return the project's spec with just these KPIs."""
    return SPEC.model_copy(update={"kpis": kpis})


def tiny(*kpis: Kpi) -> dict[str, Any]:
    """Return the trading dashboard of a spec with just these KPIs."""
    dashboard: dict[str, Any] = render(with_kpis(*kpis))["amaie-trading"]
    return dashboard


def panels(dashboard: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    """Return a dashboard's panels without its row headings, perhaps of one type only."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row" and kind in ("", panel["type"])]


def curve(dashboard: dict[str, Any], name: str = "pnl_day") -> dict[str, Any]:
    """Return the panel of a KPI that alerts link to."""
    [panel] = [panel for panel in panels(dashboard) if panel["id"] == names.panel_id(name)]
    return panel


def walk(value: Any) -> list[Any]:
    """Return every value within a JSON value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(found for item in inner for found in walk(item))]
