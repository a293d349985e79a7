"""Values that several tests of the dashboard start from."""

from __future__ import annotations

import pytest

from amaie_dashboard.catalogue import Bound, Catalogue, Family, Panel, Roles


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


ROLES = Roles(
    up="service:amaie_alive:now",
    uptime="service:amaie_age_seconds:now",
    pnl_day="account:amaie_gain:today",
    pnl_week="account:amaie_gain:this_week",
    pnl_month="account:amaie_gain:this_month",
    emergency_stop="amaie_halted",
    build="amaie_version_info",
    start="born_seconds",
)
"""Names that the spec of AMAIE does not have: a reader that knows its own names by heart finds nothing."""


@pytest.fixture(name="drawdown")
def _drawdown() -> Panel:
    """Return the panel of drawdown."""
    return panel()


@pytest.fixture(name="known")
def _known(drawdown: Panel) -> Catalogue:
    """Return a catalogue with one panel."""
    return Catalogue(
        families=(Family("trading", "Trading performance", "Is money made?"),),
        roles=ROLES,
        seconds_between_points=15,
        panels=(drawdown,),
        logs="logs-amaie-default",
        data_view="amaie-logs",
    )
