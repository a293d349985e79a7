"""Three Elasticsearch nodes, two Prometheus, two Alertmanagers and a store, by the operator's own commands.

From the first start by backup, loss and restore, new secrets and certificates to the way back to one machine:
`make doubled`. What happens when one is killed is judged in test_cluster.py and integration/test_pair.py.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import docker
import pytest

from e2e.chaos import until
from e2e.cluster import more_files
from e2e.own_site import Own
from operate import build, trust
from operate.backup import schedule
from operate.progress import Progress
from support import inside
from support.silences import silence

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.doubled, pytest.mark.timeout(1800)]

DOUBLED = """\
high_availability: {elasticsearch: true, prometheus: true}
long_term: {retention: 5y}
"""
RECORDS = 200
"""How many a service writes before each step."""
BOTH = ("prometheus", "prometheus-2")
DOORS = {
    "prometheus:9090": ("prometheus", "monitoring_prometheus_password"),
    "prometheus-2:9090": ("prometheus", "monitoring_prometheus_password"),
    "victoria-metrics:8428": ("amaie", "long_term_password"),
}
ASK = (
    'wget -q -O - --no-check-certificate --header "Authorization: Basic '
    '$(printf "%s:%s" "$0" "$(cat "/run/secrets/$1")" | base64 -w0)" "$2"'
)
QUERIES = (
    "up",
    "sum(node_memory_MemTotal_bytes)",
    "all:amaie_watchdog:beat",
    "sum by (job) (scrape_samples_scraped)",
)
MOMENT_SECONDS = 30
"""How long after a moment everything that was scraped before it is on every disk."""


class Known(NamedTuple):
    """What the stack knows: the ids of its documents, what each door answers of a moment, its silences."""

    ids: list[str]
    answers: dict[str, list[Any]]
    silences: set[str]


def answer(own: Own, door: str, query: str, moment: float) -> list[Any]:
    """Return what one of those that keep figures answers of a moment, asked in their own network."""
    user, secret = DOORS[door]
    asked = urlencode({"query": query, "time": f"{moment:.0f}"})
    url = f"https://{door}/api/v1/query?{asked}"
    said = own.stack.run("exec", "-T", "prometheus", "sh", "-c", ASK, user, secret, url)
    found: list[Any] = json.loads(said)["data"]["result"]
    return sorted(found, key=lambda one: json.dumps(one["metric"], sort_keys=True))


def known(own: Own, moment: float) -> Known:
    """Ask for everything."""
    answers = {door: [answer(own, door, query, moment) for query in QUERIES] for door in DOORS}
    with trust.monitoring(own.stack.url("alertmanager")) as client:
        silences = {one["id"] for one in client.get("/api/v2/silences").raise_for_status().json()}
    return Known(own.ids(), answers, silences)


def firing(own: Own) -> set[str]:
    """Return the alerts that fire by the rules of either Prometheus."""
    found = [inside.query(own.stack, 'ALERTS{alertstate="firing"}', one) for one in BOTH]
    return {one["metric"]["alertname"] for each in found for one in each}


def told_of_backup(own: Own) -> list[float]:
    """Return when the last backup was taken, as each Prometheus knows it."""
    found = [inside.query(own.stack, schedule.LAST, one) for one in BOTH]
    return [float(each[0]["value"][1]) for each in found]


def whole(own: Own) -> None:
    """Wait until three nodes are green and each of both knows that there are two Alertmanagers."""

    def seen() -> list[Any]:
        with trust.client(own.stack.url("elasticsearch"), monitor(), timeout=10) as client:
            health = client.get("/_cluster/health").raise_for_status().json()
        members = [inside.query(own.stack, "alertmanager_cluster_members", one) for one in BOTH]
        counted = [[one["value"][1] for one in each] for each in members]
        return [health["status"], health["number_of_nodes"], *counted]

    until(lambda: seen() == ["green", 3, ["2", "2"], ["2", "2"]], "all of it is well", 240, seen)


def monitor() -> tuple[str, str]:
    """Return who may ask Elasticsearch how it is."""
    return "amaie_monitor", trust.password("es_amaie_monitor_password")


def more(own: Own, written: int) -> int:
    """Write records, see them arrive and none twice; return how many there are."""
    own.append(1 + written, RECORDS)
    found = own.until(written + RECORDS)
    assert len(found) == len(set(found)) == written + RECORDS
    return written + RECORDS


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    """Start it, and take it down with all its data."""
    found = Own("amaie-doubled", 45_000, tmp_path_factory.mktemp("doubled"))
    engine = docker.from_env()
    images = build.ensure(build.choose("auto", engine, Progress()), engine, Progress())
    files = ", ".join(more_files(engine, images["service"], found.folder))
    engine.close()
    found.describe(f"{DOUBLED}compose_files: [{files}]\n")
    found.run("down", "--volumes")
    try:
        found.good("up", "--port-offset", str(found.offset))
        yield found
    finally:
        found.good("down", "--volumes")


def test_it_starts_as_a_whole(own: Own) -> None:
    """By `make up`: records arrive, all copies are made, both of each hear each other."""
    more(own, 0)
    whole(own)


def test_a_backup_brings_everything_back(own: Own) -> None:
    """Every volume is lost: documents, silences, and the figures of both Prometheus and of the store."""
    with trust.monitoring(own.stack.url("alertmanager"), trust.OPERATOR) as client:
        client.post("/api/v2/silences", json=silence("Drill", hours=5)).raise_for_status()
    moment = time.time() - MOMENT_SECONDS
    before = known(own, moment)
    assert all(answers for each in before.answers.values() for answers in each)
    backup = own.good("backup", "--to", str(own.folder), "--passphrase-file", str(own.passphrase)).strip()
    until(
        lambda: min(told_of_backup(own)) > moment, "both know of the backup", 90, lambda: told_of_backup(own)
    )
    own.good("down", "--volumes")
    own.restore(backup)
    after = known(own, moment)
    assert after.ids == before.ids
    assert after.silences == before.silences != set()
    for door, source in zip(
        DOORS, ("prometheus:9090", "prometheus:9090", "victoria-metrics:8428"), strict=True
    ):
        assert after.answers[door] == before.answers[source], door
    more(own, RECORDS)
    whole(own)


@pytest.mark.parametrize("what", ["secrets", "certificates"])
def test_all_secrets_and_certificates_are_replaced(own: Own, what: str) -> None:
    """Nothing is lost, nothing doubled, and nobody is told of it."""
    written, before = len(own.ids()), firing(own)
    own.good("rotate", what)
    more(own, written)
    whole(own)
    assert firing(own) <= before


def test_the_way_back_is_a_backup(own: Own) -> None:
    """One node of three never starts alone, and `make up` says so; a backup fills a stack of one of each."""
    written = len(own.ids())
    own.describe()
    refused = own.run("up", "--port-offset", str(own.offset))
    assert refused.returncode == 2
    assert "no node of it starts alone; cure:" in refused.stderr
    backup = own.good("backup", "--to", str(own.folder), "--passphrase-file", str(own.passphrase)).strip()
    own.good("down", "--volumes")
    own.restore(backup)
    assert len(own.ids()) == written
    more(own, written)
    with trust.client(own.stack.url("elasticsearch"), monitor()) as client:
        assert client.get("/_cluster/health").raise_for_status().json()["number_of_nodes"] == 1
