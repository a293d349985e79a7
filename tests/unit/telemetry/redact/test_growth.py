"""What redaction costs grows with a text no more than in proportion, whatever the text is made of."""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact import Redactor
from regexes import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = contract.load().redaction
SMALL, TIMES = 1_024, 8
STEEP = 3 * TIMES
"""A text eight times as long may cost three times the proportion; quadratic would be sixty-four times."""
TRIES = 4
PIECES = (
    "a",
    "1",
    " ",
    "=",
    '"',
    "\\",
    "%41",
    "&amp;",
    "[1, 2], ",
    "api_key=",
    "{",
    "eyJ",
    "\n",
    "é",
    "-----BEGIN ",
)


def units() -> Iterator[tuple[str, str]]:
    """Yield what hostile texts repeat: samples of each shape, whole and cut short, and single pieces."""
    for piece in PIECES:
        yield f"piece {piece!r}", piece
    for shape in RULES.shapes:
        source = re.sub(r"\(\?i\)", "", shape.pattern)
        text, _ = samples.sample(source, random.Random(shape.name))  # noqa: S311 (no secret is made)
        for cut in (len(text), len(text) // 2, max(len(text) - 1, 1)):
            yield f"{shape.name} cut at {cut}", text[:cut][:SMALL]


def cost(redactor: Redactor, text: str) -> float:
    """Return the least processor time, in seconds, of a few runs; the memory of texts cannot help."""
    best = float("inf")
    for turn in range(3):
        start = time.thread_time()
        redactor.text(f"{text}{turn}")
        best = min(best, time.thread_time() - start)
    return best


@pytest.mark.parametrize(
    ("name", "unit"), list(units()), ids=lambda value: value if len(value) < 40 else "unit"
)
def test_a_longer_text_of_the_same_kind_costs_in_proportion(name: str, unit: str) -> None:
    """Near misses of every shape, repeated: two sizes are measured side by side, and again if in doubt."""
    redactor = Redactor(contract.load())
    ratio = 0.0
    for _ in range(TRIES):
        small = (unit * (SMALL // len(unit) + 1))[:SMALL]
        large = (unit * (SMALL * TIMES // len(unit) + 1))[: SMALL * TIMES]
        ratio = cost(redactor, large) / max(cost(redactor, small), 50e-6)
        if ratio <= STEEP:
            return
    pytest.fail(f"{name}: a text {TIMES} times as long costs {ratio:.0f} times as much")
