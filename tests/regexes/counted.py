"""How much a pattern can cost at one place of a text: the prover takes long bounded ones for slow ones."""

from __future__ import annotations

import re
from typing import Any

_parser: Any = getattr(re, "_parser")  # noqa: B009 (Python's own reading of a pattern; there is no public one)
_constants: Any = getattr(re, "_constants")  # noqa: B009

MOST = 4096
"""Steps at one place up to which a pattern counts as linear: that many at each character of a text."""


def steps(source: str, flags: int = 0) -> int | None:
    """Return how many steps a pattern takes at one place at most; None if it may read on to the end."""
    tree = _parser.parse(source, flags)
    if tree.getwidth()[1] > MOST:
        return None
    return _ways(tree) * max(1, int(tree.getwidth()[1]))


def _ways(tree: Any) -> int:
    """Return in how many ways a pattern can read a text: each is tried at most once."""
    ways = 1
    for kind, value in tree:
        if kind is _constants.BRANCH:
            ways *= sum(_ways(branch) for branch in value[1])
        elif kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}:
            least, most, inner = value
            ways *= (most - least + 1) * _ways(inner) ** min(most, MOST)
        elif kind is _constants.SUBPATTERN:
            ways *= _ways(value[-1])
        elif kind in {_constants.ATOMIC_GROUP, _constants.ASSERT, _constants.ASSERT_NOT}:
            ways *= _ways(value[1] if isinstance(value, tuple) else value)
        if ways > MOST * MOST:
            return ways
    return ways
