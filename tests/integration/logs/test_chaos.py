"""Faults under load, 0 lost and 0 doubled by the audit: 20,000 records, or 100,000 (`make chaos`)."""

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

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

RATE = 2000.0
KILL_EVERY = 5_000
"""Records, on the average of a schedule."""
AWAY = 1.2
"""How long a server is away, in times of what writing takes."""
PATIENCE = 600.0
SEED = 20250730


@pytest.fixture(params=[20_000, pytest.param(100_000, marks=pytest.mark.chaos)])
def total(request: pytest.FixtureRequest) -> int:
    """Return how many records are written: the short schedule, or the long one."""
    count: int = request.param
    return count


def _write(following: Following, total: int, rotate_every: float) -> list[Writer]:
    """Start two services that together write so many records."""
    return [
        Writer(following.folder, service, total // 2, per_second=RATE / 2, rotate_every=rotate_every).start()
        for service in ("amaie-core", "amaie-trader")
    ]


def test_kills_in_the_middle_of_batches(lab: Lab, follow: Callable[..., Following], total: int) -> None:
    """Kill -9 at random moments; twenty times in the long schedule."""
    chance = random.Random(SEED)  # noqa: S311 (a repeatable schedule)
    following = follow()
    writers = _write(following, total, 5.0)
    for _ in range(total // KILL_EVERY):
        time.sleep(chance.uniform(0.5, 3.5))
        following.kill()
    for writer in writers:
        writer.join()
    wait(lab, total, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(total)


def test_rotation_every_100_ms_at_2000_records_a_second(
    lab: Lab, follow: Callable[..., Following], total: int
) -> None:
    """Hundreds of renamings under load."""
    following = follow()
    writers = _write(following, total, 0.1)
    for writer in writers:
        writer.join()
    assert all(writer.rotations > 6 * total / RATE for writer in writers)
    wait(lab, total, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(total)


def test_a_server_that_answers_badly_all_the_time(
    lab: Lab, follow: Callable[..., Following], total: int
) -> None:
    """Every other request suffers a fault, in a random but repeatable order."""
    chance = random.Random(SEED)  # noqa: S311 (a repeatable schedule)
    kinds = ["", "429", "503", "reset", "cut", "busy items", "413", "", "", "", "", ""]
    faults = [chance.choice(kinds) for _ in range(400)]
    with Front(lab.elasticsearch, faults) as front:
        following = follow(front.url)
        for writer in _write(following, total, 5.0):
            writer.join()
        wait(lab, total, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(total)


def test_elasticsearch_frozen_under_load(lab: Lab, follow: Callable[..., Following], total: int) -> None:
    """It answers nobody for 12 s or a minute; services go on writing, and everything arrives afterwards."""
    following = follow()
    writers = _write(following, total, 5.0)
    container = lab.elasticsearch.container.get_wrapped_container()
    time.sleep(total / RATE / 10)
    container.pause()
    try:
        time.sleep(AWAY * total / RATE)
    finally:
        container.unpause()
    for writer in writers:
        writer.join()
    wait(lab, total, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(total)


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
    server.stop()


def test_elasticsearch_crashed_and_away_under_load(own: tuple[Lab, Following], total: int) -> None:
    """Killed in the middle of requests, back after 12 s or a minute: what it acknowledged is still there."""
    lab, following = own
    writers = _write(following, total, 5.0)
    time.sleep(total / RATE / 10)
    with lab.elasticsearch.crashed():
        time.sleep(AWAY * total / RATE)
    for writer in writers:
        writer.join()
    wait(lab, total, patience=PATIENCE)
    assert audit(lab, following.folder) == balanced(total)
    assert following.stop() == 0
    assert "sending again: ConnectionError\n" in following.output
