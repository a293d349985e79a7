"""What may be handed to an account."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
import pytest

from amaie_telemetry.account import given
from amaie_telemetry.account.given import RefusedError


class Side(Enum):
    """As engines have it."""

    BUY = 1
    SELL = 2


@pytest.mark.parametrize("value", [0.1, Decimal("0.1"), "0.1", np.float64(0.1)])
def test_numbers_come_in_many_types(value: Any) -> None:
    """Floats, exact ones, text, numpy."""
    assert given.number(value, "amount") == 0.1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (1e31, "1e+31"),
        (None, "None"),
        (True, "True"),
        ("", "''"),
        (Decimal("sNaN"), "Decimal('sNaN')"),
        (10**400, "1" + 79 * "0"),
    ],
)
def test_what_is_no_number_is_named(value: Any, shown: str) -> None:
    """The text says what it is of and what was given."""
    with pytest.raises(RefusedError) as error:
        given.number(value, "fee")
    assert str(error.value) == f"the fee is {shown}, which is no number of a market"


def test_amounts_are_above_zero_and_prices_not_below() -> None:
    """A worthless coin has the price 0."""
    assert (given.price(0), given.positive("2", "amount")) == (0.0, 2.0)
    with pytest.raises(RefusedError, match="the amount is 0; it must be above zero"):
        given.positive(0, "amount")
    with pytest.raises(RefusedError, match=r"the price is -37\.63; it must not be negative"):
        given.price(-37.63)


def test_sides_are_words_in_any_case_and_members_of_enums() -> None:
    """As ccxt, FIX-like engines and nautilus say it."""
    assert [given.side(one) for one in ("buy", "BUY", "Sell", Side.BUY, Side.SELL)] == [1, 1, -1, 1, -1]
    for wrong in ("hold", None, 1, ""):
        with pytest.raises(RefusedError, match="it must be BUY or SELL"):
            given.side(wrong)


def test_names_are_text_and_there() -> None:
    """An engine's own id is its text."""
    assert given.name(Side.BUY, "symbol") == "Side.BUY"
    with pytest.raises(RefusedError, match="the symbol is missing"):
        given.name(None, "symbol")
