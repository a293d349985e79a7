"""What the overview answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from amaie_dashboard.pages import overview
from amaie_dashboard.sources import Sample
from unit.dashboard.conftest import ROLES


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
