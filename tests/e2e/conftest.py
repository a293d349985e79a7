"""The demo as a person starts it, beside any demo that already runs on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import docker
import pytest

from e2e import chaos
from e2e.chaos import Rig, until
from e2e.demo import OWN, Demo, script

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="demo", scope="session")
def _demo() -> Iterator[Demo]:
    """Bring up the drawdown scenario and take everything down again, data included."""
    script("down", "--volumes", *OWN)
    up = script("up", "--demo", "--scenario", "drawdown", "--port-offset", "20000", *OWN)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        rows = json.loads(script("status", "--json", *OWN).stdout)
        yield Demo(up.stdout, {row["service"]: row for row in rows})
    finally:
        down = script("down", "--volumes", *OWN)
    assert down.returncode == 0, down.stdout + down.stderr


@pytest.fixture(scope="session")
def whole_rig() -> Iterator[Rig]:
    """Start a demo to which things are done, and take it down with everything that it wrote."""
    chaos.script("down", "--volumes")
    try:
        chaos.script("up", "--demo", "--scenario", "normal", "--port-offset", str(chaos.OFFSET))
        found = Rig(docker.from_env())
        # Prometheus shows a series for five minutes more: so long the account is the simulated past's, too.
        past = "count(amaie_trading_equity)"
        until(lambda: found.number(past) == 1, "the past is past", chaos.TOLD_SECONDS + 60)
        yield found
    finally:
        chaos.script("down", "--volumes")


@pytest.fixture
def rig(whole_rig: Rig) -> Iterator[Rig]:
    """Yield that demo; after each test all is well, and each record is there once."""
    yield whole_rig
    whole_rig.balanced()
