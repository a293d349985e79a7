"""What a unit of an instrument is worth."""

from __future__ import annotations

import re

from msgspec import Struct

from amaie_telemetry.account.given import RefusedError

_UNIFIED = re.compile(r"([A-Za-z0-9]+)/([A-Za-z0-9]+)(?::([A-Za-z0-9]+)(-.+)?)?")
"""BASE/QUOTE of the spot market, BASE/QUOTE:SETTLE of a derivative, as ccxt writes them."""


class Instrument(Struct, frozen=True, forbid_unknown_fields=True):
    """How amount and price of a symbol make money.

    Attributes:
        currency: What profit and loss are paid in.
        base: What is bought and sold, if the symbol says so: a fee may be paid in it.
        spot: Whether the base itself is held: then a fee in it is taken from what is held.
        multiplier: Units of the base in one contract; of the price's currency if the contract is inverse.
        inverse: Whether the contract is worth a fixed sum of the price's currency and pays in the base.
    """

    currency: str
    base: str | None = None
    spot: bool = False
    multiplier: float = 1.0
    inverse: bool = False

    def value(self, price: float) -> float:
        """Return what one unit counts at a price: the difference of two is the profit of a long unit."""
        if not self.inverse:
            return self.multiplier * price
        if price <= 0:
            raise RefusedError("the price is 0; that of an inverse contract must be above zero")
        return -self.multiplier / price

    def price(self, value: float) -> float:
        """Return the price at which one unit counts a value."""
        if not self.inverse:
            return value / self.multiplier
        return -self.multiplier / value if value else 0.0


def quote_of(symbol: str) -> str | None:
    """Return the currency that a symbol in the usual form is paid in, or None if it has another form."""
    found = _UNIFIED.fullmatch(symbol)
    return (found[3] or found[2]) if found else None


def by_symbol(symbol: str, currency: str) -> Instrument:
    """Return the instrument that a symbol means in an account of this currency, where nothing else was said.

    Only a contract that is settled in its own base has another currency than the account: it is inverse.
    """
    found = _UNIFIED.fullmatch(symbol)
    if found is None:
        return Instrument(currency)
    base, settle = found[1], found[3]
    if settle == base:
        return Instrument(base, base=base, inverse=True)
    return Instrument(currency, base=base, spot=settle is None)
