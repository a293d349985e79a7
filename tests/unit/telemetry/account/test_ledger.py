"""What can happen to an account, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from amaie_telemetry.account.books import Books, Totals
from amaie_telemetry.account.given import RefusedError
from amaie_telemetry.account.ledger import Ledger


def ledger(currency: str = "USDT", deposit: float = 10_000.0) -> Ledger:
    """Return an account with a deposit."""
    made = Ledger(Books("main", currency))
    made.transfer(deposit, None)
    return made


def fill(
    of: Ledger, symbol: str, side: str, amount: Any, price: Any, fee: Any = 0, **more: Any
) -> float | None:
    """Book a fill."""
    profit: float | None = of.fill(symbol, side, amount, price, fee, more.get("paid"), more.get("place"))
    return profit


def test_a_fee_in_the_base_is_taken_from_what_is_held() -> None:
    """Bought 0.1 with 0.0001 BTC of fee: 0.0999 are there to be sold, and nothing else is left."""
    spot = ledger()
    for _ in range(80):
        fill(spot, "BTC/USDT", "buy", "0.1", 30_000, "0.0001", paid="BTC")
        assert fill(spot, "BTC/USDT", "sell", "0.0999", 30_000) == pytest.approx(-3)
    assert (spot.exposure, spot.equity) == pytest.approx((0, 10_000 - 80 * 3))
    assert spot.books.totals.fees == pytest.approx(240)
    fill(spot, "BTC/USDT", "sell", 1, 30_000, "0.001", paid="BTC")
    assert spot.books.holdings["BTC/USDT"].positions[""].amount == pytest.approx(-1.001)


def test_a_fee_in_a_third_currency_waits_for_its_rate() -> None:
    """Without a rate it counts for nothing, and somebody is told; the price of its spot market is a rate."""
    one = ledger()
    fill(one, "BTC/USDT", "buy", 1, 1_000, 0.01, paid="BNB")
    assert one.doubts == ["BNB counts for nothing until rate('BNB', …) is told"]
    assert one.equity == 10_000
    one.mark("BNB/USDT", 600)
    assert one.equity == pytest.approx(9_994)
    assert fill(one, "BTC/USDT", "sell", 1, 1_000, 0.01, paid="BNB") == pytest.approx(-6)
    assert one.equity == pytest.approx(9_988)
    assert len(one.doubts) == 1


def test_inverse_contracts_pay_in_the_coin() -> None:
    """10,000 contracts of 1 USD from 50,000 to 40,000, short: 0.05 BTC, the textbook's figure."""
    coin = ledger("BTC", 1.0)
    coin.instrument("XBTUSD", None, None, 1, inverse=True)
    fill(coin, "XBTUSD", "sell", 10_000, 50_000)
    coin.mark("XBTUSD", 40_000)
    assert coin.equity == pytest.approx(1.05)
    assert coin.exposure == pytest.approx(0.25)
    assert fill(coin, "XBTUSD", "buy", 10_000, 40_000) == pytest.approx(0.05)
    assert coin.books.totals.volume == pytest.approx(0.2 + 0.25)


def test_a_contract_settled_in_its_base_counts_by_the_bases_rate() -> None:
    """The same in an account of dollars: the coin's own price moves what was earned in it."""
    one = ledger()
    fill(one, "BTC/USD:BTC", "sell", 10_000, 50_000)
    assert one.doubts == ["BTC counts for nothing until rate('BTC', …) is told"]
    one.mark("BTC/USDT", 40_000)
    one.mark("BTC/USD:BTC", 40_000)
    assert one.equity == pytest.approx(10_000 + 0.05 * 40_000)
    assert fill(one, "BTC/USD:BTC", "buy", 10_000, 40_000) == pytest.approx(2_000)
    one.mark("BTC/USDT", 44_000)
    assert one.equity == pytest.approx(10_000 + 0.05 * 44_000)


def test_a_multiplier_counts_in_profit_volume_and_exposure() -> None:
    """One future of 50 units."""
    one = ledger("USD")
    one.instrument("ESZ6", None, None, 50, inverse=False)
    fill(one, "ESZ6", "buy", 2, 100, 4.5)
    assert one.exposure == 10_000
    assert fill(one, "ESZ6", "sell", 2, 101, 4.5) == pytest.approx(91)
    assert one.books.totals == Totals({"win": 1, "loss": 0, "flat": 0}, 91.0, 0.0, 20_100.0, 9.0)


def test_positions_are_apart_where_they_are_named() -> None:
    """Long and short of one symbol at once are two round trips; what is over is forgotten."""
    one = ledger()
    fill(one, "X", "buy", 1, 100, place="A")
    fill(one, "X", "sell", 1, 110, place="B")
    one.mark("X", 120)
    assert (one.equity, one.exposure) == (10_010, 240)
    assert fill(one, "X", "sell", 1, 120, place="A") == pytest.approx(20)
    assert fill(one, "X", "buy", 1, 120, place="B") == pytest.approx(-10)
    assert one.books.holdings["X"].positions == {}


def test_a_price_in_another_currency_than_the_accounts_is_doubted() -> None:
    """It is taken as it always was, but somebody is told once; what was told is not doubted."""
    one = ledger()
    fill(one, "ETH/BTC", "buy", 1, 0.05)
    one.mark("ETH/BTC", 0.06)
    [doubt] = one.doubts
    assert doubt == (
        "prices of ETH/BTC are taken in USDT; if they are in BTC, tell instrument('ETH/BTC', currency='BTC') "
        "and rate('BTC', …)"
    )
    other = ledger()
    other.rate("BTC", 40_000)
    other.instrument("ETH/BTC", "BTC", None, 1, inverse=False)
    fill(other, "ETH/BTC", "buy", 1, 0.05)
    other.mark("ETH/BTC", 0.06)
    assert other.equity == pytest.approx(10_400)
    assert other.doubts == []
    other.rate("BTC", 50_000)
    assert other.equity == pytest.approx(10_500)


def test_what_an_exchange_reports_is_what_the_account_is_worth() -> None:
    """The difference is profit or loss, a new transfer is not."""
    one = ledger()
    fill(one, "X", "buy", 1, 100)
    assert one.report(10_050, None) == pytest.approx(50)
    assert (one.equity, one.books.net_transfers) == (10_050, 10_000)
    index = one.wealth_index
    assert one.report(11_050, 11_000) == pytest.approx(0)
    assert (one.equity, one.books.net_transfers) == (11_050, 11_000)
    assert one.wealth_index == pytest.approx(index)


def test_the_first_report_of_an_empty_account_opens_it() -> None:
    """With what was paid in, the index has the profit so far: a new process says the same as the old one."""
    bare = Ledger(Books("main", "USDT"))
    bare.mark("X", 5)
    bare.report(12_500, None)
    assert (bare.equity, bare.books.net_transfers, bare.wealth_index) == (12_500, 12_500, 1.0)
    told = Ledger(Books("main", "USDT"))
    told.report(12_500, 10_000)
    assert (told.equity, told.books.net_transfers, told.wealth_index) == (12_500, 10_000, 1.25)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda one: one.transfer(1, "BNB"),
            r"nobody has told what BNB is worth; tell rate\('BNB', …\) first",
        ),
        (lambda one: one.income(1, "interest", "BNB"), "nobody has told what BNB is worth"),
        (lambda one: one.rate("USDT", 2), "USDT is the account's own currency; its rate is 1"),
        (lambda one: one.rate("BNB", 0), "the rate is 0; it must be above zero"),
        (lambda one: one.instrument("X", None, None, 5, inverse=False), "X is held and was reckoned as"),
        (lambda one: fill(one, "BTC/USDT", "buy", 1, 5, 1, paid="BTC"), "the fee is 1.0 BTC of 1.0"),
        (lambda one: fill(one, "A/B:A", "buy", 1, 0), "that of an inverse contract must be above zero"),
        (lambda one: one.mark("A/B:A", 0), "that of an inverse contract must be above zero"),
        (lambda one: fill(one, "X", "buy", 1, 5, place=""), "the position is missing"),
    ],
)
def test_what_cannot_be_booked_is_refused_before_anything_changes(call: Any, text: str) -> None:
    """The books are as they were; the sentence says why."""
    one = ledger()
    fill(one, "X", "buy", 1, 100)
    before = (
        one.equity,
        one.books.balances.copy(),
        one.books.held().holdings.copy(),
        one.books.totals.volume,
    )
    with pytest.raises(RefusedError, match=text):
        call(one)
    assert (one.equity, one.books.balances, one.books.held().holdings, one.books.totals.volume) == before
