"""One piece of evidence: where something stands that must not be written, and by which rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amaie_telemetry.contract import Redaction


class Evidence(NamedTuple):
    """A span of a text, the rule that found it, and why it did."""

    start: int
    end: int
    rule: str
    why: str = ""


class Masking:
    """Puts the mask in place of what was found in a text."""

    def __init__(self, rules: Redaction) -> None:
        """Compile what goes on behind a span that met the bound of its pattern."""
        self._mask, self._cut = rules.mask, rules.bounds.cut_chars
        self._rest, self._mixed = (re.compile(rules.patterns[name]) for name in ("rest", "mixed"))

    def masked(self, text: str, found: Iterable[Evidence]) -> tuple[str, int]:
        """Return a text with the mask in place of spans, touching ones as one, and their number."""
        parts: list[str] = []
        last = count = 0
        values: set[str] = set()
        for start, end, *_ in sorted(found):
            if start > last or (start == last == 0):
                parts += [text[last:start], self._mask]
                count += 1
            if end > last:
                values.add(text[max(start, last) : end])
                last = self._whole(text, start, end)
        if not count:
            return text, 0
        return self._elsewhere("".join([*parts, text[last:]]), values), count

    def _elsewhere(self, text: str, values: set[str]) -> str:
        """Return a text without the values that were masked at one of their places only."""
        for value in sorted(values, key=len, reverse=True):
            if value in text and self._mixed.match(value):
                text = text.replace(value, self._mask)
        return text

    def _whole(self, text: str, start: int, end: int) -> int:
        """Return where the word ends in which a long span ends: patterns are bounded, secrets are not."""
        if end - start < self._cut:
            return end
        rest = self._rest.match(text, end - 1)
        return end if rest is None else rest.end()
