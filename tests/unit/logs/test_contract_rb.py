"""Logstash's filter script judges every vector as it must, run by JRuby without Logstash."""

from __future__ import annotations

from typing import Any

import pytest

from ruby import filtered
from vectors.cases import Case, comparable, load, same

CASES = load()
STREAMS = {"good": "logs", "rejected": "rejected"}


WAYS = {"raw": filtered.judged, "handed over": filtered.handed}
"""What a client sends is judged here; what our shipper has judged is taken as it is."""


@pytest.fixture(scope="module", params=WAYS)
def answers(request: pytest.FixtureRequest) -> list[list[dict[str, Any]]]:
    """Return what the filter makes of every vector, all in one run."""
    found = WAYS[request.param]([case.line for case in CASES], "amaie-trader.jsonl")
    assert len(found) == len(CASES)
    # Blank lines stay with the shipper.
    return [
        [] if case.stream is None and request.param != "raw" else one
        for case, one in zip(CASES, found, strict=True)
    ]


@pytest.mark.parametrize(
    ("index", "case"), list(enumerate(CASES)), ids=[f"{case.file}: {case.name}" for case in CASES]
)
def test_a_line_becomes_exactly_the_document_of_its_vector(
    answers: list[list[dict[str, Any]]], index: int, case: Case
) -> None:
    """Stream, every field and every digit are those of the vector; a blank line is no event."""
    events = answers[index]
    if case.stream is None:
        assert events == []
        return
    (event,) = events
    good = case.stream == "good"
    assert event["stream"] == STREAMS[case.stream], event
    document = comparable(event["document"], good=good)
    assert same(document, comparable(case.document, good=good)), document
