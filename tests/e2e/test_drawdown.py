"""`make demo SCENARIO=drawdown` tells its whole story: figures, alert, notification, logs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from operate import trust

if TYPE_CHECKING:
    from collections.abc import Callable

    from e2e.demo import Demo

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300
"""Seconds after which an expected event is missing; far above what the scenario takes."""


YOUNG = (
    "Lateness of the backup",  # nor takes one
    "Disk of the host in a day",  # a forecast needs hours of history
    "Error budget burnt",  # so does a budget
    "^Availability",  # which is counted by the full hour
    "against the usual",  # and what is usual
    "^Time in the market",  # which is looked at once in a quarter of an hour
    "^(?:Fees|Income|Slippage) today",  # what a day has cost needs a midnight (UTC)
    "^variable kind",  # of such a cost
    "^Elasticsearch nodes missing",  # of a cluster, for which the demo does not ask
    "^Alertmanagers apart",  # of a pair, neither
    "long-term store",  # nor for one
)
"""Panels that a stack of some minutes cannot fill, though the demo brings its history, and what it lacks."""


def eventually(look: Callable[[], Any], what: str, seen: Callable[[], Any] = str) -> Any:
    """Return the first true result of a look, or fail with what was waited for and what was seen instead."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            found = look()
        except httpx.HTTPError as error:
            found, what = None, f"{what} ({error})"
        if found:
            return found
        time.sleep(1)
    pytest.fail(f"not seen within {PATIENCE} s: {what}\n{seen()}")


def test_every_service_is_healthy_and_the_table_says_what_was_left_out(demo: Demo) -> None:
    """The table ends `make demo`: all healthy or left out with a reason, and no password in it."""
    states = {name: row["state"] for name, row in demo.services.items()}

    assert {"healthy", "done", "left out"} >= set(states.values()), demo.table
    assert all(row["note"] for row in demo.services.values() if row["state"] == "left out")
    assert all(name in demo.table for name in states)
    folder = ROOT / "compose" / "secrets"
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".p12"]
    secrets = [path.read_text("utf-8").strip() for path in files]
    assert not [secret for secret in secrets if secret and secret in demo.table]


def test_the_critical_drawdown_alert_fires_in_prometheus(demo: Demo) -> None:
    """Equity falls until the limit is passed: the alert rule of the spec fires."""

    def firing() -> list[dict[str, Any]]:
        alerts = demo.get("prometheus", "/api/v1/alerts")["data"]["alerts"]
        return [
            alert for alert in alerts if is_critical_drawdown(alert["labels"]) and alert["state"] == "firing"
        ]

    alert = eventually(firing, "a firing critical DrawdownLimit")[0]

    assert float(alert["value"]) > 0.05


def test_the_past_of_the_demo_is_no_fault_of_the_account(demo: Demo) -> None:
    """Its process goes on where the past ends: neither a second one nor a counter that jumped back."""
    query = 'max_over_time(ALERTS{alertname=~"TradingData(JumpedBack|Twice)"}[30m])'
    assert demo.get("prometheus", "/api/v1/query", query=query)["data"]["result"] == []


def test_the_notification_arrives_with_its_links(demo: Demo) -> None:
    """The page reaches the on-call trader, with links to panel, logs and runbook."""

    def delivered() -> list[dict[str, Any]]:
        messages = demo.get("inbox", "/messages")
        return [message for message in messages if "DrawdownLimit" in message["title"] + message["body"]]

    def seen() -> str:
        titles = [f"{message['channel']}: {message['title']}" for message in demo.get("inbox", "/messages")]
        attempts, alerts = demo.get("inbox", "/attempts"), demo.get("alertmanager", "/api/v2/alerts")
        return f"messages {titles}\nattempts {attempts}\nalerts {[alert['labels'] for alert in alerts]}"

    eventually(
        lambda: {m["channel"] for m in delivered()} >= {"pagerduty", "sms"}, "a page and a text message", seen
    )
    page = next(message for message in delivered() if message["channel"] == "pagerduty")
    links = {urlsplit(link).path for link in page["links"].values()}

    assert "/runbooks/DrawdownLimit" in links
    assert any(path.startswith("/d/amaie-trading") for path in links)
    assert any(path.startswith("/app/discover") for path in links)


def test_the_runbook_link_opens(demo: Demo) -> None:
    """The page behind the runbook link explains the alert to who has just been woken."""
    address = demo.url("dashboard")
    credentials = {"user": "operator", "password": demo.password("dashboard_password")}
    with trust.client(address, None, timeout=10) as browser:
        browser.post("/login", data=credentials, headers={"origin": address})
        answer = browser.get("/runbooks/DrawdownLimit")

    assert answer.status_code == 200
    assert "DrawdownLimit" in answer.text


def test_the_story_behind_the_alert_is_in_elasticsearch(demo: Demo) -> None:
    """The trader's own record of the limit breach is found by level and service."""
    query = {
        "bool": {
            "filter": [
                {"term": {"service": "amaie-trader"}},
                {"terms": {"level": ["WARNING", "ERROR", "CRITICAL"]}},
            ],
            "must": [{"match": {"message": "drawdown"}}],
        }
    }

    document = eventually(lambda: records(demo, query), "a record about the drawdown")[0]

    assert document["event_id"]
    assert document["@timestamp"].endswith("Z")


def test_a_dot_in_a_heatmap_leads_to_the_records_of_its_decision(demo: Demo) -> None:
    """Prometheus keeps the trace id beside a latency, and Elasticsearch finds the core's records by it."""

    def traced() -> list[str]:
        query, end = "amaie_agent_planner_duration_seconds_bucket", time.time()
        answer = demo.get(
            "prometheus", "/api/v1/query_exemplars", query=query, start=str(end - 600), end=str(end)
        )
        return [dot["labels"]["trace_id"] for series in answer["data"] for dot in series["exemplars"]]

    trace = eventually(traced, "a traced example of the planner's duration")[0]
    query = {"bool": {"filter": [{"term": {"trace_id": trace}}, {"term": {"service": "amaie-core"}}]}}

    found = eventually(lambda: records(demo, query), "the records of the example's trace")

    assert {record["span_name"] for record in found} <= {"perceive", "plan", "infer"}


def records(demo: Demo, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Return log records that a query of Elasticsearch finds."""
    with demo.asking("elasticsearch", "amaie_reader") as client:
        asked = {"size": 20, "query": query}
        answer = client.post("/logs-amaie-default/_search", json=asked).raise_for_status()
    return [hit["_source"] for hit in answer.json()["hits"]["hits"]]


def test_every_panel_of_every_dashboard_shows_data(demo: Demo) -> None:
    """No dashboard query comes back empty while the demo runs, nor one for a heatmap's traced examples."""
    command = [
        sys.executable, "scripts/panels.py",
        "--prometheus", demo.url("prometheus"),
        "--elasticsearch", demo.url("elasticsearch"),
        "--password-file", "compose/secrets/es_amaie_reader_password",
        "--since", "15m",
        "--allow-empty", "|".join(YOUNG),
    ]  # fmt: skip

    def asked() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=300, check=False)

    # The slowest rules are evaluated once a minute: a younger stack has nothing to show in their panels.
    eventually(lambda: asked().returncode == 0, "data in every panel", lambda: asked().stdout)


def is_critical_drawdown(labels: dict[str, str]) -> bool:
    """Tell whether the labels are those of the alert that the scenario is about."""
    return labels["alertname"] == "DrawdownLimit" and labels["severity"] == "critical"
