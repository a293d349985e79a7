"""Round trips of one position."""

from __future__ import annotations

import random

import pytest

from amaie_telemetry.account.position import Position


def test_a_trip_ends_when_the_position_is_flat() -> None:
    """One exit in ten fills is one trade, with the fees of all its fills."""
    position = Position()
    assert position.apply(10, 100, 1.0) is None
    ended = [position.apply(-1, 100 + step, 0.1) for step in range(10)]
    assert ended[:-1] == [None] * 9
    assert ended[-1] == pytest.approx(45 - 1 - 1)
    assert position == Position()


def test_a_fill_that_turns_a_position_is_two() -> None:
    """Long 1, sell 3: the long ends with its third of the fee, a short of 2 begins with the rest."""
    position = Position()
    position.apply(1, 100, 0)
    assert position.apply(-3, 90, 3.0) == pytest.approx(-11)
    assert position == Position(amount=-2, entry=90, profit=-2, peak=2)
    assert position.unrealised(80) == 20
    assert position.apply(2, 89, 0) == 0.0  # the fee has eaten the gain, to the last digit


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_what_rounding_leaves_is_flat_at_any_size(scale: float) -> None:
    """Hundreds of purchases, sold in one: 200 of 200 positions are flat, and one trade each."""
    rng = random.Random(7)  # noqa: S311 (seeded)
    for _ in range(200):
        position, amounts = Position(), [rng.random() * scale for _ in range(300)]
        for amount in amounts:
            position.apply(amount, 1.1, 0)
        rng.shuffle(amounts)
        assert position.apply(-sum(amounts), 1.2, 0) is not None
        assert position.amount == 0


def test_a_small_remainder_that_was_left_on_purpose_is_held() -> None:
    """A ten-thousand-millionth of what was held is still a position."""
    position = Position()
    position.apply(1, 100, 0)
    assert position.apply(-(1 - 1e-10), 110, 0) is None
    assert position.amount == pytest.approx(1e-10, rel=1e-3)
