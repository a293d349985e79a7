# ruff: noqa: E501 (cases read best on one line)
"""What a call logs is copied at the call, in bounded time, and kept whatever it is."""

from __future__ import annotations

import json
import logging
import time
import weakref
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import bind
from amaie_telemetry.handler import TelemetryHandler
from amaie_telemetry.redact import books
from amaie_telemetry.snapshot import frozen_message
from amaie_telemetry.trouble import raised
from amaie_telemetry.values import MAX_LOOKED, MIN_TEXT, plain
from unit.telemetry.hostile import Endless, Evil, Half, Unhashable, Unprintable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Records = list[dict[str, Any]]


log = logging.getLogger("tests.snapshot")


def dead() -> Any:
    """Return a weak reference to nothing."""
    return weakref.proxy(Unhashable())


@pytest.mark.parametrize(
    ("extra", "kept"),
    [
        (ChainMap({"symbol": "A"}, {"side": "BUY", "symbol": "B"}), {"symbol": "A", "side": "BUY"}),
        (UserDict({"symbol": "A"}), {"symbol": "A"}),
        (MappingProxyType({"symbol": "A"}), {"symbol": "A"}),
        ([("symbol", "A"), ("side", "BUY")], {"symbol": "A", "side": "BUY"}),
        ((("symbol", "A"),), {"symbol": "A"}),
        (Half(first=1, second=2), {"first": 1}),
        ("text", {"extra": {"extra": "text"}}),
        (7, {"extra": {"extra": 7}}),
        ([1, 2], {"extra": {"extra": [1, 2]}}),
        (Unprintable(), {"extra": {"extra": "<unserialisable:Unprintable>"}}),
        ({"a": Evil(), "b": 1}, {"a": "<unserialisable:Evil>", "b": 1}),
        (Evil(), {"extra": {"extra": "<unserialisable:Evil>"}}),
        ({1: 2, None: 3}, {"1": 2, "None": 3}),
        ({"extra": {"a": 1}, "filename": "f"}, {"extra": {"a": 1, "filename": "f"}}),
        ({"": 1, "a\0b": 2}, {"<empty>": 1, "a\\0b": 2}),
        ({"a\ud800": 1}, {"a\\ud800": 1}),
        ({"k" * 300: 1}, {"k" * 200 + "…[300 characters]": 1}),
        ({"name": "strategy", "symbol": "A"}, {"extra": {"name": "strategy"}, "symbol": "A"}),
    ],
)
def test_extra_of_every_kind_keeps_its_content(
    extra: Any, kept: dict[str, Any], logged: Callable[[], Records]
) -> None:
    """The whole record was lost ("a record could not be logged")."""
    log.info("kept", extra=extra)
    (record,) = logged()
    assert record["message"] == "kept"
    assert {name: record[name] for name in kept} == kept


def test_extra_that_is_a_generator_is_named_and_costs_no_record(logged: Callable[[], Records]) -> None:
    """Nobody may run it: it belongs to the program."""
    given = (number for number in range(3))
    log.info("kept", extra=given)  # type: ignore[arg-type]
    (record,) = logged()
    assert record["message"] == "kept"
    assert list(given) == [0, 1, 2]


@pytest.mark.parametrize(
    ("message", "args", "text"),
    [
        ("%s and %s", (Unprintable(), 1), "<unserialisable:Unprintable> and 1"),
        ("%r", (Unprintable(),), "<unserialisable:Unprintable>"),
        ("%s", (Evil(),), "<tests"),
        ("%(name)s", (Evil(),), "%(name)s <arguments do not fit>"),
        ("%(name)s", ({"name": Unprintable()},), "<unserialisable:Unprintable>"),
        ("%(a)s", ({1: 2, "a": 3, None: 4},), "3"),
        ("%(a)s", (ChainMap({"a": 1}, {"b": 2}),), "1"),
        ("%s", ({Unprintable: 1},), "{<class"),
        ("%.2f of %d", (1.234, 5.6), "1.23 of 5"),
        ("%s", (OrderedDict(a=1),), "OrderedDict"),
        ("%x", (255,), "ff"),
    ],
)
def test_an_argument_that_misbehaves_costs_itself_alone(
    message: str, args: tuple[Any, ...], text: str, logged: Callable[[], Records]
) -> None:
    """The rest of the message stays."""
    log.info(message, *args)
    (record,) = logged()
    assert record["message"].startswith(text) or text == "<tests"
    assert "could not be logged" not in record["message"]


def test_a_dead_weak_reference_is_an_argument_like_any_other(logged: Callable[[], Records]) -> None:
    """Its every use raises ReferenceError, even the question for its type's name."""
    log.info("a %s b %s", dead(), 1, extra={"note": dead()})
    (record,) = logged()
    assert record["message"].startswith("a <unserialisable:")
    assert record["message"].endswith("b 1")


@pytest.mark.parametrize(
    "make",
    [OrderedDict, lambda x: defaultdict(int, x), Counter, UserDict, ChainMap],
    ids=lambda m: str(m)[:20],
)
def test_containers_changed_after_the_call_show_what_they_held(
    make: Any, logged: Callable[[], Records]
) -> None:
    """As an argument by place and by name, as a field, as all of extra, and bound."""
    state = make({"qty": 1})
    log.info("a %s", state, extra={"note": state})
    log.info("b %(qty)s", state)
    log.info("c", extra=state)
    with bind(note=state):
        log.info("d")
    state["qty"] = 2
    a, b, c, d = logged()
    assert "2" not in a["message"]
    assert (a["note"], b["message"], c["qty"], d["note"]) == ({"qty": 1}, "b 1", 1, {"qty": 1})


WIDE = 300_000


@pytest.mark.parametrize(
    "value",
    [
        dict.fromkeys(range(WIDE)), {"bids": [[1, 2]] * WIDE}, list(range(WIDE)), set(range(WIDE)),
        UserDict(dict.fromkeys(range(WIDE))), ChainMap(dict.fromkeys(range(WIDE))), dict.fromkeys(range(WIDE)).keys(),
        "x" * 30_000_000, {"a": {"b": list(range(WIDE))}}, b"x" * 30_000_000, {"bids": UserDict(dict.fromkeys(range(WIDE)))},
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_wide_takes_no_time_of_its_size(value: Any, logged: Callable[[], Records]) -> None:
    """0.2 to 8.8 s on the caller's thread; the text of one such value alone takes longer than all of this."""
    start = time.thread_time()
    log.info("%s %s", value, 1)
    log.info("%s", value)
    log.info("x", extra={"note": value})
    log.info("x", extra=value if isinstance(value, dict) else None)
    spent = time.thread_time() - start
    assert len(logged()) == 4
    assert spent < 0.25  # a copy of all of it: 0.1 s for each call at least; bounded: 0.01 s


def test_a_mapping_that_never_ends_is_asked_for_a_bounded_number_of_members(
    logged: Callable[[], Records],
) -> None:
    """The budget is one for the whole value, however deep it goes."""
    Endless.touched = 0
    plain(Endless())
    assert 0 < Endless.touched <= MAX_LOOKED
    for extra in (Endless(), {"bids": Endless(), "asks": Endless()}):
        Endless.touched = 0
        log.info("%s %s", Endless(), 1, extra=extra)
        assert Endless.touched <= 3 * MAX_LOOKED
    Endless.touched = 0
    log.info(Endless())
    log.info("%(a)s", Endless())
    assert Endless.touched <= 4 * MAX_LOOKED
    assert len(logged()) == 4


def test_a_message_that_is_a_mapping_keeps_its_structure(logged: Callable[[], Records]) -> None:
    """`event` or `message` is the text, the rest are fields."""
    log.info({"event": "order_placed", "symbol": "BTC/USDT"}, extra={"price": 1.5})
    log.info({"symbol": "A", "msg": "text", "levelname": "x"})
    log.info({"symbol": "B"})
    log.info({})
    first, second, third, fourth = logged()
    assert (first["message"], first["symbol"], first["price"]) == ("order_placed", "BTC/USDT", 1.5)
    assert (second["message"], second["symbol"], second["extra"]) == ("text", "A", {"levelname": "x"})
    assert (third["message"], third["symbol"]) == ("", "B")
    assert fourth["message"] == ""


@pytest.mark.parametrize(
    "exc_info",
    [
        (1, 2),
        (1, 2, 3),
        "text",
        7,
        (ValueError, None, None),
        (None, None, None),
        (),
        Unprintable(),
        {"a": 1},
    ],
)
def test_junk_in_place_of_an_exception_costs_no_content(exc_info: Any, logged: Callable[[], Records]) -> None:
    """`exc_info` may be anything."""
    log.error("kept %s", 1, exc_info=exc_info, extra={"symbol": "A"})
    (record,) = logged()
    assert (record["message"], record["symbol"]) == ("kept 1", "A")
    assert "exception_message" not in record


def test_an_exception_known_only_as_text_is_kept(tmp_path: Path) -> None:
    """A record that was pickled by a SocketHandler has `exc_text` and no `exc_info`; it is redacted, too."""
    handler = TelemetryHandler(service="launcher", log_dir=tmp_path)
    text = "Traceback (most recent call last):\nValueError: password=hunter2"
    handler.handle(logging.makeLogRecord({"name": "a", "levelno": 40, "msg": "m", "exc_text": text}))
    handler.close()
    record = json.loads((tmp_path / "launcher.jsonl").read_text("utf-8"))
    assert record["exception_stacktrace"] == text.replace("hunter2", "[REDACTED]")


def test_an_exception_whose_text_fails_keeps_its_type_and_place() -> None:
    """Both the text and the traceback's last line need `str` of it."""

    class Odd(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise RuntimeError("no")

    found = raised(Odd(), None)
    assert found is not None
    assert found.type.endswith("Odd")
    assert found.message == "<unserialisable:Odd>"


def test_scalars_and_small_dictionaries_are_left_to_the_writing_thread() -> None:
    """The cheap way of nearly every call."""
    assert frozen_message("%s %d", ("a", 1)) == ("%s %d", ("a", 1))
    assert frozen_message("%(a)s", ({"a": 1},)) == ("%(a)s", {"a": 1})
    assert frozen_message("%s", ([1],)) == ("[1]", None)


def test_a_record_has_one_budget_for_all_its_fields(logged: Callable[[], Records]) -> None:
    """256 wide fields were 256 budgets: half a second on the caller's thread, and a line too long to be kept."""
    texts = {f"text{number}": "x" * 8_000 for number in range(200)}
    lists = {f"list{number}": list(range(1_000)) for number in range(200)}
    log.info("texts", extra=texts)
    log.info("lists", extra=lists)
    with bind(**texts):
        log.info("bound")
    log.info("%s" * 200, *lists.values())
    log.info("many", extra={f"k{number}": number for number in range(10_000)})
    whole, wide, bound, filled, many = logged()
    assert whole["text0"] == "x" * 8_000
    assert whole["text199"] == "x" * MIN_TEXT + "…[8000 characters]"
    assert "truncated" not in whole
    assert wide["list0"][-1] == "…1000 items"
    assert wide["list199"] == "…"
    assert bound["text199"] == whole["text199"]
    assert len(filled["message"]) < 20_000
    assert many["…"] == "10000 fields"


def test_a_large_book_is_summed_up_without_a_look_at_each_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """A book of twice 5,000 levels as an argument took 25 ms on the caller's thread, 20 of them for the looks."""
    looks: list[Any] = []
    look = books.Levels._pair

    def counted(self: books.Levels, level: Any) -> Any:
        looks.append(level)
        return look(self, level)

    monkeypatch.setattr(books.Levels, "_pair", counted)
    bids = [[30_000.0 - number, 1.5] for number in range(5_000)]
    asks = [[str(30_001 + number), "2"] for number in range(5_000)]
    found = plain({"bids": bids, "asks": asks})
    assert found == {
        "best_bid": 30_000.0, "bid_depth": 7_500.0, "bid_levels": 5_000,
        "best_ask": 30_001.0, "ask_depth": 10_000.0, "ask_levels": 5_000,
    }  # fmt: skip
    assert len(looks) <= 4
    asks[7] = ["odd", None]  # type: ignore[list-item]
    assert plain({"bids": bids, "asks": asks})["ask_levels"] == 5_000
