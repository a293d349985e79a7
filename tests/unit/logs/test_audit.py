"""How the audit reads the failure stores, which the minimal distribution of Elasticsearch does not fill.

tests/integration/logs/test_audit.py plants faults in a real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amaie_ingest import audit
from amaie_ingest.__main__ import main
from unit.logs.scripted import Answer, Route, Scripted, always

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PRODUCER = "0123456789abcdef01234567"
GOOD = [
    {"_index": ".ds-1", "_id": f"{PRODUCER}-{number:010d}", "_source": {"@timestamp": "2025-07-30T14:30:00Z"}}
    for number in (1, 3)
]
FAILED = {
    "_index": ".fs-1",
    "_id": "generated",
    "_source": {
        "@timestamp": "2025-07-30T14:30:01Z",
        "document": {"id": f"{PRODUCER}-0000000002", "index": "logs-amaie-default", "source": {}},
        "error": {"type": "document_parsing_exception"},
    },
}
HITS = {"logs-amaie-default": GOOD, "logs-amaie-default::failures": [FAILED]}


def _routes() -> dict[str, Route]:
    """Return the answers of an Elasticsearch with these hits, each in a page of its own."""

    def search(body: dict[str, Any]) -> Answer:
        hits = [hit | {"sort": [number]} for number, hit in enumerate(HITS[body["pit"]["id"]])]
        after = body.get("search_after", [-1])[0]
        return 200, {"hits": {"hits": hits[after + 1 : after + 2]}}

    opened = {f"POST /{stream}/_pit": always({"id": stream}) for stream in HITS}
    quoted = {name.replace("::", "%3A%3A"): route for name, route in opened.items()}
    return opened | quoted | {"POST /_search": search, "DELETE /_pit": always({"succeeded": True})}


def test_documents_of_the_failure_store_are_accounted_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the id under which they were sent: the second record of the producer is not lost."""
    monkeypatch.setattr(audit, "SETTLED", 0.0)
    secret = tmp_path / "password"
    secret.write_text("a-password")
    with Scripted(_routes()) as server:
        assert main(["audit", "--url", server.url, "--password-file", str(secret)]) == 0
    assert capsys.readouterr().out == (
        "3 accounted for = 2 good + 0 rejected + 1 failure store + 0 counted drops\nbalanced\n"
    )
    closed = [body["id"] for name, body in server.asked if name == "DELETE /_pit"]
    assert closed == list(HITS), "what was opened is closed"
