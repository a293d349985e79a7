"""`pattern % arguments` in bounded time and space: a pattern may ask for a billion spaces, or be endless."""

from __future__ import annotations

import re
from typing import Any

from amaie_telemetry.clipping import ELLIPSIS, MAX_TEXT

MAX_WIDTH = "999"
"""The largest width or precision that is used as it stands: more digits than these ask for this many."""
_WILD = re.compile(r"%[^%]*?(?:[0-9]{4}|\*)")
"""What may be a width of four digits or one given as an argument, or only a number behind a place."""
_PLACE = re.compile(
    r"%(?:(?P<key>\((?:[^()]++|\([^()]*+\))*+\))?+(?P<flags>[#0\- +]*+)(?P<width>\*|[0-9]++)?+"
    r"(?:\.(?P<precision>\*|[0-9]*+))?+[hlL]?+(?P<kind>[^0-9.*(hlL#+ -]))?",
    re.DOTALL,
)
_MEMORY = 2048
_tame: set[str] = set()


def filled(pattern: str, args: Any) -> str:
    """Return a pattern filled with its arguments; a text of bounded size as long as theirs are bounded.

    Raises:
        Exception: As `%` does, whatever the pattern wants of its arguments.
    """
    if pattern not in _tame:
        if len(pattern) > MAX_TEXT or _WILD.search(pattern):
            pattern, args = _tamed(pattern, args)
        else:
            if len(_tame) >= _MEMORY:
                _tame.clear()
            _tame.add(pattern)
    made: str = pattern % args
    return made


def _tamed(pattern: str, args: Any) -> tuple[str, Any]:
    """Return a pattern whose widths are bounded, cut with its arguments where it is too long."""
    given = list(args) if type(args) is tuple else None
    parts: list[str] = []
    last = used = 0
    end = MAX_TEXT
    for place in _PLACE.finditer(pattern, 0, MAX_TEXT):
        if place["kind"] is None:  # no place: a mistake, or what the cut went through
            end = place.start()
            break
        parts.append(pattern[last : place.start()])
        last = place.end()
        sizes: list[str] = []
        for size in (place["width"], place["precision"]):
            sizes.append(_size(size or ""))
            if size == "*":
                used = _bound(given, used)
        dot = "" if place["precision"] is None else "."
        parts += ["%", place["key"] or "", place["flags"], sizes[0], dot, sizes[1], place["kind"]]
        used += place["kind"] != "%" and not place["key"]
    if len(pattern) <= MAX_TEXT:
        return "".join([*parts, pattern[last:]]), args if given is None else tuple(given)
    parts += [pattern[last:end], f"{ELLIPSIS}[{len(pattern)} characters]"]
    return "".join(parts), args if given is None else tuple(given[:used])


def _size(digits: str) -> str:
    short = digits.lstrip("0") or digits[:1]
    return short if len(short) <= len(MAX_WIDTH) else MAX_WIDTH


def _bound(given: list[Any] | None, used: int) -> int:
    """Bound the argument that is a width, and return the place of the next one."""
    if given is not None and used < len(given) and type(given[used]) is int:
        given[used] = min(max(given[used], -int(MAX_WIDTH)), int(MAX_WIDTH))
    return used + 1
