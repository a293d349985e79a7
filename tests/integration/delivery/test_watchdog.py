"""The watchman outside hears the heart beat through the real chain, and notices when it stops."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from integration.delivery.world import ROOT, SOON, World, bridge_address
from support.containers import Prometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.integration

CONFIG = """
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules/*.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["%s"]}]}]}
"""
SILENCE = 12.0
"""Longer than Prometheus' promise: an alert ends four resend delays after it was last sent."""


@pytest.fixture
def beating(
    start: Callable[..., World], stack_images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Prometheus]]:
    """Yield a world and the Prometheus that runs the generated rules every second and tells it of them."""
    world = start()
    folder = tmp_path_factory.mktemp("rules")
    folder.chmod(0o755)
    (folder / "rules").mkdir()
    for rules in (ROOT / "prometheus" / "generated" / "rules").glob("*.yml"):
        (folder / "rules" / rules.name).write_text(rules.read_text().replace("interval: 15s", "interval: 1s"))
    (folder / "prometheus.yml").write_text(CONFIG % bridge_address(world))
    prometheus = Prometheus.start(stack_images["prometheus"], folder, "--rules.alert.resend-delay=1s")
    yield world, prometheus
    prometheus.container.stop()


def test_the_heart_beats_from_the_rule_to_the_outside_and_stops_with_prometheus(
    beating: tuple[World, Prometheus],
) -> None:
    """While Prometheus lives, beats arrive with their runbook; when it dies, none arrives any more."""
    world, prometheus = beating
    beats = world.wait("heartbeat", count=3, seconds=3 * SOON)
    assert beats[0].links["Runbook"] == "https://127.0.0.1:8080/runbooks/Watchdog"
    prometheus.container.get_wrapped_container().kill()
    time.sleep(SILENCE)
    heard = len(world.inbox.messages("heartbeat"))
    time.sleep(4)  # two beats
    assert len(world.inbox.messages("heartbeat")) == heard
