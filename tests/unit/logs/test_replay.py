"""What a replay reads out of rejected documents."""

from __future__ import annotations

from amaie_ingest.errors import Broken
from amaie_ingest.judge import Judge, Source
from amaie_ingest.replay import line_of
from amaie_telemetry import contract
from vectors.cases import exact

LINE = (
    b'{"timestamp":"2025-07-30T14:30:00.123456Z","level":"INFO","service":"amaie-core",'
    b'"module":"perception","message":"Seen","data_id":"xyz123"}'
)


def test_a_document_that_elasticsearch_refused_can_be_judged_again() -> None:
    """It becomes the same document as the line from which it came."""
    judge = Judge(contract.load())
    first = judge.judge(LINE, Source("a.jsonl", "1"), 0)
    refused = exact(judge.refused(first.body, Broken("refused", "mapper_parsing_exception")))
    again = judge.judge(line_of(refused).encode(), Source("a.jsonl", "replay"), 0)
    assert (again.reason, exact(again.body)) == ("", exact(first.body))


def test_any_other_rejected_line_is_taken_as_it_is() -> None:
    """Its own keys are nobody else's business."""
    assert line_of({"reason": "wrong_type", "record": '{"@timestamp":1}'}) == '{"@timestamp":1}'
    assert line_of({"reason": "invalid_json"}) == ""
