"""Texts that look like secrets wherever they stand, each tried only where one of its hints occurs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from amaie_telemetry.redact.checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from amaie_telemetry.contract import Shape

Span = tuple[int, int]

_GATE = re.compile(r"[A-Za-z0-9+/_=-]{16}|[0-9][0-9 ()-]{6}")
"""What every text without a telling word has, if it holds a secret: a long word, or digits."""
_LONG = "{16,"
"""How a pattern says that it wants a word of 16 characters or more."""


class _Compiled(NamedTuple):
    hints: frozenset[str]
    pattern: re.Pattern[str]
    check: Callable[[re.Match[str]], bool] | None
    long: bool  # it matches no text without a long word


class Shapes:
    """Compiled shapes of the contract."""

    def __init__(self, shapes: Iterable[Shape], mask: str) -> None:
        """Compile the patterns; a text that holds the mask already is not found again."""
        self._mask = mask
        self._shapes = [
            _Compiled(
                frozenset(shape.hints),
                re.compile(shape.pattern),
                CHECKS[shape.check] if shape.check else None,
                _LONG in shape.pattern,
            )
            for shape in shapes
        ]
        self._hints = tuple(sorted({hint for shape in self._shapes for hint in shape.hints if hint}))

    def candidates(self, text: str) -> list[_Compiled]:
        """Return the shapes that could be in a text: quick, and mostly none."""
        lower = text.lower()
        present = {hint for hint in self._hints if hint in lower}
        gate = _GATE.search(text) is not None
        if gate:
            present.add("")
        if not present:
            return []
        return [
            shape
            for shape in self._shapes
            if (gate or not shape.long) and not present.isdisjoint(shape.hints)
        ]

    def spans(self, text: str, candidates: Iterable[_Compiled] | None = None) -> Iterator[Span]:
        """Yield where secrets stand in a text."""
        for _, pattern, check, _ in self.candidates(text) if candidates is None else candidates:
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
    """Return a text with the mask in place of the spans, touching ones as one, and how many that took."""
    parts: list[str] = []
    last = count = 0
    for start, end in sorted(spans):
        if start > last or (start == last == 0):
            parts += [text[last:start], mask]
            count += 1
        last = max(last, end)
    return "".join([*parts, text[last:]]) if count else text, count
