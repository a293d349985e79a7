"""Order books in texts: every count of levels is judged at once, whatever a text is made of."""

from __future__ import annotations

import logging
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact import redact_text
from amaie_telemetry.redact.booktexts import Books

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = contract.load().redaction
LEVELS = RULES.book_levels
spans = Books(RULES).spans

PIECES = ["[", "]", "(", "{p:", "}", "1", "1.5", "'1'", " ", ",", ":", "e5", "Decimal(", "[1, 2]", "1:2", "."]


def levels(count: int) -> list[list[float]]:
    """Return price levels whose numbers can be cut in many places."""
    return [[30_000.13 - 0.5 * n, 0.1 + 0.013 * n] for n in range(count)]


WRITTEN: list[Callable[[list[list[float]]], object]] = [
    list,
    tuple,
    lambda book: list(map(tuple, book)),
    lambda book: {price: amount for price, amount in book},  # noqa: C416 (mypy knows no pairs of lists)
    lambda book: [[Decimal(str(number)) for number in level] for level in book],
    lambda book: [tuple(map(np.float64, level)) for level in book],
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("write", WRITTEN)
def test_a_text_with_any_number_of_levels_comes_back(write: Callable[[list[list[float]]], object]) -> None:
    """One level short of a book is where giving back costs most: it took hours from 11 levels on."""
    for count in (1, 2, 10, 11, 12, 15, LEVELS - 1, LEVELS):
        text = f"top {count}: {write(levels(count))}"
        assert redact_text(text) == text
    for count in (LEVELS + 1, 50, 400):
        assert "29999.63" not in redact_text(f"top {count}: {write(levels(count))}")


@pytest.mark.timeout(60)
def test_a_log_call_with_a_shallow_book_returns(caplog: pytest.LogCaptureFixture) -> None:
    """The usual snapshots have 10 or 20 levels: logging one must not hold the interpreter."""
    logging.getLogger("book").warning("top 11: %s", levels(11))
    assert redact_text(caplog.text) == caplog.text


@pytest.mark.timeout(60)
def test_no_pair_of_pieces_repeated_makes_the_search_slow() -> None:
    """Near misses made of the pattern's own pieces, repeated to 8 KiB: each is read once."""
    for pair in product(PIECES, repeat=2):
        unit = "".join(pair)
        text = unit * (8192 // len(unit)) + "x" + "," * LEVELS
        assert all(0 <= start < end <= len(text) for start, end in spans(text))


def test_levels_apart_are_no_book() -> None:
    """Pairs with words between them are a sentence, however many."""
    assert list(spans(" and ".join(["[1.5, 2.5]"] * 50) + "," * LEVELS)) == []
    together = ", ".join(map(str, levels(LEVELS + 1)))
    assert list(spans(f"x {together} y")) == [(2, 2 + len(together))]
