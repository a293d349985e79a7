"""The figures of the account with their limits, as the overview shows them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from amaie_dashboard.catalogue import Bound
from amaie_dashboard.pages import overview
from amaie_dashboard.sources import Sample
from unit.dashboard.conftest import ROLES, panel

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Panel


def site(*services: str) -> Any:
    """Return a site of the dashboard in which Prometheus knows of these services."""
    up = tuple(Sample({"service": name}, 1.0, 0.0) for name in services)
    hub = SimpleNamespace(values={ROLES.up: up})
    return SimpleNamespace(hub=hub, catalogue=SimpleNamespace(roles=ROLES))


def test_without_a_service_the_overview_says_how_to_connect_one() -> None:
    """Nothing is down where nothing is watched, and a new user reads what to do next."""
    assert "no service is connected" in overview._down(site())
    assert "<code>make connect NAME=" in overview._services(site())
    assert "make connect" not in overview._services(site("btc-bot"))
    assert "all 1 services answer" in overview._down(site("btc-bot"))


def shown(figure: Panel, value: float) -> str:
    """Return the HTML of a figure with its limit."""
    hub: Any = None  # asked only where there is no sample
    return str(overview._limit(hub, figure, Sample({"account": "main"}, value, 0.0)))


def test_a_bar_fills_towards_the_critical_bound(drawdown: Panel) -> None:
    """At 4 of 5 percent it has used four fifths of the limit, and both bounds are marked on the way."""
    html = shown(drawdown, 0.04)

    assert "80 % of the limit" in html
    assert html.count("mark-line") == 2
    assert "critical 5.0\N{NARROW NO-BREAK SPACE}%" in html


@pytest.mark.parametrize(("compare", "bound"), [("above", 0.0), ("below", 0.0), ("below", 1000.0)])
def test_a_bound_without_a_way_to_it_shows_the_figure_alone(compare: str, bound: float) -> None:
    """A critical bound of 0 has no share that could be used; the figure stands there all the same."""
    figure = panel(unit="money", bounds=(Bound("A", "critical", compare, bound),))
    html = shown(figure, bound + (1 if compare == "above" else -1))

    assert "track" not in html
    assert 'class="value critical"' in html
