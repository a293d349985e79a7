"""An alert played from its figures to its messages, by the real Prometheus and Alertmanager."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docker
import pytest

from generators.spec import kpispec
from operate import rehearsal
from operate.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def test_every_channel_shows_value_limit_since_and_what_changed_last(
    stack_images: dict[str, str], tmp_path: Path
) -> None:
    """Nobody needs another page to understand a critical alert; nothing is left running afterwards."""
    spec = kpispec.load(ROOT / "spec" / "kpis.yaml")
    client = docker.from_env()
    played = rehearsal.scene(spec, "DrawdownLimit", None)
    found = rehearsal.rehearse(spec, played, client, stack_images, tmp_path)

    assert found.keys() == {"pagerduty", "sms"}
    assert all(found.values())
    page, text = found["pagerduty"], found["sms"]
    assert page
    assert text
    assert "current drawdown 5.025% of the 5% allowed" in page.title
    assert "Limit:     above 5%" in page.body
    assert "Changed:   amaie-core 1.0.0 started 20" in page.body
    assert " UTC; last transfer +1000 USDT 20" in page.body
    assert "DrawdownLimit (critical) since 20" in page.body
    assert " Since " in text.body
    left = [one for one in client.containers.list(all=True) if str(tmp_path) in str(one.attrs["Mounts"])]
    assert not left
