"""What an account knows."""

from __future__ import annotations

from amaie_telemetry.account.books import Books, Fee


def test_only_symbols_of_which_something_is_held_are_kept() -> None:
    """Thousands of seen prices are not written with every fill."""
    books = Books("main", "USDT")
    fee = Fee(0.0, "USDT")
    books.take("A", "", 1.0, 10.0, fee)
    books.take("B", "", 1.0, 10.0, fee)
    books.take("B", "", -1.0, 10.0, fee)
    books.holding("C").price = 5.0
    assert list(books.held().holdings) == ["A"]
    assert list(books.holdings) == ["A", "B", "C"]


def test_what_has_no_rate_counts_for_nothing_but_its_result_counts() -> None:
    """A trade in an unknown currency is won; what it has brought is not known."""
    books = Books("main", "USDT")
    books.take("A/B:A", "", -100.0, 50.0, Fee(0.0, "A"))
    assert books.take("A/B:A", "", 100.0, 40.0, Fee(0.1, "A")) == 0.0
    assert (books.totals.trades["win"], books.totals.gross_profit, books.cash()) == (1, 0.0, 0.0)
