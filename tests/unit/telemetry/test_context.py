# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Bound fields and spans."""

from __future__ import annotations

import re

import pytest
from opentelemetry import trace

from amaie_telemetry import bind, context, span

HEX16 = re.compile(r"[0-9a-f]{32}")
HEX8 = re.compile(r"[0-9a-f]{16}")


def bound() -> dict[str, object]:
    """Return what is bound now."""
    return context.snapshot().fields


def test_bound_fields_end_with_their_block() -> None:
    """Nested blocks add and override; each end restores what was before, also after an exception."""
    with bind(symbol="A", side="BUY"):
        with pytest.raises(KeyError), bind(symbol="B"):  # noqa: PT012 (the block is the point)
            assert bound() == {"symbol": "B", "side": "BUY"}
            raise KeyError
        assert bound() == {"symbol": "A", "side": "BUY"}
    assert bound() == {}


def test_spans_have_ids_of_the_w3c_sizes_and_know_their_parent() -> None:
    """16 bytes for the trace, 8 for the span; a nested span stays in the trace."""
    with span("order.route") as outer, span("order.send") as inner:
        assert bound() == {
            "trace_id": outer.trace_id, "span_id": inner.span_id, "parent_span_id": outer.span_id, "span_name": "order.send",
        }  # fmt: skip
    assert HEX16.fullmatch(outer.trace_id)
    assert HEX8.fullmatch(inner.span_id)
    assert inner.trace_id == outer.trace_id
    assert outer.duration_seconds >= inner.duration_seconds > 0
    with span("other") as other:
        assert other.trace_id != outer.trace_id


class Seen:
    """A histogram that remembers."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.calls: list[tuple[float, dict[str, str] | None]] = []

    def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:
        """Remember an observation."""
        self.calls.append((amount, exemplar))


def test_a_span_tells_its_histogram_the_duration_also_when_it_fails() -> None:
    """One observation in seconds, with the trace as exemplar."""
    seen = Seen()
    with pytest.raises(ValueError, match=r"^x$"), span("s", seen) as made:
        raise ValueError("x")
    assert seen.calls == [(made.duration_seconds, {"trace_id": made.trace_id})]


def test_a_trace_that_comes_from_outside_is_continued() -> None:
    """`bind(trace_id=…)` with the id of a request makes it the trace of the spans inside."""
    with bind(trace_id="abc123def456"), span("s") as made:
        assert made.trace_id == "abc123def456"


def test_the_ids_of_opentelemetry_are_used_where_it_has_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records inside its spans carry its ids; our spans continue its trace."""
    monkeypatch.setattr(context, "snapshot", context.current.get)
    context.use_opentelemetry()
    theirs = trace.NonRecordingSpan(trace.SpanContext(trace_id=0xABC, span_id=0xDEF, is_remote=False))
    with trace.use_span(theirs):
        assert bound() == {"trace_id": f"{0xABC:032x}", "span_id": f"{0xDEF:016x}"}
        with span("s") as made:
            assert (made.trace_id, made.parent_span_id) == (f"{0xABC:032x}", f"{0xDEF:016x}")
    assert bound() == {}
