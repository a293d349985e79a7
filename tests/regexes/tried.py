"""Tries a text that the prover takes for slow on the engine that runs the pattern: is it?

The prover knows no atomic group; it judges a stand-in that looks ahead and back, and counts its steps.
"""

from __future__ import annotations

import json
import math
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ruby import jruby

if TYPE_CHECKING:
    from collections.abc import Callable

    from regexes.patterns import Pattern

    Pieces = list[tuple[str, bool]]
    """A text: pieces that stand as they are, and pieces that repeat."""

GROWTH = 8
"""How much longer the second text is."""
CHARS = 1_000
"""Characters of the first text, about; twice as many until the engine needs long enough to be measured."""
LEAST_SECONDS = 0.01
MOST = 1.5
"""The exponent up to which growth counts as linear: 1 is, 2 is quadratic."""
ROUNDS = 3
RUBY = Path(__file__).with_name("tried.rb")


def exponent(pattern: Pattern, attack: Pieces) -> float:
    """Return with which power of its length the time grows that the pattern needs for the prover's text."""
    seconds = _ruby(pattern) if pattern.ruby else _python(pattern)
    chars = CHARS
    while True:
        first, second = seconds([text(attack, chars), text(attack, chars * GROWTH)])
        if first >= LEAST_SECONDS or second >= LEAST_SECONDS * GROWTH**2:
            return round(math.log(second / first, GROWTH), 2)
        chars *= 2


def text(attack: Pieces, chars: int) -> str:
    """Return the prover's text with so many characters, about."""
    repeated = sum(len(piece) for piece, repeats in attack if repeats)
    return "".join(piece * (chars // repeated) if repeats else piece for piece, repeats in attack)


def _python(pattern: Pattern) -> Callable[[list[str]], list[float]]:
    compiled = re.compile(pattern.source, pattern.flags)

    def seconds(texts: list[str]) -> list[float]:
        return [min(once(one) for _ in range(ROUNDS)) for one in texts]

    def once(one: str) -> float:
        start = time.process_time()
        if pattern.anchored:
            compiled.match(one)
        else:
            for _ in compiled.finditer(one):
                pass
        return time.process_time() - start

    return seconds


def _ruby(pattern: Pattern) -> Callable[[list[str]], list[float]]:
    def seconds(texts: list[str]) -> list[float]:
        asked = {
            "source": pattern.source,
            "flags": pattern.flags & re.IGNORECASE,
            "texts": texts,
            "rounds": ROUNDS,
        }
        answer: list[float] = json.loads(jruby.run(RUBY, text=json.dumps(asked)))
        return answer

    return seconds
