"""Every service is stopped and killed in turn, all start in any order, the engine too: who is told?

`rig` holds after each test that all is well and that each record is there once.

What was measured is printed (`pytest -s`, as `make chaos-stack` runs it).
"""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from e2e import chaos_faults
from e2e.chaos import MARKS, OFFICIAL_ONLY, SILENCE_SECONDS, TOLD_SECONDS, tell, until
from support import stopped

if TYPE_CHECKING:
    from e2e.chaos import Rig

pytestmark = MARKS

ROWS = {name: row for name, row in stopped.rows().items() if name not in OFFICIAL_ONLY and not row.asked}
COLD_STARTS = int(os.environ.get("COLD_STARTS", "3"))
SEED = int(os.environ.get("SEED", str(random.randrange(10**6))))  # noqa: S311 - an order, not a secret
LATE_SECONDS = 120
TOO_LITTLE = {"launcher": "8m", "ingest": "16m", "elasticsearch": "400m"}
"""Memory with which a service does not run."""
AFTER_A_START = {"LogPipelineLag", "AlertsNotDelivered"}
"""What may fire after all was down at once: records wait, and Prometheus may be there before Alertmanager."""


def test_the_demo_runs_what_the_table_says(rig: Rig) -> None:
    """So that no service is left out below."""
    assert set(rig.services()) == set(ROWS)


@pytest.mark.parametrize("service", ROWS)
def test_a_stopped_service_is_told_of_within_five_minutes(rig: Rig, service: str) -> None:
    """The alert of the table fires, and no other but those that may follow."""
    row = ROWS[service]
    until(lambda: beats(rig), "the heart beats", TOLD_SECONDS, rig.silence)
    with rig.expecting({*row.follows, str(row.alert)}):
        rig.container(service).stop()
        try:
            if row.alert is None:
                waited = until(
                    lambda: rig.silence() > SILENCE_SECONDS, "no heartbeat", TOLD_SECONDS, rig.silence
                )
                tell(f"{service}: the watchman is alarmed {waited:.0f} s after the stop")
            else:
                waited = told(rig, row)
                tell(f"{service}: {row.alert} after {waited:.0f} s")
        finally:
            rig.start(service)


def beats(rig: Rig) -> bool:
    """Tell whether the watchman hears it and Prometheus has stored it, which after a start it does later.

    Source: Prometheus, `rules.Group.run`, `AlertingRule.Eval`: no ALERTS before the old state is back.
    """
    stored = any(one.name == "Watchdog" for one in rig.firing())
    return stored and rig.silence() < SILENCE_SECONDS


def told(rig: Rig, row: stopped.Row) -> float:
    """Wait until the alert of a row fires; return after how many seconds it did."""
    return until(
        lambda: any(one.name == row.alert and one.is_of(row.of) for one in rig.firing()),
        f"{row.alert} of {row.of}",
        TOLD_SECONDS,
        rig.firing,
    )


@pytest.mark.parametrize("service", ROWS)
def test_a_killed_service_comes_back(rig: Rig, service: str) -> None:
    """By itself, within five minutes; if an alert fires meanwhile, it is the one of the table."""
    row = ROWS[service]
    with rig.expecting({*row.follows, str(row.alert)}):
        restarts = rig.container(service).attrs["RestartCount"]
        rig.kill(service)
        until(
            lambda: rig.container(service).attrs["RestartCount"] > restarts,
            f"{service} restarted",
            TOLD_SECONDS,
        )
        started = time.monotonic()
        rig.well([service])
        tell(f"{service}: healthy {time.monotonic() - started:.0f} s after its restart")


def stop_all(rig: Rig) -> None:
    """Stop everything, as a machine that is shut down does."""
    rig.stack.run("stop")


@pytest.mark.parametrize("number", range(COLD_STARTS))
def test_any_order_of_a_cold_start_becomes_a_healthy_stack(rig: Rig, number: int) -> None:
    """Nobody's order is waited for: each service must bear that another one is not there yet."""
    names = random.Random(f"{SEED} {number}").sample(rig.services(), len(ROWS))  # noqa: S311
    tell(f"SEED={SEED} start {number + 1}: {' '.join(names)}")
    with rig.expecting(AFTER_A_START):
        stop_all(rig)
        started = time.monotonic()
        for name in names:
            rig.container(name).start()
        rig.well(names)
        tell(f"healthy after {time.monotonic() - started:.0f} s")


def test_elasticsearch_may_be_the_last_by_two_minutes(rig: Rig) -> None:
    """What is written meanwhile waits in its files."""
    with rig.expecting({*AFTER_A_START, "ElasticsearchDown", *ROWS["elasticsearch"].follows}):
        stop_all(rig)
        for name in rig.services():
            if name != "elasticsearch":
                rig.container(name).start()
        time.sleep(LATE_SECONDS)
        rig.start("elasticsearch")
        rig.well(rig.services())


@pytest.mark.parametrize(("service", "limit"), TOO_LITTLE.items())
def test_a_service_that_hits_its_memory_limit_is_told_of_and_comes_back(
    rig: Rig, service: str, limit: str
) -> None:
    """The kernel kills it again and again; with its memory back it runs."""
    row = ROWS[service]
    with rig.expecting({*row.follows, str(row.alert)}), chaos_faults.short_of_memory(rig, service, limit):
        waited = told(rig, row)
        tell(f"{service} with {limit} of memory: {row.alert} after {waited:.0f} s")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_engine_may_end_and_start_again(rig: Rig, number: signal.Signals) -> None:
    """All services come back by themselves, in whatever order the engine starts them."""
    with rig.expecting(AFTER_A_START):
        chaos_faults.engine_restarted(number)
        started = time.monotonic()
        rig.well(rig.services())
        tell(f"{number.name} to the engine: healthy {time.monotonic() - started:.0f} s after it answers")
