"""Order books written into a text: by `repr`, as JSON, as a table; linear in the text's length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.books import Levels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amaie_telemetry.contract import Redaction

Span = tuple[int, int]
Pair = tuple[float, float]


class Books:
    """Finds the levels of books in texts."""

    def __init__(self, rules: Redaction) -> None:
        """Compile the patterns of the contract."""

        def pattern(name: str) -> re.Pattern[str]:
            return re.compile(rules.patterns[name])

        def whole(name: str) -> Callable[..., re.Match[str] | None]:
            return re.compile(rules.patterns[name]).fullmatch

        self._levels = Levels(rules)
        self._fewest = rules.named_levels
        self._back, self._head_lines = rules.bounds.side_chars, rules.bounds.head_lines
        self._level, self._gap, self._number = pattern("level"), whole("level_gap"), pattern("level_number")
        self._side, self._row = pattern("level_side"), whole("level_row")
        self._price, self._amount = pattern("level_head"), pattern("level_amount")

    def possible(self, text: str) -> bool:
        """Return whether a text has enough separators for some levels; quick."""
        return (
            text.count(",") >= self._fewest
            or text.count(":") > self._fewest
            or text.count("\n") >= self._fewest
        )

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where the levels of a book stand in a text."""
        if not self.possible(text):
            return
        start = end = 0
        pairs: list[Pair] = []
        for match in self._level.finditer(text):
            if pairs and not self._gap(text, end, match.start()):
                if self._is_book(text, start, pairs):
                    yield start, end
                pairs = []
            if not pairs:
                start = match.start()
            pairs.append(self._pair(match.group()))
            end = match.end()
        if self._is_book(text, start, pairs):
            yield start, end
        yield from self._tables(text)

    def _is_book(self, text: str, start: int, pairs: list[Pair]) -> bool:
        if len(pairs) < self._fewest:
            return False
        named = self._side.search(text[max(0, start - self._back) : start].lower()) is not None
        return self._levels.many(pairs, named=named)

    def _pair(self, level: str) -> Pair:
        numbers = [float(number) for number in self._number.findall(level)[:2]]
        return (numbers[0], numbers[1]) if len(numbers) > 1 else (0.0, 0.0)

    def _tables(self, text: str) -> Iterator[Span]:
        """Yield the rows below a head that names a price and an amount."""
        lower = text.lower()
        if "\n" not in text or not (self._price.search(lower) and self._amount.search(lower)):
            return
        place = rows = start = 0
        above: list[str] = []
        for line in text.split("\n"):
            if self._row(line.rstrip("\r")):
                start, rows = (start, rows + 1) if rows else (place, 1)
            elif rows and ("..." in line or "…" in line):
                pass
            else:
                if rows >= self._fewest and self._is_head(above):
                    yield start, place - 1
                if rows:
                    above, rows = [], 0
                above = [*above, line.lower()][-self._head_lines :]
            place += len(line) + 1
        if rows >= self._fewest and self._is_head(above):
            yield start, len(text)

    def _is_head(self, lines: list[str]) -> bool:
        head = " ".join(lines)
        return bool(self._price.search(head) and self._amount.search(head))
