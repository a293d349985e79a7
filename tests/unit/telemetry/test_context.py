# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Bound fields and spans."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace

from amaie_telemetry import bind, configure_logging, context, metrics, shutdown, span
from amaie_telemetry.exposition import exposition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator
    from pathlib import Path

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


@pytest.mark.asyncio
async def test_a_block_that_another_task_ends_raises_nothing_and_is_observed() -> None:
    """An async generator that the loop closes elsewhere: ValueError replaced the caller's own exception."""
    seen = Seen()

    async def prices() -> AsyncIterator[int]:
        with bind(symbol="A"), span("stream", seen):
            yield 1

    stream = prices()
    async with asyncio.TaskGroup() as group:
        group.create_task(anext(stream))  # type: ignore[arg-type]
    await stream.aclose()  # type: ignore[attr-defined]
    assert len(seen.calls) == 1


def test_a_block_may_be_entered_twice_and_left_too_often() -> None:
    """Nested in itself it restores what was before each time; an exit without an entry is nothing."""
    block = bind(symbol="A")
    with block, block:
        assert bound() == {"symbol": "A"}
    block.__exit__(None, None, None)
    assert bound() == {}


def test_a_block_around_a_function_is_every_call() -> None:
    """Recursion and threads have blocks of their own; name and signature stay."""

    @span("work")
    @bind(symbol="A")
    def work(depth: int) -> set[object]:
        """Work."""
        own = {bound()["span_id"]}
        return own | work(depth - 1) if depth else own

    assert len(work(3)) == 4
    assert (work.__name__, work.__doc__) == ("work", "Work.")
    assert bound() == {}


@pytest.mark.asyncio
async def test_a_span_around_an_async_function_measures_what_is_awaited() -> None:
    """It measured 42 µs of 0.2 s: the making of the coroutine."""
    seen = Seen()

    @span("order.route", seen)
    async def route(fail: bool) -> str:  # noqa: FBT001
        await asyncio.sleep(0.05)
        assert bound()["span_name"] == "order.route"
        if fail:
            raise KeyError("own")
        return "sent"

    assert await route(False) == "sent"  # noqa: FBT003
    with pytest.raises(KeyError, match="own"):
        await route(True)  # noqa: FBT003
    assert [duration >= 0.05 for duration, _ in seen.calls] == [True, True]


@pytest.mark.asyncio
async def test_a_block_around_an_async_generator_is_its_iteration_and_not_its_users() -> None:
    """Sends and throws reach it; between its steps the user has her own fields; the span is one."""
    seen = Seen()

    @span("stream", seen)
    async def stream() -> AsyncIterator[object]:
        got = yield bound()["span_name"]
        try:
            yield got
        except KeyError:
            await asyncio.sleep(0.02)
            yield bound()["span_name"]

    made: Any = stream()
    assert await anext(made) == "stream"
    assert bound() == {}
    assert await made.asend("sent") == "sent"
    assert await made.athrow(KeyError()) == "stream"
    assert seen.calls == []
    with pytest.raises(StopAsyncIteration):
        await anext(made)
    assert len(seen.calls) == 1
    assert seen.calls[0][0] >= 0.02
    half = stream()
    await anext(half)
    await half.aclose()  # type: ignore[attr-defined]
    assert len(seen.calls) == 2


def test_a_block_around_a_generator_hands_on_sends_throws_and_its_result() -> None:
    """As without the block."""
    seen = Seen()

    @span("steps", seen)
    def steps() -> Generator[Any, Any, str]:
        got = yield bound()["span_name"]
        try:
            yield got
        except KeyError:
            yield "thrown"
        return "result"

    made = steps()
    assert next(made) == "steps"
    assert bound() == {}
    assert made.send("sent") == "sent"
    assert made.throw(KeyError()) == "thrown"
    with pytest.raises(StopIteration) as end:
        next(made)
    assert end.value.value == "result"
    half = steps()
    next(half)
    half.close()
    assert len(seen.calls) == 2


def test_a_trace_id_that_is_too_long_for_an_exemplar_costs_the_exemplar_alone() -> None:
    """The observation stays; `observe` raised ValueError in the caller."""
    metrics.agent.planner_duration_seconds.clear()
    series = metrics.agent.planner_duration_seconds.labels()
    for trace_id in ("x" * 130, 5, None, "y" * 120):
        with bind(trace_id=trace_id), span("s", series):
            series.observe(0.02)
    text = exposition([metrics.agent.planner_duration_seconds], openmetrics=True).decode()
    assert "amaie_agent_planner_duration_seconds_count 8.0" in text
    assert "x" * 10 not in text
    assert "y" * 120 in text
    metrics.agent.planner_duration_seconds.clear()


def test_a_histogram_that_fails_does_not_replace_the_exception_of_the_block() -> None:
    """Nor does it raise where the block ends well."""

    class Broken:
        def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:
            """Fail."""
            raise RuntimeError(amount, exemplar)

    with span("s", Broken()):
        pass
    with pytest.raises(KeyError, match="own"), span("s", Broken()):
        raise KeyError("own")


def test_names_of_any_kind_may_be_bound(tmp_path: Path) -> None:
    """Half a surrogate in a name lost every record of the block."""
    configure_logging(service="launcher", log_dir=tmp_path)
    with bind(**{"a\ud800": 1, "": 2, "k" * 300: 3, "name": 4}), span("half \ud800"):
        logging.getLogger("x").info("kept")
    shutdown()
    record = json.loads((tmp_path / "launcher.jsonl").read_text("utf-8"))
    assert (record["message"], record["a\\ud800"], record["<empty>"]) == ("kept", 1, 2)
    assert (record["extra"], record["span_name"]) == ({"name": 4}, "half \\ud800")
