"""Two Prometheus and two Alertmanagers: each rule is evaluated twice, each person told once, one may die.

Beside them stands the long-term store, to which both write. The short form kills the first of each at once,
with TargetDown after 15 s instead of two minutes; the long one (`make chaos-stack`) kills each of the four
alone, with the rules as they are.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
import yaml

import generate
import up
from e2e.chaos import OF_THE_MACHINE, SILENCE_SECONDS, tell, until
from e2e.demo import script
from operate import build, certificates, engine, passwords, trust
from operate.compose_cli import Stack
from operate.paths import ROOT, SECRETS
from operate.progress import Progress
from operate.site.shape import HighAvailability, LongTerm, Site
from support import inside
from support.silences import silence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker
    from docker.models.containers import Container

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

PROJECT, OFFSET = "amaie-pair", 22_000
PAIR = ("prometheus", "prometheus-2", "alertmanager", "alertmanager-2")
BESIDE = (
    *("reverse-proxy", "inbox", "node-exporter", "blackbox-exporter", "elasticsearch-exporter"),
    *("containers", "docker-proxy", "victoria-metrics"),
)
TOLD_SECONDS = 300
SHORT = "15s"
DOWN_SECONDS = 20
QUIET = {("Watchdog", ""), ("ElasticsearchDown", "")}
"""What fires while all is well: there is no Elasticsearch here."""
STORE = "https://reverse-proxy:8428"
"""Where Grafana reads from the store."""
ASK = """
import base64, ssl, sys, urllib.error, urllib.request
url, login, method = sys.argv[1:]
request = urllib.request.Request(url, method=method, data=b"" if method == "POST" else None)
if login:
    request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
try:
    with urllib.request.urlopen(request, timeout=20, context=ssl._create_unverified_context()) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code)
"""


@dataclass(frozen=True)
class Rig:
    """The running pair, without what it needs not: no Elasticsearch, no simulation."""

    stack: Stack
    engine: docker.DockerClient

    def container(self, service: str) -> Container:
        """Return the container of a service."""
        return inside.container(self.engine, PROJECT, service)

    def address(self, service: str) -> str:
        """Return where a service is reached in the network in which the pair gossips."""
        networks = self.container(service).attrs["NetworkSettings"]["Networks"]
        return str(networks[f"{PROJECT}_edge"]["IPAddress"])

    def start(self, *services: str) -> None:
        """Start services and wait until they are healthy."""
        self.stack.run("up", "--detach", "--no-deps", "--wait", *services)

    def query(self, prometheus: str, expression: str) -> list[dict[str, Any]]:
        """Ask one of the two, in its own container."""
        return inside.query(self.stack, expression, prometheus)

    def firing(self, prometheus: str) -> set[tuple[str, str]]:
        """Return what fires by the rules of one of the two, with the service that it is about."""
        found = [one["metric"] for one in self.query(prometheus, 'ALERTS{alertstate="firing"}')]
        names = {(one["alertname"], one.get("service", "")) for one in found}
        return {(name, service) for name, service in names if name not in OF_THE_MACHINE}

    def rules(self, *names: str, over: str = "") -> None:
        """Let both Prometheus raise critical alerts of these names, and no longer the one that is over."""
        expressions = dict.fromkeys(names, "vector(1)") | ({over: "vector(1) > 1"} if over else {})
        rules = [
            {"alert": name, "expr": expression, "labels": {"severity": "critical", "family": "stack"}}
            for name, expression in expressions.items()
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
        with trust.monitoring(self.stack.url("alertmanager"), trust.OPERATOR) as client:
            made = client.post("/api/v2/silences", json=silence(name)).raise_for_status().json()
        return str(made["silenceID"])

    def inside(self, url: str, login: str = "", method: str = "GET") -> tuple[int, Any]:
        """Ask from within the networks; return the status, and the JSON of a good answer."""
        said = self.stack.run("exec", "-T", "inbox", "python3", "-c", ASK, url, login, method)
        status, _, body = said.strip().partition(" ")
        return int(status), json.loads(body) if status == "200" else None

    def store(self, expression: str, **query: object) -> list[dict[str, Any]]:
        """Ask the store by the proxy, as Grafana does."""
        asked = urlencode({"query": expression, **query})
        status, found = self.inside(f"{STORE}/api/v1/query?{asked}", self.login("grafana"))
        assert status == 200
        result: list[dict[str, Any]] = found["data"]["result"]
        return result

    def login(self, user: str) -> str:
        """Return a user of the proxy and his password."""
        return f"{user}:{trust.password(passwords.monitoring_file(user))}"

    def silences(self) -> set[str]:
        """Return the ids of the silences, as whoever answers at the proxy knows them."""
        with trust.monitoring(self.stack.url("alertmanager")) as client:
            return {one["id"] for one in client.get("/api/v2/silences").raise_for_status().json()}

    def evidence(self) -> str:
        """Return what each container of the pair is and has said last: for whoever reads of a failed test."""
        said = []
        for service in (*PAIR, "inbox"):
            one = self.container(service)
            said.append(f"{service}: {one.attrs['RestartCount']} restarts, {one.attrs['State']}")
            said.append(one.logs(tail=20).decode(errors="replace"))
        return "\n".join(said)

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
    site = Site(high_availability=HighAvailability(prometheus=True), long_term=LongTerm(retention="5y"))
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
    """Both have the same groups, each has evaluated the quick ones, and each sees the other do it."""
    quick = "prometheus_rule_group_interval_seconds <= 15"
    expression = f"prometheus_rule_group_iterations_total > 0 and {quick}"

    def groups(prometheus: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in rig.query(prometheus, expression):
            found.setdefault(one["metric"]["instance"], set()).add(one["metric"]["rule_group"])
        return found

    def both() -> bool:
        seen = [groups(one) for one in PAIR[:2]]
        return all(len(one) == 2 and len(set(map(frozenset, one.values()))) == 1 for one in seen)

    until(both, "both evaluate the same groups", 120, lambda: [groups(one) for one in PAIR[:2]])
    assert len(groups("prometheus")["prometheus-2:9090"]) >= 5


@pytest.mark.parametrize(
    "name", ["prometheus_notifications_alertmanagers_discovered", "alertmanager_cluster_members"]
)
def test_both_tell_both_and_they_hear_each_other(rig: Rig, name: str) -> None:
    """Two Alertmanagers known to each Prometheus, two members known to each Alertmanager."""

    def counted() -> list[dict[str, str]]:
        seen = [rig.query(one, f"sum by (instance) ({name})") for one in PAIR[:2]]
        return [{one["metric"]["instance"]: one["value"][1] for one in found} for found in seen]

    until(lambda: all([*one.values()] == ["2", "2"] for one in counted()), f"2 of {name}", 90, counted)


@pytest.mark.parametrize(
    "shown", ["no certificate", "another authority's", "that of a server which does not gossip"]
)
def test_nobody_else_joins_the_gossip(rig: Rig, tmp_path: Path, shown: str) -> None:
    """Silences could be made there: who calls shows the certificate of an Alertmanager of this stack."""
    address = rig.address("alertmanager")
    context = trust.context()
    folder, name = SECRETS, "alertmanager-2"
    if shown.startswith("another"):
        certificates.ensure(tmp_path, certificates.STACK, {name: [name]})
        folder = tmp_path
    elif shown.startswith("that"):
        name = "prometheus"
    if shown != "no certificate":
        context.load_cert_chain(folder / certificates.certificate(name), folder / certificates.key(name))
    assert "closed" in knocked(address, context)


def knocked(address: str, context: ssl.SSLContext) -> str:
    """Call an Alertmanager's gossip; tell whether it keeps the connection open (TLS 1.3 says so late)."""
    with socket.create_connection((address, 9094), timeout=10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="alertmanager") as closed:
                closed.settimeout(2)
                return "open" if closed.recv(1) else "closed"
        except TimeoutError:
            return "open"
        except (ssl.SSLError, ConnectionError) as error:
            return f"closed: {error}"


def test_the_gossip_takes_its_own(rig: Rig) -> None:
    """The other side of the same door: with the twin's certificate the handshake ends well and stays open."""
    context = trust.context()
    name = "alertmanager-2"
    context.load_cert_chain(SECRETS / certificates.certificate(name), SECRETS / certificates.key(name))
    assert knocked(rig.address("alertmanager"), context) == "open"


def test_nobody_gets_into_the_store(rig: Rig) -> None:
    """Not without its own login, not without TLS; by the proxy people read, and nobody deletes or writes."""
    own = "https://victoria-metrics:8428"
    store = f"amaie:{trust.password('long_term_password')}"
    assert rig.inside(f"{own}/api/v1/query?query=1", store)[0] == 200
    for login in ("", "amaie:", "amaie:amaie", rig.login("grafana"), rig.login("operator")):
        assert rig.inside(f"{own}/api/v1/query?query=1", login)[0] == 401
        assert rig.inside(f"{own}/api/v1/write", login, "POST")[0] == 401
    assert rig.inside("http://victoria-metrics:8428/api/v1/query?query=1", store)[0] == 400
    assert rig.inside(f"{STORE}/api/v1/query?query=1", rig.login("grafana"))[0] == 200
    for login in ("", store, "operator:operator"):
        assert rig.inside(f"{STORE}/api/v1/query?query=1", login)[0] == 401
    for path in ("admin/tsdb/delete_series", "import", "write", "query/../import", "export"):
        for method in ("GET", "POST"):
            for user in ("grafana", "operator"):
                status, _ = rig.inside(f"{STORE}/api/v1/{path}?match[]=up", rig.login(user), method)
                assert status in {403, 404, 405}, (path, method, user)


def test_the_first_of_each_is_killed_and_only_its_alert_tells(rig: Rig) -> None:
    """One alert each, told once; nothing is told again, what was silenced stays so, the heart beats."""
    rig.rules("Before")
    until(lambda: rig.told("Before") and rig.told("Before", "sms"), "Before is told", 120)
    silence = rig.silence("Silenced")
    until(lambda: rig.firing("prometheus") == rig.firing("prometheus-2"), "both say the same", 60)
    before = rig.firing("prometheus-2") - QUIET
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
        lambda: rig.firing("prometheus-2") - QUIET >= wanted,
        "the survivor notices",
        90,
        lambda: rig.firing("prometheus-2"),
    )
    until(lambda: rig.told("TargetDown", "slack")["firing"], "somebody is told of it", 90)
    until(lambda: rig.told("After")["firing"] and rig.told("After", "sms")["firing"], "After is told", 30)
    assert rig.firing("prometheus-2") - QUIET == wanted
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


def test_the_store_has_each_series_once(rig: Rig) -> None:
    """Both wrote it: one sample an interval stays, nothing says which of the two it came from."""
    rig.start("prometheus", "alertmanager")
    rig.rules("Before", "Silenced", over="After")
    until(lambda: rig.store('up{service="prometheus"} == 1'), "the store has what is new", 90)
    minute = 'count_over_time(up{service="node-exporter"}[1m])'
    assert [float(one["value"][1]) for one in rig.store(minute)] in ([3.0], [4.0], [5.0])
    assert rig.store('count({prometheus_replica!=""})') == []


@pytest.mark.parametrize(
    "query", ["count(up) by (job)", "sum(node_memory_MemTotal_bytes)", "all:amaie_watchdog:beat"]
)
def test_the_store_gives_the_figure_that_prometheus_gives(rig: Rig, query: str) -> None:
    """At the same moment, a minute ago: the dashboards show nothing else."""
    moment = int(time.time()) - 60
    params = {"query": query, "time": str(moment)}
    with trust.monitoring(rig.stack.url("prometheus")) as client:
        wanted = client.get("/api/v1/query", params=params).raise_for_status().json()["data"]["result"]
    found = rig.store(query, time=moment)
    shown = [{str(one["metric"]): one["value"][1] for one in answer} for answer in (wanted, found)]
    assert wanted
    assert shown[0] == shown[1]


def test_what_was_scraped_while_the_store_was_down_arrives(rig: Rig) -> None:
    """Prometheus has it on its disk; meanwhile the proxy asks Prometheus, so that dashboards go on."""
    rig.stack.run("stop", "victoria-metrics")
    started = time.time()
    time.sleep(DOWN_SECONDS)
    assert rig.store('up{service="victoria-metrics"} == 0'), "only Prometheus can know this"
    ended = time.time()
    rig.start("victoria-metrics")

    def arrived() -> bool:
        """Ask the store itself: each scrape of that time is there."""
        window = f"{ended - started:.0f}s"
        found = rig.store(
            f'sum_over_time((up{{service="victoria-metrics"}} == bool 0)[{window}:15s])', time=ended
        )
        return bool(found) and float(found[0]["value"][1]) >= 1

    until(arrived, "the scrapes of that time are in the store", 90)


def test_who_comes_back_knows_what_was_told(rig: Rig) -> None:
    """Nobody is told again, and the silence is there; the end of an alert is told once."""
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
    until(lambda: rig.firing(other) == QUIET, "all is well", TOLD_SECONDS, lambda: rig.firing(other))
    rig.container(service).kill()
    killed = time.monotonic()
    until(
        lambda: rig.firing(other) == QUIET | {("TargetDown", service)},
        f"TargetDown of {service}",
        TOLD_SECONDS,
        lambda: rig.firing(other),
    )
    tell(f"{service}: TargetDown after {time.monotonic() - killed:.0f} s")
    assert rig.longest_pause() < SILENCE_SECONDS
    rig.start(service)
