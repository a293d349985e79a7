"""A stack of its own to which things are done, and who notices: alerts, the heartbeat, the audit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import docker
import httpx
import pytest

from e2e import demo
from operate import trust
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.paths import ROOT, SECRETS
from support import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from docker.models.containers import Container

PROJECT, OFFSET = "amaie-chaos", 30_000
WRITERS = ("amaie-core", "amaie-trader", "launcher")
TOLD_SECONDS = 300
"""Within so long somebody is told of a stopped service, and a killed one is back."""
SILENCE_SECONDS = 180
"""The watchman's period of one minute and his grace of two (docs/alerting.md)."""
OF_THE_MACHINE = frozenset(
    {
        *("HostCpuHigh", "HostMemoryHigh", "HostDiskFull", "HostDiskFillsWithinADay"),
        *("ContainerCpuHigh", "PrometheusRulesSlow"),
    }
)
"""What a loaded machine may cause; nothing that is done here has to do with it."""
ADDED_UP = frozenset(
    {"ServiceBudgetBurnsFast", "ServiceBudgetBurns", "ServiceBudgetDrips", "ServiceRestarting"}
)
"""What so many stops within hours add up to, whichever was the last."""
OFFICIAL_ONLY = frozenset({"gateway", "grafana", "kibana", "logstash", "logstash-exporter"})
"""What the demo from packages does not run; of volumes, too."""
MARKS = [
    pytest.mark.e2e,
    pytest.mark.chaos_stack,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can kill a container's process from outside"),
]


class Alert(NamedTuple):
    """A firing alert."""

    name: str
    labels: frozenset[tuple[str, str]]

    def is_of(self, service: str) -> bool:
        """Tell whether one of its labels names a service: `service`, `component`, or a page's `instance`."""
        given = dict(self.labels)
        page = given.get("instance", "").partition("//")[2].partition(":")[0]
        return service in {given.get("service"), given.get("component"), page}


def script(name: str, *arguments: str) -> str:
    """Run one of the operator's commands, which must end well; return what it printed."""
    done = demo.script(name, "--project", PROJECT, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Rig:
    """The running stack."""

    engine: docker.DockerClient

    @cached_property
    def stack(self) -> Stack:
        """What was started."""
        found = Stack.load(PROJECT)
        assert found
        return found

    def container(self, service: str) -> Container:
        """Return the container of a service, in its present state."""
        return inside.container(self.engine, PROJECT, service)

    def services(self) -> list[str]:
        """Return the services that are meant to stay."""
        config = self.stack.config()["services"]
        return sorted(name for name, one in config.items() if one.get("restart") == "always")

    def kill(self, service: str) -> None:
        """Kill what runs in a container, as a crash does: its restarts are counted by the engine."""
        os.kill(self.container(service).attrs["State"]["Pid"], signal.SIGKILL)

    def start(self, service: str) -> None:
        """Start a stopped container and wait until it is well."""
        self.container(service).start()
        self.well([service])

    def well(self, services: Iterable[str], seconds: float = TOLD_SECONDS) -> None:
        """Wait until services are healthy."""

        def ill() -> list[str]:
            found = {name: self.container(name).attrs["State"] for name in services}
            return [name for name, state in found.items() if not healthy(state)]

        until(lambda: not ill(), f"{list(services)} healthy", seconds, ill)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Ask Prometheus inside its container."""
        return inside.query(self.stack, expression)

    def firing(self) -> set[Alert]:
        """Return what fires in Prometheus."""
        own = {"__name__", "alertstate"}
        found = [one["metric"] for one in self.query('ALERTS{alertstate="firing"}')]
        return {
            Alert(labels["alertname"], frozenset((name, labels[name]) for name in labels.keys() - own))
            for labels in found
        }

    def active(self) -> set[Alert]:
        """Return what fires as Prometheus knows it without its storage; the reverse proxy must run."""
        url = self.stack.url("prometheus")
        with trust.monitoring(url, timeout=10) as client:
            found = client.get("/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
        labels = [one["labels"] for one in found if one["state"] == "firing"]
        return {Alert(one.pop("alertname"), frozenset(one.items())) for one in labels}

    @contextmanager
    def expecting(self, allowed: Collection[str]) -> Iterator[None]:
        """Hold that only these alerts begin to fire, besides those of a busy machine and of a stop of all.

        What is pending already comes of what was done before.
        """
        known = self.query("group by (alertname) (ALERTS)")
        before, started = {one["metric"]["alertname"] for one in known}, time.monotonic()
        yield
        until(lambda: self.firing() or True, "Prometheus answers", TOLD_SECONDS)
        window = f"{time.monotonic() - started:.0f}s"
        found = self.query(f'group by (alertname) (max_over_time(ALERTS{{alertstate="firing"}}[{window}]))')
        fired = {one["metric"]["alertname"] for one in found} - before - OF_THE_MACHINE - ADDED_UP
        assert fired <= {*allowed}, f"besides {allowed}: {fired - {*allowed}}"

    def number(self, query: str) -> float | None:
        """Return the one number that a query has, or None."""
        found = self.query(query)
        return float(found[0]["value"][1]) if found else None

    def silence(self) -> float:
        """Return for how many seconds the watchman has heard nothing."""
        url = f"{self.stack.url('inbox')}/messages"
        beats = httpx.get(url, params={"channel": "heartbeat"}, timeout=30).raise_for_status().json()
        last = max((datetime.fromisoformat(beat["received_at"]) for beat in beats), default=None)
        return (datetime.now(UTC) - last).total_seconds() if last else 0.0

    def balanced(self) -> None:
        """Hold that all is well and each record is there, once: the services rest meanwhile."""
        self.well(self.services())
        for name in WRITERS:
            self.container(name).pause()
        try:
            until(lambda: self.audit()["clean"], "a clean audit", TOLD_SECONDS, self.audit)
        finally:
            for name in WRITERS:
                self.container(name).unpause()

    def audit(self) -> dict[str, Any]:
        """Compare what Elasticsearch has with what the services wrote; they must not write meanwhile."""
        files = [str(inside.volume(self.engine, PROJECT, name)) for name in ("logs", "history")]
        secret = str(SECRETS / "es_amaie_operator_password")
        url = ("--url", self.stack.url("elasticsearch"), "--password-file", secret)
        command = [sys.executable, "-m", "amaie_ingest", "audit", "--json", *url, *files]
        done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=600, check=False)
        assert done.returncode in {0, 1}, (done.returncode, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found | {"clean": done.returncode == 0}


def healthy(state: dict[str, Any]) -> bool:
    """Tell whether a container runs and is well; one that has ended keeps its last health."""
    return bool(state["Status"] == "running" and state.get("Health", {}).get("Status") == "healthy")


def tell(text: str) -> None:
    """Print a measurement."""
    print(f"\n  {text}", end="", flush=True)  # noqa: T201


def until(
    look: Callable[[], object], what: str, seconds: float, seen: Callable[[], object] = lambda: ""
) -> float:
    """Wait until a look is true; return after how many seconds it was, or fail with what was seen instead."""
    started = time.monotonic()
    while True:
        try:
            if look():
                return time.monotonic() - started
            instead = str(seen())
        except (httpx.HTTPError, docker.errors.APIError, StackError) as error:
            instead = repr(error)
        if time.monotonic() - started > seconds:
            pytest.fail(f"not within {seconds:.0f} s: {what}; instead: {instead}")
        time.sleep(2)
