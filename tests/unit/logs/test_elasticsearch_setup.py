"""The setup of streams that exist already, as Elasticsearch's whole distribution answers.

tests/integration/logs/test_templates.py sets up the minimal one, which cannot change a stream's retention.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from amaie_ingest.__main__ import main
from unit.logs.scripted import Route, Scripted, always

if TYPE_CHECKING:
    from pathlib import Path

STREAM, OTHER = "logs-amaie-default", "logs-amaie-test"
INDICES = {
    ".ds-1": {"data_stream": STREAM},
    ".ds-2": {"data_stream": STREAM},
    ".ds-3": {"data_stream": OTHER},
    "logs-amaie-plain": {},
}
TEMPLATE = {
    "index_patterns": ["logs-amaie-*"],
    "data_stream": {},
    "template": {
        "settings": {"index.codec": "best_compression", "index.auto_expand_replicas": "0-1"},
        "mappings": {"properties": {"price": {"type": "double"}}},
        "lifecycle": {"enabled": True, "data_retention": "30d"},
    },
    "_meta": {"description": "Records."},
}
ALONE = {"auto_expand_replicas": "0-1", "number_of_replicas": None, "write.wait_for_active_shards": None}
"""What takes back the copies of a cluster: null is the default."""
DONE = always({"acknowledged": True})
NO_HANDLER = always({"error": "no handler found for uri [/_data_stream] and method [PUT]"}, 400)
CONFLICT = always({"error": {"type": "illegal_argument_exception", "reason": "cannot be changed"}}, 400)


def _routes(lifecycle: Route = DONE, mapping: Route = DONE) -> dict[str, Route]:
    routes: dict[str, Route] = {
        "GET /_cluster/health": always({"status": "green"}),
        "PUT /_index_template/logs-amaie": DONE,
        "GET /logs-amaie-*": always(INDICES),
    }
    for stream in (STREAM, OTHER):
        routes[f"PUT /{stream}/_mapping"] = mapping
        routes[f"PUT /{stream}/_settings"] = DONE
        routes[f"PUT /_data_stream/{stream}/_lifecycle"] = lifecycle
        routes[f"POST /{stream}/_rollover"] = DONE
    return routes


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """Return the arguments: a folder with one template, and a password."""
    (tmp_path / "password").write_text("a-password")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "logs-amaie.json").write_text(json.dumps(TEMPLATE))
    return [
        "elasticsearch-setup",
        "--password-file",
        str(tmp_path / "password"),
        "--templates",
        str(tmp_path / "templates"),
    ]


def _asked(server: Scripted, name: str) -> list[Any]:
    return [body for asked, body in server.asked if asked == name]


def test_mapping_and_retention_of_every_stream_are_brought_up_to_date(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each stream once, whatever number of indices it has; an index that is no stream is left alone."""
    with Scripted(_routes()) as server:
        assert main([*arguments, "--url", server.url]) == 0
    assert capsys.readouterr().out == (
        "index template logs-amaie: in place\n"
        f"{STREAM}: mapping is up to date\n"
        f"{STREAM}: kept for 30d\n"
        f"{OTHER}: mapping is up to date\n"
        f"{OTHER}: kept for 30d\n"
    )
    (template,) = _asked(server, "PUT /_index_template/logs-amaie")
    assert (template["_meta"], template["template"]) == (TEMPLATE["_meta"], TEMPLATE["template"])
    for stream in (STREAM, OTHER):
        assert _asked(server, f"PUT /{stream}/_mapping") == [TEMPLATE["template"]["mappings"]]  # type: ignore[index]
        assert _asked(server, f"PUT /{stream}/_settings") == [{"index": ALONE}]
        assert _asked(server, f"PUT /_data_stream/{stream}/_lifecycle") == [{"data_retention": "30d"}]
        assert _asked(server, f"POST /{stream}/_rollover") == []


def test_a_distribution_that_cannot_change_retention_is_no_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said; new streams get the retention from the template."""
    with Scripted(_routes(lifecycle=NO_HANDLER)) as server:
        assert main([*arguments, "--url", server.url]) == 0
    said = capsys.readouterr().out
    assert f"{STREAM}: this Elasticsearch sets retention only when a stream is created\n" in said


def test_another_refusal_of_the_retention_is_an_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody shall believe that logs are kept for as long as the spec says."""
    with Scripted(_routes(lifecycle=CONFLICT)) as server:
        assert main([*arguments, "--url", server.url]) == 2
    said = f"elasticsearch-setup: Elasticsearch at {server.url} answered 400: illegal_argument_exception\n"
    assert capsys.readouterr().err == said


def test_a_mapping_that_cannot_be_changed_starts_a_new_backing_index(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The template of the new one is in place by then."""
    with Scripted(_routes(mapping=CONFLICT)) as server:
        assert main([*arguments, "--url", server.url]) == 0
    said = capsys.readouterr().out
    assert f"{STREAM}: a field has changed its type, so a new backing index was started\n" in said
    names = [name for name, _ in server.asked]
    assert names.index("PUT /_index_template/logs-amaie") < names.index(f"POST /{STREAM}/_rollover")


def test_a_cluster_that_is_not_ready_is_waited_for(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elasticsearch answers 503 while it starts."""
    monkeypatch.setattr("amaie_ingest.elasticsearch_setup.POLL_SECONDS", 0.001)
    answers = [(503, {"error": {"type": "cluster_block_exception"}})] * 3
    routes = _routes()
    routes["GET /_cluster/health"] = lambda _: answers.pop() if answers else (200, {"status": "yellow"})
    with Scripted(routes) as server:
        assert main([*arguments, "--url", server.url, "--wait", "60"]) == 0
    assert len(_asked(server, "GET /_cluster/health")) == 4
