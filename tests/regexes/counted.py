"""How much a pattern can cost at one place of a text: the prover takes long bounded ones for slow ones."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_parser: Any = getattr(re, "_parser")  # noqa: B009 (Python's own reading of a pattern; there is no public one)
_constants: Any = getattr(re, "_constants")  # noqa: B009

MOST = 4096
"""Steps at one place up to which a pattern counts as linear: that many at each character of a text."""
_ENDLESS = 10**9
"""More than any bound: what is not counted further."""
_ONE = {_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY}
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}


class _Cost(NamedTuple):
    """In how many ways a part can read what stands at a place, and the steps of trying all of them."""

    ways: int
    steps: int


def steps(source: str, flags: int = 0) -> int | None:
    """Return how many characters a pattern looks at from one place, at most; None if there is no such bound.

    Every way to read is counted as tried, but for what an atomic group or a possessive repetition gives up.
    """
    found = _sequence(_parser.parse(source, flags)).steps
    return None if found >= _ENDLESS else found


def _sequence(tree: Any) -> _Cost:
    ways, total = 1, 0
    for kind, value in tree:
        part = _part(kind, value)
        total += ways * part.steps
        ways *= part.ways
        if total >= _ENDLESS:
            return _Cost(ways, _ENDLESS)
    return _Cost(ways, total)


def _part(kind: Any, value: Any) -> _Cost:
    if kind in _ONE:
        return _Cost(1, 1)
    if kind is _constants.AT:
        return _Cost(1, 0)
    if kind is _constants.SUBPATTERN:
        return _sequence(value[-1])
    if kind is _constants.BRANCH:
        return _Cost(*map(sum, zip(*map(_sequence, value[1]), strict=True)))
    if kind in _REPEATS:
        return _repeated(*value)
    return _Cost(1, _kept(kind, value))


def _kept(kind: Any, value: Any) -> int:
    """Return the steps of a part that keeps the first way it finds."""
    if kind is _constants.POSSESSIVE_REPEAT:
        return _repeated(*value).steps
    if kind is _constants.ATOMIC_GROUP:
        return _sequence(value).steps
    if kind in {_constants.ASSERT, _constants.ASSERT_NOT}:
        return _sequence(value[1]).steps
    return _ENDLESS


def _repeated(least: int, most: int, inner: Any) -> _Cost:
    once = _sequence(inner)
    if most > MOST:
        return _Cost(1, _ENDLESS)
    ways = total = 0
    reached = 1
    for count in range(most + 1):
        if count >= least:
            ways += reached
        if count < most:
            total += reached * once.steps
            reached *= once.ways
        if total >= _ENDLESS:
            return _Cost(1, _ENDLESS)
    return _Cost(ways, total)
