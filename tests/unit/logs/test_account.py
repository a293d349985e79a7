"""The audit finds every planted fault, and only that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from amaie_ingest import account
from amaie_ingest.account import FAILED, GOOD, REJECTED, Expected, Stored

if TYPE_CHECKING:
    from collections.abc import Callable

PRODUCERS = ("0" * 23 + "a", "0" * 23 + "b", "0" * 23 + "c")
EACH = 50
Store = dict[tuple[str, str], tuple[str, dict[str, Any]]]
"""(id, backing index) -> kind and document."""


def _id(producer: int, number: int) -> str:
    return f"{PRODUCERS[producer]}-{number:010d}"


def _document(identity: str) -> dict[str, Any]:
    return {
        "@timestamp": "2025-07-30T14:30:00.123456Z",
        "event_id": identity,
        "message": "Order placed",
        "price": 30000.5,
        "source_line": 12,
        "truncated": False,
        "trace_id": None,
        "extra": {"a": {"b": [1, 2.5, "x"]}},
    }


def _written() -> Store:
    """Return what three producers wrote: every tenth record is rejected."""
    ids = [_id(producer, number) for producer in range(3) for number in range(1, EACH + 1)]
    return {(one, "index-1"): (REJECTED if one.endswith("0") else GOOD, _document(one)) for one in ids}


def _stored(store: Store) -> list[Stored]:
    return [
        Stored(identity, kind, backing, account.digest(document, kind))
        for (identity, backing), (kind, document) in store.items()
    ]


def _expected(store: Store) -> dict[str, Expected]:
    return {
        identity: Expected(kind, account.digest(document, kind))
        for (identity, _), (kind, document) in store.items()
    }


def _lose(*numbers: int, producer: int = 1) -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        for number in numbers:
            del store[_id(producer, number), "index-1"]

    return plant


def _double(number: int, backing: str = "index-2") -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        store[_id(1, number), backing] = store[_id(1, number), "index-1"]

    return plant


def _change(**changes: Any) -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        kind, document = store[_id(1, 7), "index-1"]
        store[_id(1, 7), "index-1"] = (kind, {**document, **changes})

    return plant


def _drop_field(name: str) -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        del store[_id(1, 7), "index-1"][1][name]

    return plant


def _move(number: int, kind: str) -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        store[_id(1, number), "index-1"] = (kind, store[_id(1, number), "index-1"][1])

    return plant


def _add(identity: str) -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        store[identity, "index-1"] = (GOOD, _document(identity))

    return plant


def _swap(store: Store) -> None:
    """Two records have each other's content."""
    first, second = (_id(1, 7), "index-1"), (_id(1, 8), "index-1")
    store[first], store[second] = store[second], store[first]


def _both(*plants: Callable[[Store], None]) -> Callable[[Store], None]:
    def plant(store: Store) -> None:
        for one in plants:
            one(store)

    return plant


SEVEN = [_id(1, 7)]
ALL_OF_B = [_id(1, number) for number in range(1, EACH + 1)]
FAULTS: dict[str, tuple[Callable[[Store], None], dict[str, list[str]]]] = {
    "the first record is lost": (_lose(1), {"missing": [_id(1, 1)]}),
    "one in the middle is lost": (_lose(7), {"missing": SEVEN}),
    "the last one is lost": (_lose(EACH), {"missing": [_id(1, EACH)]}),
    "two neighbours are lost": (_lose(7, 8), {"missing": [_id(1, 7), _id(1, 8)]}),
    "two far apart are lost": (_lose(3, 44), {"missing": [_id(1, 3), _id(1, 44)]}),
    "a rejected one is lost": (_lose(10), {"missing": [_id(1, 10)]}),
    "the end is lost": (_lose(48, 49, 50), {"missing": [_id(1, n) for n in (48, 49, 50)]}),
    "the beginning is lost": (_lose(1, 2, 3), {"missing": [_id(1, n) for n in (1, 2, 3)]}),
    "a whole producer is lost": (_lose(*range(1, EACH + 1)), {"missing": ALL_OF_B}),
    "one of each of two producers is lost": (
        _both(_lose(7), _lose(9, producer=2)),
        {"missing": [_id(1, 7), _id(2, 9)]},
    ),
    "one is doubled after a rollover": (_double(7), {"doubled": SEVEN}),
    "one is there three times": (_both(_double(7), _double(7, "index-3")), {"doubled": SEVEN * 2}),
    "a rejected one is doubled": (_double(20), {"doubled": [_id(1, 20)]}),
    "two are doubled": (_both(_double(7), _double(8)), {"doubled": [_id(1, 7), _id(1, 8)]}),
    "a text is changed by one letter": (_change(message="Order placeD"), {"changed": SEVEN}),
    "a text is cut": (_change(message="Order"), {"changed": SEVEN}),
    "a text is empty": (_change(message=""), {"changed": SEVEN}),
    "a price is changed in the last digit": (_change(price=30000.500000000004), {"changed": SEVEN}),
    "a price became a text": (_change(price="30000.5"), {"changed": SEVEN}),
    "a price lost its fraction": (_change(price=30000), {"changed": SEVEN}),
    "a whole number is off by one": (_change(source_line=13), {"changed": SEVEN}),
    "false became true": (_change(truncated=True), {"changed": SEVEN}),
    "false became 0": (_change(truncated=0), {"changed": SEVEN}),
    "null became an empty text": (_change(trace_id=""), {"changed": SEVEN}),
    "a time is off by a microsecond": (
        _change(**{"@timestamp": "2025-07-30T14:30:00.123457Z"}),
        {"changed": SEVEN},
    ),
    "a time lost its microseconds": (
        _change(**{"@timestamp": "2025-07-30T14:30:00.123Z"}),
        {"changed": SEVEN},
    ),
    "a field is lost": (_drop_field("message"), {"changed": SEVEN}),
    "a null is lost": (_drop_field("trace_id"), {"changed": SEVEN}),
    "a field is added": (_change(host="x"), {"changed": SEVEN}),
    "a value deep inside is changed": (_change(extra={"a": {"b": [1, 2.5, "y"]}}), {"changed": SEVEN}),
    "the order of a list is changed": (_change(extra={"a": {"b": [2.5, 1, "x"]}}), {"changed": SEVEN}),
    "the event id inside is another": (_change(event_id="x"), {"changed": SEVEN}),
    "two have each other's content": (_swap, {"changed": [_id(1, 7), _id(1, 8)]}),
    "a good one is among the rejected": (_move(7, REJECTED), {"misplaced": SEVEN}),
    "a rejected one is among the good": (_move(10, GOOD), {"misplaced": [_id(1, 10)]}),
    "a good one is in the failure store": (_move(7, FAILED), {"misplaced": SEVEN}),
    "nobody wrote this one": (_add(_id(1, 51)), {"unexpected": [_id(1, 51)]}),
    "nobody knows this producer": (
        _add("f" * 24 + "-0000000001"),
        {"unexpected": ["f" * 24 + "-0000000001"]},
    ),
    "a stranger's document": (_add("line-1"), {"unexpected": ["line-1"]}),
    "one is lost and another doubled, so the sum is right": (
        _both(_lose(7), _double(8)),
        {"missing": SEVEN, "doubled": [_id(1, 8)]},
    ),
    "one is lost and a stranger's added, so the sum is right": (
        _both(_lose(7), _add("line-1")),
        {"missing": SEVEN, "unexpected": ["line-1"]},
    ),
}
LISTS = ("missing", "doubled", "changed", "misplaced", "unexpected")


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_by_its_id_and_nothing_else_is(name: str) -> None:
    """The account does not balance, and says exactly which document is to blame."""
    plant, found = FAULTS[name]
    store = _written()
    expected = _expected(store)
    plant(store)
    settled = account.settle(_stored(store), expected)
    assert {kind: getattr(settled, kind) for kind in LISTS if getattr(settled, kind)} == found
    assert not settled.clean


def test_at_least_thirty_faults_are_planted() -> None:
    """A checker that finds nothing is worth nothing."""
    assert len(FAULTS) >= 30


def test_without_faults_the_account_balances() -> None:
    """Order and zeros at the end of a fraction do not matter."""
    store = _written()
    expected = _expected(store)
    for kind, document in store.values():
        if kind == GOOD:
            document["@timestamp"] = "2025-07-30T14:30:00.123456000Z"
    settled = account.settle(reversed(_stored(store)), expected)
    assert settled.clean
    assert account.report(settled) == (
        "150 accounted for = 135 good + 15 rejected + 0 failure store + 0 counted drops\nbalanced"
    )


def test_without_the_files_a_gap_in_a_producers_numbers_is_found() -> None:
    """Sequence numbers start at 1 and have no holes; only what comes after the last one cannot be missed."""
    store = _written()
    _both(_lose(1, 7, 8, 50), _lose(50, producer=2))(store)
    settled = account.settle(_stored(store))
    assert settled.unexplained == {PRODUCERS[1]: 3}
    assert account.report(settled) == (
        "145 accounted for = 132 good + 13 rejected + 0 failure store + 0 counted drops\n"
        f"producer {PRODUCERS[1]}: 3 not accounted for among 0000000001, 0000000007, 0000000008\n"
        "NOT balanced"
    )


def test_counted_drops_explain_gaps_of_the_same_producer_only() -> None:
    """What a service said it had to drop is not lost silently."""
    store = _written()
    _both(_lose(7, 8), _lose(9, producer=2))(store)
    settled = account.settle(_stored(store), dropped={PRODUCERS[1]: 2})
    assert settled.unexplained == {PRODUCERS[2]: 1}
    assert account.settle(_stored(store), dropped={PRODUCERS[1]: 2, PRODUCERS[2]: 1}).clean
