"""Every service is stopped and killed in turn, and all start in any order: who is told, is each record there?

What was measured is printed (`pytest -s`, as `make chaos-stack` runs it).
"""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING

import docker
import pytest

from e2e import chaos
from e2e.chaos import OF_THE_MACHINE, SILENCE_SECONDS, TOLD_SECONDS, Rig, until
from support import stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.chaos_stack,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can kill a container's process from outside"),
]

OFFICIAL_ONLY = {"gateway", "grafana", "kibana", "logstash", "logstash-exporter"}
"""What the demo from packages does not run."""
ROWS = {name: row for name, row in stopped.rows().items() if name not in OFFICIAL_ONLY and not row.cluster}
WRITERS = ("amaie-core", "amaie-trader", "launcher")
COLD_STARTS = int(os.environ.get("COLD_STARTS", "3"))
SEED = int(os.environ.get("SEED", str(random.randrange(10**6))))  # noqa: S311 - an order, not a secret
LATE_SECONDS, FULL_SECONDS = 120, 60


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """Start a demo of its own, and take it down with everything that it wrote."""
    chaos.script("down", "--volumes")
    try:
        chaos.script("up", "--demo", "--scenario", "normal", "--port-offset", str(chaos.OFFSET))
        found = Rig(docker.from_env())
        # Prometheus shows a series for five minutes more: so long the account is the simulated past's, too.
        until(lambda: found.number("count(amaie_trading_equity)") == 1, "the past is past", TOLD_SECONDS + 60)
        yield found
    finally:
        chaos.script("down", "--volumes")


def tell(text: str) -> None:
    """Print a measurement."""
    print(f"\n  {text}", end="", flush=True)  # noqa: T201


def test_the_demo_runs_what_the_table_says(rig: Rig) -> None:
    """So that no service is left out below."""
    assert set(rig.services()) == set(ROWS)


@pytest.mark.parametrize("service", ROWS)
def test_a_stopped_service_is_told_of_within_five_minutes(rig: Rig, service: str) -> None:
    """The alert of the table fires, and no other but those that may follow."""
    row = ROWS[service]
    before = {one.name for one in rig.firing()}
    rig.container(service).stop()
    try:
        if row.alert is None:
            waited = until(lambda: rig.silence() > SILENCE_SECONDS, "no heartbeat", TOLD_SECONDS, rig.silence)
            tell(f"{service}: the watchman is alarmed {waited:.0f} s after the stop")
        else:
            waited = until(
                lambda: any(one.name == row.alert and one.is_of(row.of) for one in rig.firing()),
                f"{row.alert} of {row.of}",
                TOLD_SECONDS,
                rig.firing,
            )
            tell(f"{service}: {row.alert} after {waited:.0f} s")
        others = set() if service == "prometheus" else {one.name for one in rig.firing()} - before
        assert others - OF_THE_MACHINE - row.follows <= {row.alert}
    finally:
        rig.start(service)


@pytest.mark.parametrize("service", ROWS)
def test_a_killed_service_comes_back(rig: Rig, service: str) -> None:
    """By itself, within five minutes; if an alert fires meanwhile, it is the one of the table."""
    before = {one.name for one in rig.firing()}
    restarts = rig.container(service).attrs["RestartCount"]
    rig.kill(service)
    until(
        lambda: rig.container(service).attrs["RestartCount"] > restarts, f"{service} restarted", TOLD_SECONDS
    )
    started = time.monotonic()
    rig.well([service])
    tell(f"{service}: healthy {time.monotonic() - started:.0f} s after its restart")
    until(lambda: rig.firing() or True, "Prometheus answers", TOLD_SECONDS)
    others = {one.name for one in rig.firing()} - before
    assert others - OF_THE_MACHINE - ROWS[service].follows <= {ROWS[service].alert}


def stop_all(rig: Rig) -> None:
    """Stop everything, as a machine that is shut down does."""
    rig.stack.run("stop")


def test_any_order_of_a_cold_start_becomes_a_healthy_stack(rig: Rig) -> None:
    """Nobody's order is waited for: each service must bear that another one is not there yet."""
    order = random.Random(SEED)  # noqa: S311
    for number in range(COLD_STARTS):
        names = order.sample(rig.services(), len(ROWS))
        tell(f"SEED={SEED} start {number + 1}: {' '.join(names)}")
        stop_all(rig)
        started = time.monotonic()
        for name in names:
            rig.container(name).start()
        rig.well(names)
        tell(f"healthy after {time.monotonic() - started:.0f} s")


def test_elasticsearch_may_be_the_last_by_two_minutes(rig: Rig) -> None:
    """What is written meanwhile waits in its files."""
    stop_all(rig)
    for name in rig.services():
        if name != "elasticsearch":
            rig.container(name).start()
    time.sleep(LATE_SECONDS)
    rig.start("elasticsearch")
    rig.well(rig.services())


def test_a_service_that_hits_its_memory_limit_is_told_of_and_comes_back(rig: Rig) -> None:
    """The kernel kills it again and again; with its memory back it runs."""
    container = rig.container("launcher")
    limit = container.attrs["HostConfig"]["Memory"]
    container.stop()
    container.update(mem_limit="8m", memswap_limit="8m")
    try:
        container.start()
        waited = until(
            lambda: any(one.name == "ServiceDown" and one.is_of("launcher") for one in rig.firing()),
            "ServiceDown of launcher",
            TOLD_SECONDS,
            rig.firing,
        )
        tell(f"launcher without memory: ServiceDown after {waited:.0f} s")
    finally:
        container.stop()
        container.update(mem_limit=limit, memswap_limit=2 * limit)
        rig.start("launcher")


def test_a_full_disk_under_the_log_files_loses_nothing(rig: Rig) -> None:
    """The services stay healthy, and what they cannot write waits in their memory until there is room."""
    with rig.full("logs", (*WRITERS, "ingest")):
        time.sleep(FULL_SECONDS)
        waiting = rig.number("sum(amaie_log_queue_depth)")
        tell(f"log files on a full disk: {waiting} records wait after {FULL_SECONDS} s")
        assert waiting
        rig.well(WRITERS, 1)


def test_no_record_was_lost_or_doubled_by_all_that(rig: Rig) -> None:
    """The services end, what they wrote is shipped, and the account balances against their files."""
    for name in WRITERS:
        rig.container(name).stop()
    found: dict[str, object] = {}

    def clean() -> bool:
        found.update(rig.audit())
        return found["clean"] is True

    waited = until(clean, "a clean audit", TOLD_SECONDS, lambda: found)
    tell(f"the audit is clean {waited:.0f} s after the last record: {found}")
