"""Texts that look like secrets wherever they stand, each tried only where one of its hints occurs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amaie_telemetry.contract import Shape

Span = tuple[int, int]


class Shapes:
    """Compiled shapes of the contract."""

    def __init__(self, shapes: Iterable[Shape], mask: str) -> None:
        """Compile the patterns; a text that holds the mask already is not found again."""
        self._mask = mask
        self._shapes = [(s.hints, re.compile(s.pattern), CHECKS[s.check] if s.check else None) for s in shapes]
        hints = sorted({hint for hints, *_ in self._shapes for hint in hints})
        self._any_hint = re.compile("|".join(_any_case(hint) for hint in hints))

    def possible(self, text: str) -> bool:
        """Return whether any shape could be in a text: quick, and mostly no."""
        return self._any_hint.search(text) is not None

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where secrets stand in a text."""
        lower = text.lower()
        for hints, pattern, check in self._shapes:
            if not any(hint in lower for hint in hints):
                continue
            position = 0
            while (match := pattern.search(text, position)) is not None:
                group = match.lastindex or 0
                start, end = match.span(group)
                if self._mask not in match.group(group) and (check is None or check(match)):
                    yield start, end
                    position = max(end, match.start() + 1)
                else:
                    position = max(start, match.start() + 1)


def masked(text: str, spans: Iterable[Span], mask: str) -> tuple[str, int]:
    """Return a text with the mask in place of the spans, touching ones as one, and how many masks that took."""
    parts: list[str] = []
    last = count = 0
    for start, end in sorted(spans):
        if start > last or (start == last == 0):
            parts += [text[last:start], mask]
            count += 1
        last = max(last, end)
    return "".join([*parts, text[last:]]) if count else text, count


def _any_case(hint: str) -> str:
    """Return a pattern of a hint in any case whose first character is a literal: `re` is much quicker with that."""
    rest = "".join(f"[{char}{char.upper()}]" if char.isalpha() else re.escape(char) for char in hint[1:])
    first = hint[0]
    return f"{re.escape(first)}{rest}|{first.upper()}{rest}" if first.isalpha() else f"{re.escape(first)}{rest}"
