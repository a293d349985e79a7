"""Alertmanager remembers over a crash what people told it and what it told people."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

from integration.delivery.world import World, alert
from support.silences import silence

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.integration

WRITTEN = 2.5
"""Seconds after which Alertmanager, told to write every second, has surely written."""


def _silence(world: World, name: str) -> None:
    httpx.post(f"{world.alertmanager.url}/api/v2/silences", json=silence(name), timeout=10).raise_for_status()


def test_a_silence_and_what_was_told_survive_a_crash(start: Callable[..., World]) -> None:
    """After kill -9 the silenced alert stays silent and the told one is not told again."""
    world = start(arguments=("--data.maintenance-interval=1s",))
    _silence(world, "Known")
    world.post(alert("Known", "critical"), alert("Loss", "critical"))
    world.wait("pagerduty")
    time.sleep(WRITTEN)
    world = World(world.alertmanager.crashed_and_back(), world.inbox)
    world.post(alert("Known", "critical"), alert("Loss", "critical"), alert("New", "critical"))
    world.wait("pagerduty", count=2)
    time.sleep(2)
    assert sorted(one.raw["payload"]["class"] for one in world.inbox.messages("pagerduty")) == ["Loss", "New"]
