"""Texts that look like secrets wherever they stand, each tried only where one of its hints occurs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amaie_telemetry.contract import Redaction


class Shapes:
    """The shapes of the contract, compiled."""

    def __init__(self, rules: Redaction) -> None:
        """Compile the patterns of the contract."""
        self._mask = rules.mask
        self._shapes = [(shape, re.compile(shape.pattern)) for shape in rules.shapes]
        hints = sorted({hint for shape in rules.shapes for hint in shape.hints})
        self._any_hint = re.compile("|".join(re.escape(hint) for hint in hints))

    def mask(self, text: str) -> tuple[str, int]:
        """Return a text with every secret masked, and how many there were."""
        lower = text.lower()
        if self._any_hint.search(lower) is None:
            return text, 0
        count = 0
        for shape, pattern in self._shapes:
            if any(hint in lower for hint in shape.hints):
                text, found = self._sub(pattern, text)
                count += found
        return text, count

    def _sub(self, pattern: re.Pattern[str], text: str) -> tuple[str, int]:
        masked = 0

        def replace(match: re.Match[str]) -> str:
            nonlocal masked
            group = 1 if pattern.groups and match.group(1) is not None else 0
            if self._mask in match.group(group):
                return match.group()
            masked += 1
            start, end = match.start(group) - match.start(), match.end(group) - match.start()
            whole = match.group()
            return whole[:start] + self._mask + whole[end:]

        return pattern.sub(replace, text), masked
