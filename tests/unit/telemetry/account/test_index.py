"""The wealth index where the textbook's quotient fails."""

from __future__ import annotations

import pytest

from amaie_telemetry.account.index import Index


def test_after_a_loss_of_more_than_all_a_gain_still_raises_the_index() -> None:
    """Equity -500, a deposit of 2,000, then a gain of 20 %: the new money's own unit."""
    index = Index()
    index.rebase(0, 1_000)
    assert index.at(-500) == -0.5
    index.rebase(-500, 1_500)
    assert index.at(1_500) == -0.5
    assert index.at(1_800) == pytest.approx(-0.3)
    assert index.at(1_200) == pytest.approx(-0.7)
    index.rebase(3_000, 2_000)
    assert (index.at(2_000), index.at(2_200)) == pytest.approx((0.5, 0.55))


def test_a_deposit_that_does_not_cover_the_debt_changes_no_slope() -> None:
    """Still below zero: gains go on counting as they did."""
    index = Index()
    index.rebase(0, 1_000)
    index.rebase(-500, -400)
    assert (index.at(-400), index.at(-300)) == pytest.approx((-0.5, -0.4))


def test_what_rounding_leaves_of_a_withdrawal_is_nothing_invested() -> None:
    """Otherwise the next cent would multiply the index by millions."""
    index = Index()
    index.rebase(0, 0.3)
    index.rebase(0.3, 0.3 - 0.1 - 0.1 - 0.1)
    assert index.at(0.01) == pytest.approx(1, abs=0.05)
    assert Index().at(0) == 1
