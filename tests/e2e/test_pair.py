"""Two Prometheus and two Alertmanagers: each rule is evaluated twice, each person told once, and one may die.

The short form kills the first of each at once, with TargetDown after 15 s instead of two minutes. The long one
(`make chaos-stack`) kills each of the four alone, with the rules as they are.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import docker
import httpx
import pytest
import yaml

import generate
import up
from e2e.chaos import OF_THE_MACHINE, SILENCE_SECONDS, until
from e2e.demo import script
from operate import build, certificates, engine, trust
from operate.compose_cli import Stack
from operate.paths import ROOT, SECRETS
from operate.progress import Progress
from operate.site.shape import HighAvailability, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docker.models.containers import Container

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

PROJECT, OFFSET = "amaie-pair", 22_000
PAIR = ("prometheus", "prometheus-2", "alertmanager", "alertmanager-2")
BESIDE = ("reverse-proxy", "inbox", "node-exporter", "blackbox-exporter", "elasticsearch-exporter")
BESIDE += ("containers", "docker-proxy")
TOLD_SECONDS = 300
SHORT = "15s"
TOOL = ("/bin/promtool", "query", "instant", "--format=json", "--http.config.file=/etc/prometheus/login.yml")


@dataclass(frozen=True)
class Rig:
    """The running pair, without what it needs not: no Elasticsearch, no simulation."""

    stack: Stack
    engine: docker.DockerClient

    def container(self, service: str) -> Container:
        """Return the container of a service."""
        wanted = [f"com.docker.compose.project={PROJECT}", f"com.docker.compose.service={service}"]
        return self.engine.containers.list(all=True, filters={"label": wanted})[0]

    def start(self, *services: str) -> None:
        """Start services and wait until they are healthy."""
        self.stack.run("up", "--detach", "--no-deps", "--wait", *services)

    def query(self, prometheus: str, expression: str) -> list[dict[str, Any]]:
        """Ask one of the two, in its own container."""
        said = self.stack.run("exec", "-T", prometheus, *TOOL, "https://localhost:9090", expression)
        found: list[dict[str, Any]] = json.loads(said)
        return found

    def firing(self, prometheus: str) -> set[tuple[str, str]]:
        """Return what fires by the rules of one of the two, with the service that it is about."""
        found = [one["metric"] for one in self.query(prometheus, 'ALERTS{alertstate="firing"}')]
        names = {(one["alertname"], one.get("service", "")) for one in found}
        return {(name, service) for name, service in names if name not in OF_THE_MACHINE}

    def rules(self, *names: str) -> None:
        """Let both Prometheus raise critical alerts of these names, and no others of the test's own."""
        rules = [
            {"alert": name, "expr": "vector(1)", "labels": {"severity": "critical", "family": "stack"}}
            for name in names
        ]
        path = self.stack.site_folder / "prometheus/site/rules-pair.yml"
        path.write_text(yaml.safe_dump({"groups": [{"name": "pair", "interval": "5s", "rules": rules}]}))
        for one in ("prometheus", "prometheus-2"):
            if self.container(one).status == "running":
                self.stack.run("exec", "-T", one, "sh", "-c", "kill -HUP 1")

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Return what the inbox got over a channel, oldest first."""
        asked = httpx.get(f"{self.stack.url('inbox')}/messages", params={"channel": channel}, timeout=30)
        found: list[dict[str, Any]] = asked.raise_for_status().json()
        return found[::-1]

    def told(self, name: str, channel: str = "pagerduty") -> Counter[str]:
        """Return how often a person was told over a channel that an alert fires, and that it is over."""
        return Counter(one["status"] for one in self.messages(channel) if name in one["title"])

    def silence(self, name: str) -> str:
        """Silence an alert for an hour, as the operator does at the proxy; return the silence's id."""
        now = datetime.now(UTC)
        wanted = {
            "matchers": [{"name": "alertname", "value": name, "isRegex": False, "isEqual": True}],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "test",
            "comment": "of the pair",
        }
        with trust.monitoring(self.stack.url("alertmanager"), trust.OPERATOR) as client:
            made = client.post("/api/v2/silences", json=wanted).raise_for_status().json()
        return str(made["silenceID"])

    def silences(self) -> set[str]:
        """Return the ids of the silences, as whoever answers at the proxy knows them."""
        with trust.monitoring(self.stack.url("alertmanager")) as client:
            return {one["id"] for one in client.get("/api/v2/silences").raise_for_status().json()}

    def longest_pause(self) -> float:
        """Return the longest time in seconds, up to now, for which the watchman has heard nothing."""
        beats = [datetime.fromisoformat(one["received_at"]) for one in self.messages("heartbeat")]
        return max((later - one).total_seconds() for one, later in pairwise([*beats, datetime.now(UTC)]))


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """Start what belongs to the pair, with the demo's inbox, and take it down with its data."""
    down = ("down", "--volumes", "--project", PROJECT)
    script(*down)
    progress = Progress()
    client = engine.ensure("auto", progress)
    variant = build.choose("auto", client, progress)
    site = Site(high_availability=HighAvailability(prometheus=True))
    stack = Stack(PROJECT, variant, demo=True, offset=OFFSET, site=site)
    up.prepare(stack, generate.load(ROOT), build.ensure(variant, client, progress), progress)
    try:
        found = Rig(stack, client)
        sooner(stack)
        found.start(*PAIR, *BESIDE)
        yield found
    finally:
        done = script(*down)
        client.close()
    assert done.returncode == 0, done.stdout + done.stderr


def sooner(stack: Stack) -> None:
    """Let TargetDown fire after 15 s instead of two minutes."""
    path = stack.site_folder / "prometheus/generated/rules/alerts-stack.yml"
    document = yaml.safe_load(path.read_text())
    rules = [rule for group in document["groups"] for rule in group["rules"] if rule["alert"] == "TargetDown"]
    for rule in rules:
        rule["for"] = SHORT
    assert rules
    path.write_text(yaml.safe_dump(document))


def slowly(stack: Stack) -> None:
    """Put the rules back as they are in production."""
    path = "prometheus/generated/rules/alerts-stack.yml"
    (stack.site_folder / path).write_text(up.rendered(stack, generate.load(ROOT))[path])


def test_each_rule_is_evaluated_twice(rig: Rig) -> None:
    """Both have the same groups, both have evaluated each, and each sees the other do it."""
    expression = "prometheus_rule_group_iterations_total > 0"

    def groups(prometheus: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in rig.query(prometheus, expression):
            found.setdefault(one["metric"]["instance"], set()).add(one["metric"]["rule_group"])
        return found

    def both() -> bool:
        seen = [groups(one) for one in PAIR[:2]]
        return all(len(one) == 2 and len(set(map(frozenset, one.values()))) == 1 for one in seen)

    until(both, "both evaluate the same groups", 120, lambda: [groups(one) for one in PAIR[:2]])
    assert len(groups("prometheus")["prometheus-2:9090"]) > 10


def test_both_tell_both_and_they_hear_each_other(rig: Rig) -> None:
    """Two Alertmanagers known to each Prometheus, two members known to each Alertmanager."""
    for one in PAIR[:2]:
        for name in ("prometheus_notifications_alertmanagers_discovered", "alertmanager_cluster_members"):
            found = rig.query(one, f"min(sum by (instance) ({name}))")
            assert found[0]["value"][1] == "2", (one, name)


@pytest.mark.parametrize(
    "shown", ["no certificate", "another authority's", "that of a server which does not gossip"]
)
def test_nobody_else_joins_the_gossip(rig: Rig, tmp_path: Path, shown: str) -> None:
    """Silences could be made there: who calls shows the certificate of an Alertmanager of this stack."""
    rig.container("alertmanager").reload()
    networks = rig.container("alertmanager").attrs["NetworkSettings"]["Networks"]
    address = networks[f"{PROJECT}_edge"]["IPAddress"]
    context = trust.context()
    context.check_hostname = True
    folder, name = SECRETS, "alertmanager-2"
    if shown.startswith("another"):
        certificates.ensure(tmp_path, certificates.STACK, {name: [name]})
        folder = tmp_path
    elif shown.startswith("that"):
        name = "prometheus"
    if shown != "no certificate":
        context.load_cert_chain(folder / certificates.certificate(name), folder / certificates.key(name))
    with (
        socket.create_connection((address, 9094), timeout=10) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        with context.wrap_socket(plain, server_hostname="alertmanager") as closed:
            # TLS 1.3: the refusal comes with the first answer.
            if not closed.recv(1):
                raise ConnectionError


def test_the_gossip_takes_its_own(rig: Rig) -> None:
    """The other side of the same door: with the twin's certificate the handshake ends well and stays open."""
    networks = rig.container("alertmanager").attrs["NetworkSettings"]["Networks"]
    context = trust.context()
    name = "alertmanager-2"
    context.load_cert_chain(SECRETS / certificates.certificate(name), SECRETS / certificates.key(name))
    with socket.create_connection((networks[f"{PROJECT}_edge"]["IPAddress"], 9094), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="alertmanager") as taken:
            taken.settimeout(2)
            with pytest.raises(TimeoutError):
                taken.recv(1)


def test_the_first_of_each_is_killed_and_only_its_alert_tells(rig: Rig) -> None:
    """One alert each, told once; what was told is not told again, what was silenced stays so, the heart beats."""
    rig.rules("Before")
    until(lambda: rig.told("Before") and rig.told("Before", "sms"), "Before is told", 60)
    silence = rig.silence("Silenced")
    until(lambda: rig.firing("prometheus") == rig.firing("prometheus-2"), "both say the same", 60)
    before = rig.firing("prometheus-2")
    for service in ("prometheus", "alertmanager"):
        rig.container(service).kill()
    rig.rules("Before", "Silenced", "After")
    wanted = before | {
        ("TargetDown", "prometheus"),
        ("TargetDown", "alertmanager"),
        ("Silenced", ""),
        ("After", ""),
    }
    until(
        lambda: rig.firing("prometheus-2") >= wanted,
        "the survivor notices",
        90,
        lambda: rig.firing("prometheus-2"),
    )
    until(lambda: rig.told("TargetDown", "slack")["firing"], "somebody is told of it", 90)
    until(lambda: rig.told("After")["firing"] and rig.told("After", "sms")["firing"], "After is told", 30)
    assert rig.firing("prometheus-2") == wanted
    assert silence in rig.silences()
    with trust.monitoring(rig.stack.url("prometheus")) as client:
        answer = client.get("/api/v1/query", params={"query": 'up{service="prometheus"}'})
    assert answer.raise_for_status().json()["data"]["result"][0]["value"][1] == "0"
    for channel in ("pagerduty", "sms"):
        counted = {name: rig.told(name, channel) for name in ("Before", "Silenced", "After")}
        assert counted == {"Before": {"firing": 1}, "Silenced": {}, "After": {"firing": 1}}, channel
    for channel in ("slack", "email"):
        assert rig.told("TargetDown", channel) == {"firing": 1}, channel
    assert rig.longest_pause() < SILENCE_SECONDS


def test_who_comes_back_knows_what_was_told(rig: Rig) -> None:
    """Nobody is told again, and the silence is there; the end of an alert is told once."""
    rig.start("prometheus", "alertmanager")
    rig.rules("Before", "Silenced")
    until(lambda: rig.told("After")["resolved"], "the end of After is told", 150)
    for channel in ("pagerduty", "sms"):
        counted = {name: rig.told(name, channel) for name in ("Before", "Silenced", "After")}
        assert counted == {"Before": {"firing": 1}, "Silenced": {}, "After": {"firing": 1, "resolved": 1}}
    assert len(rig.silences()) == 1
    assert rig.longest_pause() < SILENCE_SECONDS


@pytest.mark.chaos_stack
@pytest.mark.parametrize("service", PAIR)
def test_each_is_told_of_within_five_minutes(rig: Rig, service: str) -> None:
    """With the rules of production: TargetDown of whoever was killed, and nothing else."""
    slowly(rig.stack)
    rig.start(*PAIR)
    rig.rules()
    other = "prometheus" if service == "prometheus-2" else "prometheus-2"
    until(lambda: rig.firing(other) & {("TargetDown", name) for name in PAIR} == set(), "all is well", 120)
    before = rig.firing(other)
    rig.container(service).kill()
    killed = time.monotonic()
    wanted = before | {("TargetDown", service)}
    until(
        lambda: rig.firing(other) == wanted,
        f"TargetDown of {service}",
        TOLD_SECONDS,
        lambda: rig.firing(other),
    )
    print(f"\n  {service}: TargetDown after {time.monotonic() - killed:.0f} s", end="", flush=True)  # noqa: T201
    assert rig.longest_pause() < SILENCE_SECONDS
    rig.start(service)
