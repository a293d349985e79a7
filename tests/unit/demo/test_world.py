"""One second of the simulated AMAIE."""

from __future__ import annotations

import pytest

from amaie_demo import market, world
from amaie_demo.scenarios import SCENARIOS, Chapter

NOON = 1_795_521_600  # a multiple of every interval
QUIET: tuple[Chapter, ...] = ()


def test_results_of_closed_positions_add_up_to_the_account_s_gain() -> None:
    """Over ten minutes the sum of all results is what equity less transfers gained."""
    results = [world.at(7, QUIET, second).trade for second in range(NOON + 1, NOON + 601)]
    before, after = world.account(7, QUIET, NOON), world.account(7, QUIET, NOON + 600)

    assert sum(trade.result for trade in results if trade) == pytest.approx(
        (after[0] - after[1]) - (before[0] - before[1])
    )


def test_a_deposit_moves_equity_and_transfers_but_not_the_wealth_index() -> None:
    """5,000 more on both sides; the time-weighted index is that of a world without the deposit."""
    chapters = (Chapter(NOON, "deposit"),)
    with_it, without = world.account(7, chapters, NOON + 10), world.account(7, QUIET, NOON + 10)

    assert with_it[0] - without[0] == pytest.approx(5000)
    assert with_it[1] - without[1] == 5000
    assert with_it[2] == without[2]


def test_a_monthly_deposit_does_not_move_the_wealth_index() -> None:
    """At the second of the deposit the index goes on as it was."""
    at = market.transfers(7, NOON)[-1][0]
    index = [world.account(7, QUIET, at + offset)[2] for offset in (-1, 0)]

    assert index[1] / index[0] == pytest.approx(1, abs=1e-5)


def test_the_drawdown_passes_its_limit_within_a_minute() -> None:
    """The scenario that everybody shows: above 5 % after 60 seconds, below the hard limit of 8 %."""
    chapters = (Chapter(NOON, "drawdown"),)

    assert world.drawdown(7, chapters, NOON + 4) < 0.01
    assert 0.05 < world.drawdown(7, chapters, NOON + 60) < 0.08


def test_no_position_closes_while_trading_is_stopped() -> None:
    """After the emergency stop neither trade nor accepted order."""
    moments = [world.at(7, (Chapter(NOON, "emergency_stop"),), NOON + 60 + second) for second in range(60)]

    assert not any(moment.trade for moment in moments)
    assert all(moment.stopped and not moment.trading for moment in moments)


def test_a_dead_exchange_sends_no_market_data() -> None:
    """Its feed has no age, rather than an age of 0."""
    moment = world.at(7, (Chapter(NOON, "exchange_outage"),), NOON + 30)

    assert set(moment.feed_ages) == {"kraken"}
    assert [call.failed for call in moment.calls if call.exchange == "binance"] == [True, True]


def test_the_agent_follows_the_policy_of_lowest_free_energy() -> None:
    """Of all policies weighed, the chosen one has the smallest pragmatic minus epistemic part."""
    decision = world.decision(7, QUIET, NOON)

    assert decision.energy == min(
        pragmatic - epistemic for pragmatic, epistemic in decision.energies.values()
    )


@pytest.mark.parametrize(("result", "outcome"), [(1.0, "win"), (-1.0, "loss"), (0.0, "flat")])
def test_a_trade_is_won_lost_or_flat(result: float, outcome: str) -> None:
    """The sign of the result decides."""
    assert world.Trade("BTC/USDT", "hold", result, 1.0, {}).outcome == outcome


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_safety_system_stops_trading_at_the_hard_limit_and_nowhere_else(name: str) -> None:
    """Trading stops about when the drawdown passes 8 %; a smaller one never stops it."""
    chapters = (Chapter(NOON, name),)
    deep = [second for second in range(300) if world.drawdown(7, chapters, NOON + second) > 0.08]
    stopped = [second for second in range(300) if world.at(7, chapters, NOON + second).stopped]

    assert bool(deep) == bool(stopped)
    assert not deep or abs(deep[0] - stopped[0]) <= 2
