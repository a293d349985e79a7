"""Long faults: 100,000 records through each of them, 0 lost and 0 doubled by the audit (`make chaos`)."""

from __future__ import annotations

import random
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from integration.dashboard.lab import free_port
from integration.logs.following import Following, audit, balanced, wait
from integration.logs.front import Front
from integration.logs.lab import SHIPPER, Lab
from integration.logs.writer import Writer
from support.containers import Elasticsearch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1200)]

TOTAL = 100_000
RATE = 2000.0
PATIENCE = 600.0
SEED = 20250730


def _write(following: Following, rotate_every: float) -> list[Writer]:
    """Start two services that together write `TOTAL` records."""
    return [
        Writer(following.folder, service, TOTAL // 2, per_second=RATE / 2, rotate_every=rotate_every).start()
        for service in ("amaie-core", "amaie-trader")
    ]


def test_twenty_kills_in_the_middle_of_batches(lab: Lab, follow: Callable[..., Following]) -> None:
    """Kill -9 at random moments, twenty times."""
    chance = random.Random(SEED)  # noqa: S311 (a repeatable schedule)
    following = follow()
    writers = _write(following, 5.0)
    for _ in range(20):
        time.sleep(chance.uniform(0.5, 3.5))
        following.kill()
    for writer in writers:
        writer.join()
    wait(lab, TOTAL, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(TOTAL)


def test_rotation_every_100_ms_at_2000_records_a_second(lab: Lab, follow: Callable[..., Following]) -> None:
    """Hundreds of renamings under load."""
    following = follow()
    writers = _write(following, 0.1)
    for writer in writers:
        writer.join()
    assert all(writer.rotations > 300 for writer in writers)
    wait(lab, TOTAL, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(TOTAL)


def test_a_server_that_answers_badly_all_the_time(lab: Lab, follow: Callable[..., Following]) -> None:
    """Every other request suffers a fault, in a random but repeatable order."""
    chance = random.Random(SEED)  # noqa: S311 (a repeatable schedule)
    kinds = ["", "429", "503", "reset", "cut", "busy items", "413", "", "", "", "", ""]
    faults = [chance.choice(kinds) for _ in range(400)]
    with Front(lab.elasticsearch, faults) as front:
        following = follow(front.url)
        for writer in _write(following, 5.0):
            writer.join()
        wait(lab, TOTAL, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(TOTAL)


def test_elasticsearch_frozen_for_a_minute_under_load(lab: Lab, follow: Callable[..., Following]) -> None:
    """It answers nobody for 60 s; services go on writing, and everything arrives afterwards."""
    following = follow()
    writers = _write(following, 5.0)
    container = lab.elasticsearch.container.get_wrapped_container()
    time.sleep(5)
    container.pause()
    try:
        time.sleep(60)
    finally:
        container.unpause()
    for writer in writers:
        writer.join()
    wait(lab, TOTAL, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(TOTAL)


@pytest.fixture
def own(stack_images: dict[str, str], tmp_path: Path) -> Iterator[tuple[Lab, Following]]:
    """Yield a lab with an Elasticsearch of its own, whose address outlives a crash, and a shipper into it."""
    server = Elasticsearch.start(stack_images["elasticsearch"], tmp_path / "secrets", free_port())
    setup = [*SHIPPER, "elasticsearch-setup", "--url", server.url, "--password-file"]
    subprocess.run([*setup, str(server.password_file("amaie_setup"))], check=True, timeout=120)
    lab = Lab(server, "chaos", tmp_path)
    following = Following(lab)
    yield lab, following
    following.process.kill()
    following.process.communicate()
    server.container.stop()


def test_elasticsearch_crashed_and_away_for_a_minute_under_load(own: tuple[Lab, Following]) -> None:
    """Killed in the middle of requests, back after 60 s: what it had acknowledged is still there."""
    lab, following = own
    writers = _write(following, 5.0)
    time.sleep(5)
    with lab.elasticsearch.crashed():
        time.sleep(60)
    for writer in writers:
        writer.join()
    wait(lab, TOTAL, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(TOTAL)
    assert following.stop() == 0
    assert "sending again: ConnectionError\n" in following.output
