"""What each strategy of the demo has made in each symbol."""

from __future__ import annotations

from collections import Counter

import pytest

from amaie_demo import shares, world
from amaie_demo.market import ACCOUNT_OPENED, CLOSE_EVERY

NOON = 1_795_521_600


def test_the_count_is_that_of_the_positions_that_were_closed() -> None:
    """Whenever a trader starts anew, it goes on from what those before it have closed."""
    for end in range(ACCOUNT_OPENED, ACCOUNT_OPENED + 11 * CLOSE_EVERY, CLOSE_EVERY):
        seconds = range(ACCOUNT_OPENED + CLOSE_EVERY, end + 1, CLOSE_EVERY)
        closed = Counter(shares.whose(second // CLOSE_EVERY) for second in seconds)
        assert (
            shares.trades(end)
            == shares.trades(end + CLOSE_EVERY - 1)
            == {pair: closed[pair] for pair in shares.TURNS}
        )
    assert set(shares.trades(ACCOUNT_OPENED - 1).values()) == {0}


def test_each_position_belongs_to_the_strategy_that_is_counted() -> None:
    """The trade of a moment, as it is logged, and the count a moment later name the same pair."""
    trade = world.at(7, (), NOON).trade
    before, after = shares.trades(NOON - 1), shares.trades(NOON)

    assert trade is not None
    assert {pair for pair in after if after[pair] != before[pair]} == {(trade.strategy, trade.symbol)}


def test_what_they_have_made_adds_up_to_what_the_account_gained() -> None:
    """And each of them differs from the others."""
    equity, deposited, _ = world.account(7, (), NOON)
    trade = world.at(7, (), NOON).trade

    assert trade is not None
    assert sum(trade.realised.values()) == pytest.approx(equity - deposited)
    assert len(set(trade.realised.values())) == len(shares.TURNS) == 4
