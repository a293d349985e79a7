"""Seed phrases of wallets: runs of BIP-39 words whose checksum is right."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.bip39_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.redact.shapes import Span

SIZES = (12, 15, 18, 21, 24)
_INDEX = {word: index for index, word in enumerate(WORDS)}
_WORD = re.compile("[A-Za-z]+")
SHORTEST = 47
"""Characters of a phrase at least: twelve words of three letters, and what stands between them."""
LONGEST = 72
_GAP = 12
"""Characters between two words of one phrase at most: a comma, a line break, the number of the word."""


def possible(text: str) -> bool:
    """Return whether a text has words enough for a phrase; quick."""
    return len(text) >= SHORTEST and sum(map(_INDEX.__contains__, _WORD.findall(text.lower()))) >= SIZES[0]


def spans(text: str) -> Iterator[Span]:
    """Yield where seed phrases stand in a text."""
    run: list[tuple[int, int, int]] = []
    for match in _WORD.finditer(text):
        index = _INDEX.get(match.group().lower())
        if index is None or (run and match.start() - run[-1][1] > _GAP):
            yield from _phrases(run)
            run = []
        if index is not None:
            run.append((*match.span(), index))
    yield from _phrases(run)


def _phrases(run: list[tuple[int, int, int]]) -> Iterator[Span]:
    if len(run) > LONGEST:  # no sentence is made of so many such words
        yield run[0][0], run[-1][1]
        return
    at = 0
    while at + SIZES[0] <= len(run):
        size = phrase([index for *_, index in run[at : at + SIZES[-1]]])
        if size:
            yield run[at][0], run[at + size - 1][1]
        at += size or 1


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
