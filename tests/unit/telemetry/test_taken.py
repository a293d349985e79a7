"""The copy of a record that is made without a further call says what the thorough one says."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amaie_telemetry import contract, taken
from amaie_telemetry.context import bind
from amaie_telemetry.encode import Encoder
from amaie_telemetry.redact import shared

if TYPE_CHECKING:
    from amaie_telemetry.record import Item

LOG = logging.getLogger("execution.engine")
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["BTC/USDT", "ORD-17", "hunter2", "x" * 9000, "Bearer abcdefghijklmnop"]),
    st.integers(),
    st.floats(),
    st.none(),
    st.lists(st.integers(), max_size=3),
)
FIELDS = st.dictionaries(
    st.sampled_from(["symbol", "order_id", "price", "password", "own", "message", "taskName"]), VALUES
)
ODD: list[dict[str, Any]] = [
    {"msg": 7},
    {"msg": {"event": "filled"}},
    {"msg": "x" * 9000},
    {"args": ("a",)},
    {"name": None},
    {"levelno": "20"},
    {"created": 1e20},
    {"created": "now"},
    {"created": float("nan")},
    {"exc_text": "Traceback"},
    {"stack_info": "Stack"},
]


def encoder() -> Encoder:
    """Return an encoder of its own, which knows no names and types yet."""
    return Encoder("amaie-trader", "p" * 24, shared(), contract.load())


def record(extra: dict[str, Any]) -> logging.LogRecord:
    """Return a record with fields that programs put there, and such as a handler before us leaves."""
    made = LOG.makeRecord(LOG.name, logging.INFO, __file__, 1, "Order placed", (), None)
    made.__dict__ |= extra
    return made


def both(given: logging.LogRecord) -> tuple[bytes, bytes]:
    """Return a record's line by the copy that any handler takes and by the thorough one."""
    mine = encoder()
    mine.line(taken.taken(given, mine, itertools.count()))  # from now on its names and types are known
    quick = mine.line(taken.taken(given, mine, itertools.count(7)))
    return quick, mine.line(taken._copied(given, mine, itertools.count(7)))


@settings(deadline=None)
@given(FIELDS)
def test_the_quick_copy_gives_the_line_of_the_thorough_one(extra: dict[str, Any]) -> None:
    """Whatever the fields are called and hold."""
    quick, thorough = both(record(extra))
    assert quick == thorough


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_records_are_copied_thoroughly(odd: dict[str, Any]) -> None:
    """What is not a constant message at a time by a logger of a name."""
    given = record({"symbol": "BTC/USDT"} | odd)
    mine = encoder()
    mine.line(taken.taken(given, mine, itertools.count()))
    item = taken.taken(given, mine, itertools.count(7))
    thorough = taken._copied(given, mine, itertools.count(7))
    assert item[:1] + item[2:] == thorough[:1] + thorough[2:]


def test_what_is_bound_comes_along() -> None:
    """A span's fields stand in the quick copy, too."""
    with bind(trace_id="abc123"):
        quick, thorough = both(record({"symbol": "BTC/USDT"}))
    assert quick == thorough
    assert b'"trace_id":"abc123"' in quick


def test_a_known_record_is_copied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the second on, one with the same names and types takes the quick way."""
    mine, calls = encoder(), []
    thorough = taken._copied

    def counted(*given: Any) -> Item:
        calls.append(given)
        return thorough(*given)

    monkeypatch.setattr(taken, "_copied", counted)
    for number in range(5):
        placed = record({"symbol": "BTC/USDT", "order_id": f"ORD-{number}"})
        mine.line(taken.taken(placed, mine, itertools.count()))
    assert len(calls) == 1
