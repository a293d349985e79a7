"""The demo as a person starts it, beside any demo that already runs on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

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
