"""The dashboards' queries on the real Prometheus and the real Elasticsearch, asked as Grafana asks them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from generators.grafana import alerts, logs
from generators.grafana.board import Source, Variable
from generators.grafana.dashboards import ALL
from generators.grafana.grid import Size
from generators.spec.model import Severity
from operate import questions
from support.grafana_lab import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.containers import Elasticsearch, Prometheus

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana" / "generated" / "dashboards"
STREAM = "logs-amaie-grafana"
ODD = 'a.b|c/d "e" #1 @x &y <2-3> ~z \\ * ? + - ! ( ) [ ] { } ^ : = AND OR NOT \u20ac'
"""Every character that means something to Lucene, in a query or in a regular expression of its own."""
ALWAYS = """
groups:
  - name: always
    interval: 1s
    rules:
      - {alert: Paging, expr: vector(1), labels: {severity: critical, family: trading, component: t}}
      - {alert: Soon, expr: vector(1), for: 1h, labels: {severity: warning, family: agent, component: a}}
      - {alert: Watchdog, expr: vector(1), labels: {severity: none, family: stack, component: s}}
"""


@pytest.fixture(scope="module")
def records(elasticsearch: Elasticsearch) -> Iterator[httpx.Client]:
    """Yield the reader's connection to an Elasticsearch: records of no, two symbols and an odd account."""
    setup = [sys.executable, "-m", "amaie_ingest", "elasticsearch-setup", "--url", elasticsearch.url]
    secret = elasticsearch.password_file("amaie_setup")
    subprocess.run([*setup, "--password-file", str(secret)], check=True, timeout=120)
    lines = ""
    ones = [{}, {"symbol": "BTC/USDT"}, {"symbol": "ETH/USDT", "account_id": "main"}, {"account_id": ODD}]
    for number, more in enumerate(ones):
        record = {
            "@timestamp": datetime.now(UTC).isoformat(timespec="microseconds"),
            "level": "INFO",
            "service": "amaie-trader",
            "module": "grafana",
            "message": "AMAIE service started successfully",
            "event_id": f"grafana-{number}",
            **more,
        }
        lines += json.dumps({"create": {"_id": record["event_id"]}}) + "\n" + json.dumps(record) + "\n"
    written = elasticsearch.client.post(
        f"/{STREAM}/_bulk?refresh=true",
        content=lines,
        headers={"Content-Type": "application/x-ndjson"},
        auth=elasticsearch.auth("amaie_writer"),
    ).json()
    assert all(item["create"]["status"] in (201, 409) for item in written["items"]), written
    with elasticsearch.signed_in("amaie_reader") as reader:
        yield reader


@pytest.fixture
def firing(prometheus: Callable[..., Prometheus], tmp_path: Path) -> Iterator[httpx.Client]:
    """Yield the connection to a Prometheus in which one alert fires, one is pending, and Watchdog fires."""
    tmp_path.chmod(0o755)
    (tmp_path / "rules.yml").write_text(ALWAYS, encoding="utf-8")
    (tmp_path / "prometheus.yml").write_text("rule_files: [rules.yml]\n", encoding="utf-8")
    with httpx.Client(base_url=prometheus(tmp_path).url) as client:
        deadline = time.monotonic() + 30
        while len(ask(client, "ALERTS_FOR_STATE")) < 3:
            assert time.monotonic() < deadline, "the rules were never evaluated"
            time.sleep(0.2)
        yield client


def ask(client: httpx.Client, query: str) -> list[tuple[dict[str, str], float]]:
    """Return labels and value of each series of an instant query."""
    answer = client.get("/api/v1/query", params={"query": query}).json()
    assert answer["status"] == "success", answer
    return [(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]


def test_both_servers_accept_every_query_of_every_dashboard(
    firing: httpx.Client, records: httpx.Client
) -> None:
    """Whether there is data is for the running stack to say; here none may be refused."""
    answers = questions.check(FOLDER, questions.Asker(firing, records, 600))

    assert answers
    assert [answer for answer in answers if answer.state == questions.ERROR] == []
    started = [answer for answer in answers if answer.panel == "annotation Deployments and restarts"]
    assert started
    assert {answer.state for answer in started} == {questions.DATA}


def test_the_list_of_alerts_shows_since_when_each_fires_or_is_pending(firing: httpx.Client) -> None:
    """In milliseconds, as Grafana's relative time wants them; the watchdog calls nobody and is not there."""
    [query] = alerts.list_panel(SPEC, None, Size(12, 7)).queries

    rows = ask(firing, query.text)
    states = {labels["alertname"]: labels["alertstate"] for labels, _ in rows}
    assert states == {"Paging": "firing", "Soon": "pending"}
    assert all(time.time() - 60 < value / 1000 <= time.time() for _, value in rows)


def test_a_family_lists_its_own_alerts(firing: httpx.Client) -> None:
    """The trading dashboard is not the place of the agent's alerts."""
    trading = next(family for family in SPEC.families if family.name == "trading")
    [query] = alerts.list_panel(SPEC, trading, Size(12, 7)).queries

    assert [labels["alertname"] for labels, _ in ask(firing, query.text)] == ["Paging"]


def test_the_history_of_alerts_tells_pending_from_firing(firing: httpx.Client) -> None:
    """One line an alert: 1 is pending, 2 is firing."""
    [query] = alerts.history_panel(None, Size(12, 7)).queries

    text = query.text.replace("$__rate_interval", "1m")
    assert sorted((labels["alertname"], value) for labels, value in ask(firing, text)) == [
        ("Paging", 2.0),
        ("Soon", 1.0),
    ]


def test_the_counts_of_firing_alerts_are_right_also_for_none(firing: httpx.Client) -> None:
    """One is critical; the warning is only pending."""
    [critical] = alerts.count_panel(Severity.CRITICAL).queries
    [warning] = alerts.count_panel(Severity.WARNING).queries

    assert ask(firing, critical.text) == [({}, 1.0)]
    assert ask(firing, warning.text) == [({}, 0.0)]


def lucene(chosen: str | list[str]) -> str:
    """Return a variable's value as Grafana's format `lucene` puts it; what "All" stands for is not escaped.

    A port of `luceneEscape` and its caller in grafana/scenes, formatRegistry.ts.
    """

    def escaped(value: str) -> str:
        return re.sub(r'([!*+\-=<>\s&|()\[\]{}^~?:\\/"])', r"\\\1", value)

    if isinstance(chosen, str):
        return chosen if chosen in ALL.values() else escaped(chosen)
    return "(" + " OR ".join(f'"{escaped(one)}"' for one in chosen) + ")" if chosen else "__empty__"


@pytest.fixture
def found(records: httpx.Client) -> Callable[..., list[str]]:
    """Return a function from chosen values of the variables to the ids of the records that a panel shows."""
    variables = (
        Variable("account", "Account", "account"),
        Variable("symbol", "Symbol", "symbol", Source.ELASTICSEARCH),
    )
    narrowed = logs.both('module:"grafana"', logs.narrowed(variables))

    def search(**chosen: str | list[str]) -> list[str]:
        text = re.sub(r"\$\{(\w+):lucene\}", lambda match: lucene(chosen[match[1]]), narrowed)
        query: dict[str, Any] = {"query_string": {"analyze_wildcard": True, "query": text}}
        answer = records.post(f"/{STREAM}/_search", json={"query": query, "sort": ["event_id"]}).json()
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    return search


def test_variables_narrow_the_records_that_have_the_field_and_keep_the_others(
    found: Callable[..., list[str]],
) -> None:
    """A record without a symbol is no less of interest when one symbol is chosen."""
    every = ["grafana-0", "grafana-1", "grafana-2", "grafana-3"]
    chosen = {"account": ALL[Source.PROMETHEUS], "symbol": ALL[Source.ELASTICSEARCH]}

    assert found(**chosen) == every
    assert found(**chosen | {"symbol": ["BTC/USDT"]}) == ["grafana-0", "grafana-1", "grafana-3"]
    assert found(**chosen | {"account": ["other"]}) == ["grafana-0", "grafana-1"]
    assert found(account=["main", "other"], symbol=["ETH/USDT"]) == ["grafana-0", "grafana-2"]
    assert found(**chosen | {"symbol": []}) == ["grafana-0", "grafana-3"]


@pytest.mark.parametrize("account", [ODD, [ODD], [ODD, "other"]], ids=["one", "a list", "several"])
def test_an_account_of_any_characters_is_chosen_as_it_is(
    found: Callable[..., list[str]], account: str | list[str]
) -> None:
    """Its own records and those of no account are shown, and the query is one that Elasticsearch takes."""
    assert found(account=account, symbol="*") == ["grafana-0", "grafana-1", "grafana-3"]
    cut = [one[:-1] for one in ([account] if isinstance(account, str) else account)]
    assert found(account=cut, symbol="*") == ["grafana-0", "grafana-1"]
