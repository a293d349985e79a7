"""What is exported."""

from __future__ import annotations

from amaie_telemetry import metrics, testing
from amaie_telemetry.account.books import Books, Totals
from amaie_telemetry.account.facts import OUTCOMES, Facts
from amaie_telemetry.account.ledger import Ledger

LABELS = {"account": "main", "currency": "USDT"}


def test_counters_begin_where_the_totals_are_and_never_fall() -> None:
    """In a new process they are set to what was; where they stand higher already, they are left."""
    totals = Totals(trades={"win": 3, "loss": 2, "flat": 0}, gross_profit=30.0, volume=900.0)
    for _ in range(2):
        Facts("main", "USDT", totals)
        assert testing.value(metrics.trading.trades_total.labels(**LABELS, result="win")) == 3
        assert testing.value(metrics.trading.gross_profit_total.labels(**LABELS)) == 30
    Facts("main", "USDT", Totals())
    assert testing.value(metrics.trading.volume_total.labels(**LABELS)) == 900


def test_fees_and_income_are_gauges_for_they_may_fall() -> None:
    """Funding is received and paid."""
    ledger = Ledger(Books("main", "USDT"))
    facts = Facts("main", "USDT", ledger.books.totals)
    ledger.income(5, "funding", None)
    ledger.income(-7, "funding", None)
    ledger.income(1, "airdrop", None)
    ledger.fill("X", "buy", 1, 10, -0.25, None, None)
    facts.all(ledger)
    income = metrics.trading.income
    assert testing.value(income.labels(**LABELS, kind="funding")) == -2
    assert testing.value(income.labels(**LABELS, kind="other")) == 1
    assert testing.value(metrics.trading.fees.labels(**LABELS)) == -0.25
    assert testing.value(metrics.trading.exposure.labels(**LABELS)) == 10


def test_open_positions_are_told_by_size_direction_and_what_they_would_bring() -> None:
    """A long of 20 and a short of 30 are 50 gross and -10 net; what is closed is in none of them."""
    ledger = Ledger(Books("main", "USDT"))
    facts = Facts("main", "USDT", ledger.books.totals)
    ledger.fill("X", "buy", 2, 9, 0, None, None)
    ledger.fill("Y", "sell", 3, 10, 0, None, None)
    ledger.fill("Z", "buy", 1, 5, 0, None, None)
    ledger.fill("Z", "sell", 1, 6, 0, None, None)
    ledger.mark("X", 10)
    facts.prices(ledger)
    trading = metrics.trading
    found = [
        testing.value(one.labels(**LABELS))
        for one in (trading.exposure, trading.net_exposure, trading.unrealised, trading.open_positions)
    ]
    assert found == [50, -10, 2, 2]


def test_slippage_is_what_fills_cost_beyond_the_price_that_was_decided_at() -> None:
    """Bought dearer and sold cheaper both cost; a better price earns; without a price there is none."""
    ledger = Ledger(Books("main", "USDT"))
    facts = Facts("main", "USDT", ledger.books.totals)
    ledger.fill("X", "buy", 2, 10.5, 0, None, None, 10)
    ledger.fill("X", "sell", 1, 11, 0, None, None, 11.25)
    ledger.fill("X", "sell", 1, 12, 0, None, None, 11.5)
    ledger.fill("X", "buy", 1, 12, 0, None, None)
    facts.all(ledger)
    assert testing.value(metrics.trading.slippage.labels(**LABELS)) == 1 + 0.25 - 0.5


def test_orders_are_counted_by_how_they_ended_from_zero_on() -> None:
    """Each outcome is there from the start, so that its first increase is seen."""
    facts = Facts("orders", "USDT", Totals())
    facts.order("rejected")
    orders = metrics.trading.orders_total
    found = {
        one: testing.value(orders.labels(account="orders", currency="USDT", outcome=one)) for one in OUTCOMES
    }
    assert found == {"filled": 0, "cancelled": 0, "rejected": 1}


def test_a_share_is_exported_when_it_has_changed() -> None:
    """What is told is no news any more: a price asks for nothing of a hundred shares."""
    ledger = Ledger(Books("main", "USDT"))
    facts = Facts("main", "USDT", ledger.books.totals)
    ledger.fill("X", "buy", 1, 10, 0, None, None, None, "trend")
    ledger.fill("X", "sell", 1, 12, 0, None, None)
    facts.all(ledger)
    assert ledger.shares.news == {}
    share = metrics.trading.realised.labels(**LABELS, strategy="trend", symbol="X")
    assert testing.value(share) == 2
