"""One piece of evidence: where something stands that must not be written, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Evidence(NamedTuple):
    """A span of a text, the rule that found it, and why it did."""

    start: int
    end: int
    rule: str
    why: str = ""


def masked(text: str, found: Iterable[Evidence], mask: str) -> tuple[str, int]:
    """Return a text with the mask in place of what was found, touching spans as one, and their number."""
    parts: list[str] = []
    last = count = 0
    for start, end, *_ in sorted(found):
        if start > last or (start == last == 0):
            parts += [text[last:start], mask]
            count += 1
        last = max(last, end)
    return "".join([*parts, text[last:]]) if count else text, count
