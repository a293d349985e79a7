"""Logstash's statistics become the metrics of `ingest`.

Sources of the answer's form: elastic/logstash docs/static/spec/openapi/logstash-api.yaml (statistics of
pipelines), and `submit` and `safe_bulk` in logstash-output-elasticsearch
lib/logstash/plugin_mixins/elasticsearch/common.rb for `documents` and `bulk_requests`. No answer of a running
Logstash could be recorded.
"""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from amaie_exporters.logstash.exporter import Logstash
from amaie_exporters.logstash.stats import FAILED, LETTERS, LOGS, PIPELINE, REJECTED, Lag, Sample, sample
from amaie_exporters.serving import serve
from amaie_telemetry.selection import of_service
from logstash.config import parse
from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.server import MetricsServer

FOLDER = Path(__file__).parents[3] / "logstash" / "pipeline"


def _output(name: str, events: tuple[int, int], documents: dict[str, int], **bulk: int) -> dict[str, Any]:
    return {
        "id": name,
        "name": "elasticsearch",
        "events": {"in": events[0], "out": events[1], "duration_in_millis": 5},
        "documents": documents,
        "bulk_requests": {"successes": 3, "responses": {"200": 3}} | bulk,
    }


def _filters(failed: int) -> list[dict[str, Any]]:
    return [{"id": "contract", "events": {"in": 99, "out": 99}}, {"id": FAILED, "events": {"in": failed}}]


ANSWER: dict[str, Any] = {
    "host": "logstash",
    "pipelines": {
        PIPELINE: {
            "events": {"in": 1100, "filtered": 1050, "out": 1000, "duration_in_millis": 9},
            "dead_letter_queue": {"dropped_events": 2, "queue_size_in_bytes": 1},
            "plugins": {
                "filters": _filters(1),
                "outputs": [
                    _output(
                        LOGS,
                        (1000, 950),
                        {"successes": 900, "non_retryable_failures": 45, "dlq_routed": 5},
                        failures=2,
                        with_errors=4,
                    ),
                    _output(REJECTED, (40, 40), {"successes": 38, "non_retryable_failures": 2}),
                ],
            },
            "queue": {"type": "persisted", "events_count": 60},
        },
        LETTERS: {
            "events": {"in": 5, "filtered": 5, "out": 5},
            "plugins": {
                "filters": _filters(3),
                "outputs": [
                    _output(REJECTED, (9, 9), {"successes": 5, "non_retryable_failures": 4}, failures=1)
                ],
            },
            "queue": {"type": "persisted", "events_count": 0},
        },
    },
}


def test_every_number_is_taken_from_its_place() -> None:
    """A conflict is a known double: a record that has arrived, and no new rejection; stuck batches wait."""
    assert sample(ANSWER) == Sample(945, 45, {"contract": 38, "refused": 5, "lost": 6}, 3, 1100, 110)


def test_outputs_that_have_done_nothing_yet_are_zeros() -> None:
    """The plugin creates its counters with the first request."""
    fresh = {"events": {"in": 0, "out": 0}}
    pipelines = {
        name: {
            "events": {"in": 0},
            "queue": {},
            "plugins": {"filters": _filters(0), "outputs": [{"id": one} | fresh for one in ids]},
        }
        for name, ids in ((PIPELINE, (LOGS, REJECTED)), (LETTERS, (REJECTED,)))
    }
    assert sample({"pipelines": pipelines}) == Sample(0, 0, {"contract": 0, "refused": 0, "lost": 0}, 0, 0, 0)


def test_the_names_are_those_of_the_pipeline_files() -> None:
    """An output that is renamed in a file would make the alerts silent."""
    found = {
        stem: [
            plugin.settings["id"]
            for section in parse((FOLDER / f"{stem}.conf").read_text())
            if section.kind in {"output", "filter"}
            for plugin in section.plugins()
        ]
        for stem in ("amaie", "dead_letters")
    }
    assert found == {
        "amaie": ["contract", FAILED, LOGS, REJECTED],
        "dead_letters": ["dead-letter", FAILED, REJECTED],
    }
    listed = (FOLDER.parent / "config" / "pipelines.yml").read_text()
    assert f"pipeline.id: {PIPELINE}\n" in listed
    assert f"pipeline.id: {LETTERS}\n" in listed


def test_lag_is_the_time_since_the_oldest_waiting_event_came() -> None:
    """It grows while nothing leaves, shrinks with the queue, and a restart of Logstash starts anew."""
    lag = Lag()
    assert lag.seconds(0, 100, 0) == 0
    assert lag.seconds(15, 150, 50) == 15
    assert lag.seconds(30, 200, 100) == 30
    assert lag.seconds(45, 200, 50) == 30
    assert lag.seconds(60, 200, 0) == 0
    assert lag.seconds(75, 10, 30) == 0
    assert lag.seconds(90, 10, 30) == 15


def _logstash(answer: dict[str, Any]) -> Served:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer).encode()
            known = self.headers["Authorization"] == "Basic " + b64encode(b"amaie:a-password").decode()
            found = 200 if self.path == "/_node/stats/pipelines" else 404
            self.send_response(found if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep silent."""

    return Served(listening(Handler))


@contextmanager
def _exporter(url: str, password: str = "a-password") -> Iterator[MetricsServer]:  # noqa: S107 - nobody's
    with NamedTemporaryFile("w") as file:
        file.write(f"{password}\n")
        file.flush()
        server = serve(Logstash(url, Path(file.name)), 0, "127.0.0.1")
        yield server
        server.close()


def _get(server: MetricsServer, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_scrape_gives_the_metrics_of_the_spec() -> None:
    """Each metric that the spec gives to ingest is there, and no other; positions are ingest's alone."""
    with _logstash(ANSWER) as theirs, _exporter(theirs.url) as ours:
        status, text = _get(ours, "/metrics")
    assert status == 200
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines == [
        "amaie_ingest_indexed_total 945.0",
        "amaie_ingest_conflicts_total 45.0",
        'amaie_ingest_rejected_total{reason="contract"} 38.0',
        'amaie_ingest_rejected_total{reason="refused"} 5.0',
        'amaie_ingest_rejected_total{reason="lost"} 6.0',
        "amaie_ingest_retries_total 3.0",
        "amaie_ingest_lag_seconds 0.0",
    ]
    given = {line.split("{")[0].split()[0] for line in lines}
    assert given == {one.name for one in of_service("ingest")} - {"amaie_ingest_unsaved_total"}


def test_while_a_pipeline_is_missing_a_scrape_fails_and_the_exporter_is_healthy() -> None:
    """So `up` is 0 and no number is made up."""
    with _logstash({"pipelines": {}}) as theirs, _exporter(theirs.url) as ours:
        assert _get(ours, "/metrics") == (503, "no metrics: KeyError: 'amaie'\n")
        assert _get(ours, "/healthz") == (200, "ok\n")
        assert _get(ours, "/") == (404, "/metrics or /healthz\n")


def test_an_unreachable_logstash_is_503() -> None:
    """Nobody listens at the address: the scrape fails, the exporter goes on."""
    with _logstash(ANSWER) as gone:
        pass
    with _exporter(gone.url) as ours:
        assert _get(ours, "/metrics")[0] == 503
        assert _get(ours, "/healthz")[0] == 200


def test_without_the_password_of_the_api_a_scrape_fails() -> None:
    """Logstash lets nobody in; the exporter goes on."""
    with _logstash(ANSWER) as theirs, _exporter(theirs.url, "wrong") as ours:
        assert _get(ours, "/metrics")[0] == 503
