"""What callers hand to an account, as numbers and words that it reckons with, or refused with the reason."""

from __future__ import annotations

import math
from typing import Any

LARGEST = 1e30
"""No amount, price or rate of a real market is beyond; products of three of them are still numbers."""
SIDES = {"BUY": 1.0, "SELL": -1.0}


class RefusedError(ValueError):
    """A fact that cannot be true; nothing was changed."""


def number(value: Any, what: str) -> float:
    """Return an int, float, `Decimal`, numpy scalar or text as a finite number."""
    try:
        made = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        made = math.nan
    if not abs(made) <= LARGEST:
        raise RefusedError(f"the {what} is {_shown(value)}, which is no number of a market")
    return made


def positive(value: Any, what: str) -> float:
    """Return a number above zero."""
    made = number(value, what)
    if not made >= 1 / LARGEST:
        raise RefusedError(f"the {what} is {_shown(value)}; it must be above zero")
    return made


def count(value: Any, what: str) -> int:
    """Return a whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RefusedError(f"the {what} is {_shown(value)}; it must be 0, 1, 2, …")
    return value


def price(value: Any) -> float:
    """Return a price: zero is one, for things become worthless; nothing below is."""
    made = number(value, "price")
    if made < 0:
        raise RefusedError(f"the price is {_shown(value)}; it must not be negative")
    return made


def side(value: Any) -> float:
    """Return 1 for a purchase and -1 for a sale, from "buy", "SELL" or a member of an engine's own enum."""
    word = str(getattr(value, "name", value)).upper()
    if word not in SIDES:
        raise RefusedError(f"the side is {_shown(value)}; it must be BUY or SELL")
    return SIDES[word]


def name(value: Any, what: str) -> str:
    """Return a symbol, a currency or the id of a position as text."""
    made = "" if value is None else str.__str__(value) if isinstance(value, str) else str(value)
    if not made:
        raise RefusedError(f"the {what} is missing")
    if not made.isascii() and made != made.encode(errors="replace").decode():
        raise RefusedError(f"the {what} is {_shown(value)}, which no file and no scrape can hold")
    return made


def _shown(value: Any) -> str:
    return repr(value)[:80]
