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

SIZES = (12, 15, 18, 21, 24)
SHORTEST = 47
"""Characters of a phrase in Latin letters at least: twelve words of three letters, and the blanks between."""
LONGEST = 72
_GAP = 12
"""Characters between two words of one phrase at most: a comma, a line break, the number of the word."""


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
        """Compile the pattern of a word."""
        self._word = re.compile(rules.patterns.get("seed_word", "(?!)"))

    def possible(self, text: str) -> bool:
        """Return whether a text has words enough for a phrase; quick."""
        if len(text) < SHORTEST and text.isascii():
            return False
        return sum(_known(word) is not None for word in self._word.findall(text.lower())) >= SIZES[0]

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where seed phrases stand in a text."""
        found: list[Found] = []
        for match in self._word.finditer(text):
            languages = _known(match.group().lower())
            if languages is not None:
                found.append((*match.span(), languages))
        for language in dict.fromkeys(language for *_, languages in found for language in languages):
            yield from _of_language(found, language)


def _known(word: str) -> dict[str, int] | None:
    return words().get(word if word.isascii() else unicodedata.normalize("NFC", word))


def _of_language(found: list[Found], language: str) -> Iterator[Span]:
    run: list[tuple[int, int, int]] = []
    for start, end, languages in found:
        index = languages.get(language)
        if index is None or (run and start - run[-1][1] > _GAP):
            yield from _phrases(run)
            run = []
        if index is not None:
            run.append((start, end, index))
    yield from _phrases(run)


def _phrases(run: list[tuple[int, int, int]]) -> Iterator[Span]:
    if len(run) > LONGEST:  # no sentence is made of so many such words
        yield run[0][0], run[-1][1]
        return
    for at in range(
        len(run) - SIZES[0] + 1
    ):  # every start: words before a phrase may have a right checksum, too
        size = phrase([index for *_, index in run[at : at + SIZES[-1]]])
        if size:
            yield run[at][0], run[at + size - 1][1]


def phrase(indexes: list[int]) -> int:
    """Return how many of these words, from the first on, are a phrase with a right checksum; 0 if none."""
    found = number = 0
    for count, index in enumerate(indexes, start=1):
        number = number << 11 | index
        if count in SIZES and _right(number, count):
            found = count
    return found


def _right(number: int, count: int) -> bool:
    """Return whether the last bits, a third of a bit for each word, are the checksum of the others."""
    bits = count // 3
    entropy = (number >> bits).to_bytes(bits * 4, "big")
    return hashlib.sha256(entropy).digest()[0] >> (8 - bits) == number & (1 << bits) - 1
