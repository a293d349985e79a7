"""The simulated market: repeatable, continuous, and quiet enough that normal times alarm nobody."""

from __future__ import annotations

from itertools import pairwise

import pytest

from amaie_demo import market

NOW = 1_795_510_000


def test_the_same_seed_and_time_give_the_same_figures() -> None:
    """Two processes that share nothing but the seed agree to the last digit."""
    market.wealth.cache_clear()
    first = market.wealth(7, NOW), market.price(7, market.INSTRUMENTS[0], NOW)
    market.wealth.cache_clear()

    assert (market.wealth(7, NOW), market.price(7, market.INSTRUMENTS[0], NOW)) == first


def test_another_seed_is_another_market() -> None:
    """The seed changes prices and ids."""
    assert market.price(7, market.INSTRUMENTS[0], NOW) != market.price(8, market.INSTRUMENTS[0], NOW)
    assert market.identifier(7, "trace", 1) != market.identifier(8, "trace", 1)


@pytest.mark.parametrize("number", range(5))
def test_chances_are_spread_over_the_unit_interval(number: int) -> None:
    """A thousand hashed chances fill [0, 1) evenly: their mean is near a half."""
    values = [market.chance(number, "x", key) for key in range(1000)]

    assert all(0 <= value < 1 for value in values)
    assert sum(values) / 1000 == pytest.approx(0.5, abs=0.05)


def test_noise_is_smooth_across_its_lattice() -> None:
    """A wave never jumps, not even where one lattice cell ends and the next begins."""
    values = [market.wave(7, "w", 1000 + step / 10, 60) for step in range(2400)]

    assert max(abs(after - before) for before, after in pairwise(values)) < 0.02
    assert all(-1 <= value <= 1 for value in values)


def test_normal_times_stay_far_from_every_limit() -> None:
    """Within a year of hours the account never falls by 2 % and never loses 1 % in a day."""
    hours = [market.wealth(7, NOW + hour * 3600) for hour in range(24 * 365)]
    peak, deepest = 0.0, 0.0
    for value in hours:
        peak = max(peak, value)
        deepest = max(deepest, 1 - value / peak)

    assert deepest < 0.02
    assert min(after / before - 1 for before, after in zip(hours, hours[24:], strict=False)) > -0.01


def test_transfers_begin_with_the_first_deposit_and_come_every_thirty_days() -> None:
    """What was paid in is known for any time, in order."""
    transfers = market.transfers(7, market.ACCOUNT_OPENED + 61 * market.DAY)

    assert transfers[0] == (market.ACCOUNT_OPENED, market.FIRST_DEPOSIT)
    assert [time - market.ACCOUNT_OPENED for time, _ in transfers[1:]] == [
        30.5 * market.DAY,
        60.5 * market.DAY,
    ]
