# ruff: noqa: E501, D105 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Lines: any message and any extra give exactly one line that the contract takes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import json
import math
import threading
import uuid
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amaie_telemetry import contract
from amaie_telemetry.context import Bound
from amaie_telemetry.delivery import Delivery
from amaie_telemetry.encode import Encoder
from amaie_telemetry.fastlog import _queue
from amaie_telemetry.redact import Redactor
from amaie_telemetry.snapshot import frozen_extra, frozen_message
from amaie_telemetry.values import plain
from corpus.contract_check import check_line

NOW = 1_753_885_800_123_456_789
FIELDS = sorted(contract.load().fields)


def fresh() -> Encoder:
    """Return an encoder with nothing remembered."""
    return Encoder("amaie-core", "p" * 24, Redactor(contract.load()), contract.load())


def line(
    message: Any, extra: dict[Any, Any] | None = None, args: tuple[Any, ...] = (), **bound: Any
) -> bytes:
    """Return the line of a call."""
    text, values = frozen_message(message, args)
    context = Bound(bound) if bound else None
    return fresh().line(
        (20, NOW, "m", text, values, frozen_extra(extra) if extra else None, None, context, None, 7)
    )


def record(
    message: Any, extra: dict[Any, Any] | None = None, args: tuple[Any, ...] = (), **bound: Any
) -> dict[str, Any]:
    """Return the record of a call, held against the contract."""
    return check_line(line(message, extra, args, **bound))


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.datetimes(),
    st.uuids(),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)
keys = st.sampled_from(FIELDS) | st.text() | st.sampled_from(["module", "args", "extra", "marks"])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(message="", extra={"extra": {}}, bound={})
@given(
    message=st.text() | values,
    extra=st.dictionaries(keys, values, max_size=6),
    bound=st.dictionaries(st.sampled_from(["trace_id", "symbol", "price", "z"]), scalars, max_size=3),
)
def test_any_call_gives_one_line_that_the_contract_takes(
    message: Any, extra: dict[str, Any], bound: dict[str, Any]
) -> None:
    """Whatever is logged: one line, strict JSON, the fields' types and lengths right or the value moved and marked."""
    made = record(message, extra, **{key: plain(value) for key, value in bound.items()})
    moved = made.get("extra")
    assert moved is None or "moved" in made["marks"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extra=st.dictionaries(st.sampled_from(FIELDS), scalars, max_size=6))
def test_the_quick_way_and_the_thorough_way_agree(extra: dict[str, Any]) -> None:
    """An encoder that has seen such records before writes what a fresh one writes."""
    encoder = fresh()
    first = encoder.line((20, NOW, "m", "x", None, frozen_extra(extra) or None, None, None, None, 7))
    delivery = Delivery(Nowhere(), Nowhere(), lambda _: encoder, 10)
    delivery._started, delivery.limit = True, 10
    handler = SimpleNamespace(level=0, delivery=delivery)
    for _ in range(2):
        _queue("m", handler, 20, "x", (), None, extra, False)  # type: ignore[arg-type]  # noqa: FBT003
        _, _, *others, _ = delivery.queue.pop()
        assert encoder.line((20, NOW, *others, 7)) == first


class Nowhere:
    """A file that nobody writes to."""

    def write(self, lines: bytes) -> None:
        """Refuse."""
        raise NotImplementedError

    def close(self) -> None:
        """Do nothing."""


def test_microseconds_are_always_six_digits() -> None:
    """`isoformat` drops them when they are zero; here every timestamp has the same width."""
    encoder = fresh()
    for time_ns, text in (
        (0, "1970-01-01T00:00:00.000000Z"),
        (NOW, "2025-07-30T14:30:00.123456Z"),
        (NOW - NOW % 10**9, "2025-07-30T14:30:00.000000Z"),
    ):
        assert (
            check_line(encoder.line((20, time_ns, "m", "x", None, None, None, None, None, 1)))["timestamp"]
            == text
        )


class Colour(enum.Enum):
    """An enumeration."""

    RED = "red"


@dataclasses.dataclass
class Fill:
    """A dataclass."""

    price: decimal.Decimal
    side: Colour


class Broken:
    """An object that cannot be printed."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


class Huge:
    """An object of which much can be printed."""

    def __repr__(self) -> str:
        return "x" * 50_000_000


def generator() -> Any:
    """Yield once."""
    yield 1


def cycle() -> list[Any]:
    """Return a list that holds itself."""
    made: list[Any] = [1]
    made.append(made)
    return made


def deep(levels: int) -> list[Any]:
    """Return lists in lists."""
    made: list[Any] = []
    for _ in range(levels):
        made = [made]
    return made


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (2**63 - 1, 2**63 - 1),
        (2**63, str(2**63)),
        (-(2**70), str(-(2**70))),
        (-0.0, -0.0),
        (decimal.Decimal("0.10"), "0.10"),
        (np.float64(1.5), 1.5),
        (np.int64(7), 7),
        (np.array([[1.0, 2.0]]), [[1.0, 2.0]]),
        (b"abc\xff", "abc\\xff"),
        ({3, 1, 2}, [1, 2, 3]),
        (Colour.RED, "red"),
        (Fill(decimal.Decimal("1.5"), Colour.RED), {"price": "1.5", "side": "red"}),
        (dt.datetime(2025, 7, 30, tzinfo=dt.UTC), "2025-07-30T00:00:00+00:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (ValueError("bad"), "ValueError: bad"),
        ({(1, 2): "a"}, {"(1, 2)": "a"}),
        (cycle(), [1, "<cycle:list>"]),
        (Broken(), "<unserialisable:Broken>"),
        ("\ud800", "\\ud800"),
    ],
)
def test_values_that_json_lacks_have_a_documented_form(value: Any, form: Any) -> None:
    """NaN, large integers, numpy, bytes, enums, cycles …: the forms of `values.py`."""
    assert record("x", {"note": value})["note"] == form


@pytest.mark.parametrize(
    "value",
    [
        deep(200_000),
        threading.Lock(),
        generator(),
        object(),
        Huge(),
        "y" * 10_000_000,
        list(range(10**6)),
        {n: n for n in range(10**5)},
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_without_end_are_cut(value: Any) -> None:
    """Depth 200,000, 50 MB of repr, a million items: one small line."""
    assert len(line("x", {"note": value})) < 20_000


def test_an_unserialisable_value_is_marked() -> None:
    """One can search for records that are not complete."""
    assert record("x", {"note": Broken()})["marks"] == "unserialisable"
    assert record("x", {"price": Broken()})["marks"] == "moved,unserialisable"


def test_a_value_of_the_wrong_type_is_moved_not_rejected_later() -> None:
    """A price that is a text would be refused by the index: it goes under `extra`, marked."""
    made = record("x", {"price": "n/a", "symbol": "BTC/USDT", "amount": True, "order_id": "o" * 300})
    assert made["extra"] == {"price": "n/a", "amount": True, "order_id": "o" * 300}
    assert (made["symbol"], made["marks"]) == ("BTC/USDT", "moved")


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "a\r\nb",
        "\x1b[31mred",
        "a\u2028b\u2029c",
        "a\x85b",
        'x","level":"CRITICAL',
        '"}\n{"message":"forged"}',
        "\u202eevil",
        "\x00",
        "\ufeff",
        "\x9b31m",
    ],
)
def test_a_message_stays_inside_its_field(text: str) -> None:
    """Line breaks, terminal commands and forged JSON: one line, and the text comes back as it was."""
    raw = line(text, {"note": text})
    made = check_line(raw)
    assert (made["message"], made["note"], made["level"]) == (text, text, "INFO")
    assert not any(byte < 0x20 for byte in raw[:-1])
    assert "\u2028" not in raw.decode()


def test_a_record_that_is_too_large_is_cut_to_its_message() -> None:
    """The limit of the contract holds for the line as a whole."""
    made = record("big", {f"k{n}": "\x01" * 8_000 for n in range(80)})
    assert (made["message"], made["truncated"]) == ("big", True)


def test_custom_levels_have_the_name_of_the_standard_level_below() -> None:
    """The contract knows five levels."""
    encoder = fresh()
    names = [
        check_line(encoder.line((level, NOW, "m", "x", None, None, None, None, None, 1)))["level"]
        for level in (-5, 0, 5, 10, 25, 30, 45, 50, 99)
    ]
    assert names == ["DEBUG", "DEBUG", "DEBUG", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "CRITICAL"]


def test_an_extra_field_has_precedence_over_a_bound_one() -> None:
    """The nearest wins; no name stands twice."""
    assert record("x", {"symbol": "B"}, symbol="A", side="BUY") | {"timestamp": "", "event_id": ""} == {
        "timestamp": "", "level": "INFO", "service": "amaie-core", "module": "m", "message": "x", "symbol": "B",
        "side": "BUY", "event_id": "",
    }  # fmt: skip


def test_order_books_are_summed_up_before_they_are_copied() -> None:
    """5,000 levels as lists, texts, numpy or dictionaries: best prices, depth and count."""
    bids = [[30_000.0 - n, 1.0] for n in range(5_000)]
    asks = [[30_001.0 + n, 2.0] for n in range(5_000)]
    summed = {
        "best_bid": 30_000.0,
        "bid_depth": 5_000.0,
        "bid_levels": 5_000,
        "best_ask": 30_001.0,
        "ask_depth": 10_000.0,
        "ask_levels": 5_000,
    }
    assert record("x", {"book": {"bids": bids, "asks": asks}})["book"] == summed
    assert record("x", {"book": np.array(bids)})["book"] == {
        "best": 30_000.0,
        "depth": 5_000.0,
        "levels": 5_000,
    }
    assert record("x", {"bids": bids})["bids"] == {"best": 30_000.0, "depth": 5_000.0, "levels": 5_000}
    assert record("x", {"book": {"bids": {str(p): str(a) for p, a in bids}}})["book"]["best_bid"] == 30_000.0
    for text in (json.dumps({"bids": bids, "asks": asks}), str(bids), str([tuple(level) for level in bids])):
        made = line(f"book {text}", {"note": text[:8_000]})
        assert len(made) < 1_000
        assert b"29990.0" not in made
    assert record("x", {"book": {"bids": bids[:4]}})["book"] == {"bids": bids[:4]}
