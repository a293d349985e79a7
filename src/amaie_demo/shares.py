"""What each strategy of the simulated trader has made in each symbol: a pure function of seed and time.

The strategies take turns at the symbols, so how often each has closed a position is known without counting.
What they have made are parts of the account's gain that add up to it.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from amaie_demo.market import ACCOUNT_OPENED, CLOSE_EVERY, DAY, INSTRUMENTS, wave

STRATEGIES: Final = ("trend_follow", "mean_revert")
TURNS: Final = tuple(product(STRATEGIES, (instrument.symbol for instrument in INSTRUMENTS)))
"""Strategy and symbol of each position of a round, in the order of time."""
_PARTS: Final = (0.45, 0.25, 0.1, 0.2)
_LUCK: Final = 40.0  # of the quote currency


def whose(number: int) -> tuple[str, str]:
    """Return strategy and symbol of the *number*-th position that is closed."""
    return TURNS[number % len(TURNS)]


def trades(time: int) -> dict[tuple[str, str], int]:
    """Return how many positions each strategy has closed in each symbol since the account was opened."""
    number = max(0, (time - ACCOUNT_OPENED) // CLOSE_EVERY)
    return {pair: (number - turn) // len(TURNS) + (turn > 0) for turn, pair in enumerate(TURNS)}


def realised(seed: int, time: float, gain: float) -> dict[tuple[str, str], float]:
    """Return what each strategy has made in each symbol of an account that has gained so much."""
    luck = [_LUCK * wave(seed, f"luck {strategy} {symbol}", time, DAY) for strategy, symbol in TURNS]
    return {
        pair: part * gain + own - sum(luck) / len(luck)
        for pair, part, own in zip(TURNS, _PARTS, luck, strict=True)
    }
