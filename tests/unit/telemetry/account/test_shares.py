"""What is told apart, and what is told together."""

from __future__ import annotations

import pytest

from amaie_telemetry.account.shares import LONGEST, Share, Shares


def told(shares: Shares) -> dict[tuple[str, str], tuple[float, int]]:
    """Return profit and trades by strategy and symbol."""
    return {
        (strategy, symbol): (share.realised, share.trades)
        for strategy, symbols in shares.booked.items()
        for symbol, share in symbols.items()
    }


def test_a_share_begins_at_zero_and_takes_every_trade() -> None:
    """It is there before its first trade ends, so that the first result is seen as a change."""
    shares = Shares({}, 2)
    assert shares.begin("trend", "X") == []
    assert told(shares) == {("trend", "X"): (0.0, 0)}
    for profit in (5.0, -7.5, 0.0):
        shares.close("trend", "X", profit)
    assert told(shares) == {("trend", "X"): (-2.5, 3)}


def test_what_comes_after_the_first_few_is_told_together() -> None:
    """Of both labels so many values and no more, whatever comes; nothing is lost of the sum."""
    shares = Shares({}, 2)
    for number in range(50):
        crowd = shares.begin(f"s{number}", f"S{number % 3}")
        late = {"strategies": number >= 2, "symbols": number % 3 == 2}
        assert [what for what, _ in crowd] == [what for what, is_late in late.items() if is_late]
        shares.close(f"s{number}", f"S{number % 3}", 1.0)
    found = told(shares)
    assert {strategy for strategy, _ in found} == {"s0", "s1", "other"}
    assert {symbol for _, symbol in found} == {"S0", "S1", "other"}
    assert found["other", "other"] == (16.0, 16)
    assert sum(profit for profit, _ in found.values()) == 50


def test_nothing_is_told_apart_where_nobody_wants_it() -> None:
    """One share for all."""
    shares = Shares({}, 0)
    shares.close("trend", "X", 1.0)
    shares.close("mean", "Y", 1.0)
    assert told(shares) == {("other", "other"): (2.0, 2)}


@pytest.mark.parametrize("name", ["s" * (LONGEST + 1), "é" * (LONGEST // 2 + 1)])
def test_a_name_that_no_scrape_would_take_is_no_label(name: str) -> None:
    """Prometheus counts bytes and refuses all that the service exports; the trade counts all the same."""
    shares = Shares({}, 5)
    assert shares.begin(name, "X") == [("strategies", name)]
    shares.close(name, "X", 3.0)
    shares.begin("s" * LONGEST, "X")
    assert told(shares) == {("other", "X"): (3.0, 1), ("s" * LONGEST, "X"): (0.0, 0)}


def test_other_takes_no_place_and_what_was_known_keeps_its_own() -> None:
    """A state that was kept under a wider bound is not told anew under a narrower one."""
    shares = Shares({"other": {"X": Share(1.0, 1)}, "a": {"X": Share()}, "b": {"X": Share()}}, 1)
    shares.close("a", "Y", 8.0)
    shares.close("b", "X", 2.0)
    shares.close("c", "X", 4.0)
    assert told(shares) == {
        ("other", "X"): (5.0, 2),
        ("a", "X"): (0.0, 0),
        ("b", "X"): (2.0, 1),
        ("a", "other"): (8.0, 1),
    }
    fresh = Shares({"other": {"X": Share()}}, 1)
    fresh.close("a", "X", 1.0)
    assert told(fresh) == {("other", "X"): (0.0, 0), ("a", "X"): (1.0, 1)}


def test_what_is_new_or_has_changed_is_told_once() -> None:
    """All that a state brings at first, then a share that begins or whose trade ends."""
    shares = Shares({"a": {"X": Share()}}, 5)
    assert set(shares.news) == {("a", "X")}
    shares.news.clear()
    shares.begin("a", "X")
    assert shares.news == {}
    shares.begin("b", "X")
    shares.close("a", "X", 1.0)
    assert shares.news == {("b", "X"): Share(), ("a", "X"): Share(1.0, 1)}
