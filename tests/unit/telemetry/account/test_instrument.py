"""What units are worth."""

from __future__ import annotations

import pytest

from amaie_telemetry.account.given import RefusedError
from amaie_telemetry.account.instrument import Instrument, by_symbol, quote_of


def test_profit_is_a_difference_of_values() -> None:
    """Linear, with a multiplier, inverse: the textbook's formulas; the price comes back from the value."""
    for one, profit in (
        (Instrument("USDT"), 10.0),
        (Instrument("USD", multiplier=50), 500.0),
        (Instrument("BTC", multiplier=100, inverse=True), 100 / 100 - 100 / 110),
    ):
        assert one.value(110) - one.value(100) == pytest.approx(profit)
        assert one.price(one.value(110)) == pytest.approx(110)
    assert Instrument("BTC", inverse=True).price(0.0) == 0.0
    with pytest.raises(RefusedError, match="the price is 0"):
        Instrument("BTC", inverse=True).value(0)


def test_a_symbol_in_the_usual_form_says_what_it_is() -> None:
    """Spot, a linear and an inverse contract; any other name is a price in the account's currency."""
    assert by_symbol("BTC/USDT", "USDT") == Instrument("USDT", base="BTC", spot=True)
    assert by_symbol("BTC/USDT:USDT-261225", "USDT") == Instrument("USDT", base="BTC")
    assert by_symbol("BTC/USD:BTC", "USDT") == Instrument("BTC", base="BTC", inverse=True)
    assert by_symbol("AUD/USD.SIM", "USD") == by_symbol("X", "USD") == Instrument("USD")
    assert [quote_of(one) for one in ("ETH/BTC", "BTC/USDC:USDC", "X")] == ["BTC", "USDC", None]
