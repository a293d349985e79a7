"""Texts that look like secrets wherever they stand, each tried only where one of its hints occurs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from amaie_telemetry.redact.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amaie_telemetry.contract import Redaction, Shape
    from amaie_telemetry.redact.checks import Check, Checks


class _Compiled(NamedTuple):
    name: str
    hints: frozenset[str]
    pattern: re.Pattern[str]
    check: Check | None


class Shapes:
    """Compiled shapes of the contract."""

    def __init__(self, rules: Redaction, shapes: Iterable[Shape], checks: Checks) -> None:
        """Compile the patterns; a text that holds the mask already is not found again."""
        self._mask, self._reread = rules.mask, rules.bounds.reread_chars
        # What every text without a telling word has, if it holds a secret: a long word, or digits.
        gate = (
            rf"[A-Za-z0-9+/_=-]{{{rules.bounds.gate_chars}}}|[0-9][0-9 ()-]{{{rules.bounds.gate_digits - 1}}}"
        )
        self._gate = re.compile(gate)
        self._shapes = [
            _Compiled(
                shape.name,
                frozenset(shape.hints),
                re.compile(shape.pattern),
                checks.table[shape.check] if shape.check else None,
            )
            for shape in shapes
        ]
        hints = {hint for shape in self._shapes for hint in shape.hints if hint}
        self._hints = tuple(sorted(hints, key=lambda hint: (len(hint), hint)))
        self._digitless = tuple(dict.fromkeys(re.sub("[1-9]", "0", hint) for hint in self._hints))

    def possible(self, text: str, lower: str) -> bool:
        """Return whether a text with zeros for digits could have any of the shapes; quick."""
        for hint in self._digitless:
            if hint in lower:
                return True
        return self._gate.search(text) is not None

    def candidates(self, text: str, lower: str) -> list[_Compiled]:
        """Return the shapes that could be in a text: quick, and mostly none."""
        present = {hint for hint in self._hints if hint in lower}
        if self._gate.search(text) is not None:
            present.add("")
        if not present:
            return []
        return [shape for shape in self._shapes if not present.isdisjoint(shape.hints)]

    def spans(self, text: str, candidates: Iterable[_Compiled]) -> Iterator[Evidence]:
        """Yield where secrets stand in a text."""
        for name, _, pattern, check in candidates:
            position = 0
            while (match := pattern.search(text, position)) is not None:
                group = match.lastindex or 0
                span = match.span(group) if check is None else check(match)
                if span is not None and self._mask not in match.group(group):
                    yield Evidence(*span, name, "its form" if check is None else "its form and a check")
                    position = max(span[1], match.start() + 1)
                else:
                    long = (
                        match.end() - match.start(group) > self._reread
                    )  # read once: it is not looked into again
                    position = match.end() if long else max(match.start(group), match.start() + 1)
