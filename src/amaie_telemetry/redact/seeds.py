"""Seed phrases of wallets: runs of BIP-39 words of one language whose checksum is right."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.contract import Redaction

    Span = tuple[int, int]
    Found = tuple[int, int, dict[str, int]]


@cache
def words() -> dict[str, dict[str, int]]:
    """Return for every word its place in the lists of the languages that have it."""
    lists = msgspec.json.decode(files("amaie_telemetry").joinpath("generated/seed_words.json").read_bytes())
    made: dict[str, dict[str, int]] = {}
    for language, entries in lists["lists"].items():
        for index, word in enumerate(entries):
            made.setdefault(word, {})[language] = index
    return made


class Seeds:
    """Finds seed phrases in texts."""

    def __init__(self, rules: Redaction) -> None:
        """Take pattern and bounds of the contract."""
        bounds = rules.bounds
        self._word = re.compile(rules.patterns["seed_word"])
        self.sizes = bounds.seed_words
        self._shortest, self._longest, self._gap = (
            bounds.seed_chars,
            bounds.seed_run_words,
            bounds.seed_gap_chars,
        )

    def possible(self, text: str) -> bool:
        """Return whether a text has words enough for a phrase; quick."""
        if len(text) < self._shortest and text.isascii():
            return False
        return sum(_known(word) is not None for word in self._word.findall(text.lower())) >= self.sizes[0]

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where seed phrases stand in a text."""
        found: list[Found] = []
        for match in self._word.finditer(text):
            languages = _known(match.group().lower())
            if languages is not None:
                found.append((*match.span(), languages))
        for language in dict.fromkeys(language for *_, languages in found for language in languages):
            yield from self._of_language(found, language)

    def _of_language(self, found: list[Found], language: str) -> Iterator[Span]:
        run: list[tuple[int, int, int]] = []
        for start, end, languages in found:
            index = languages.get(language)
            if index is None or (run and start - run[-1][1] > self._gap):
                yield from self._phrases(run)
                run = []
            if index is not None:
                run.append((start, end, index))
        yield from self._phrases(run)

    def _phrases(self, run: list[tuple[int, int, int]]) -> Iterator[Span]:
        if len(run) > self._longest:  # no sentence is made of so many such words
            yield run[0][0], run[-1][1]
            return
        # Every start: words before a phrase may have a right checksum, too.
        for at in range(len(run) - self.sizes[0] + 1):
            size = self.phrase([index for *_, index in run[at : at + self.sizes[-1]]])
            if size:
                yield run[at][0], run[at + size - 1][1]

    def phrase(self, indexes: list[int]) -> int:
        """Return how many of these words, from the first, are a phrase with a right checksum; 0 if none."""
        found = number = 0
        for count, index in enumerate(indexes, start=1):
            number = number << 11 | index
            if count in self.sizes and _right(number, count):
                found = count
        return found


def _known(word: str) -> dict[str, int] | None:
    return words().get(word if word.isascii() else unicodedata.normalize("NFC", word))


def _right(number: int, count: int) -> bool:
    """Return whether the last bits, a third of a bit for each word, are the checksum of the others."""
    bits = count // 3
    entropy = (number >> bits).to_bytes(bits * 4, "big")
    return hashlib.sha256(entropy).digest()[0] >> (8 - bits) == number & (1 << bits) - 1
