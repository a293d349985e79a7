"""What is exported."""

from __future__ import annotations

from amaie_telemetry import metrics, testing
from amaie_telemetry.account.books import Books, Totals
from amaie_telemetry.account.facts import Facts
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
