"""Values that several tests of the dashboard start from."""

from __future__ import annotations

import pytest

from amaie_dashboard.catalogue import Bound, Catalogue, Family, Panel, Service


def panel(**changes: object) -> Panel:
    """Return a panel of drawdown with its two bounds, or one changed."""
    values: dict[str, object] = {
        "name": "drawdown",
        "family": "trading",
        "title": "Drawdown",
        "description": "How far the account is below its peak.",
        "series": "account:amaie_trading_drawdown:current",
        "unit": "ratio",
        "decimals": 2,
        "labels": ("account",),
        "kind": "gauge",
        "path": "/kpis/drawdown",
        "bounds": (
            Bound("DrawdownLimit", "critical", "above", 0.05),
            Bound("DrawdownLimit", "warning", "above", 0.045),
        ),
    }
    return Panel(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(name="drawdown")
def _drawdown() -> Panel:
    """Return the panel of drawdown."""
    return panel()


@pytest.fixture(name="known")
def _known(drawdown: Panel) -> Catalogue:
    """Return a catalogue with one panel."""
    return Catalogue(
        services=(Service("amaie-trader", "Execution and risk."),),
        families=(Family("trading", "Trading performance", "Is money made?"),),
        panels=(drawdown,),
        logs="logs-amaie-default",
        data_view="amaie-logs",
    )
