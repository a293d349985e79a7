"""Seed phrases of wallets: runs of BIP-39 words whose checksum is right."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.bip39_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.redact.shapes import Span

SIZES = (24, 21, 18, 15, 12)
_INDEX = {word: index for index, word in enumerate(WORDS)}
_WORD = re.compile("[A-Za-z]+")
SHORTEST = 47
"""Characters of a phrase at least: twelve words of three letters, and what stands between them."""
_GAP = 12
"""Characters between two words of one phrase at most: a comma, a line break, the number of the word."""


def possible(text: str) -> bool:
    """Return whether a text has words enough for a phrase; quick."""
    return len(text) >= SHORTEST and sum(map(_INDEX.__contains__, _WORD.findall(text.lower()))) >= SIZES[-1]


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
    at = 0
    while at + SIZES[-1] <= len(run):
        size = next((size for size in SIZES if valid([index for *_, index in run[at : at + size]], size)), 0)
        if size:
            yield run[at][0], run[at + size - 1][1]
        at += size or 1


def valid(indexes: list[int], size: int) -> bool:
    """Return whether word numbers are a phrase of that size whose checksum is right."""
    if len(indexes) != size:
        return False
    bits = "".join(f"{index:011b}" for index in indexes)
    checksum = size // 3
    entropy = int(bits[:-checksum], 2).to_bytes((len(bits) - checksum) // 8, "big")
    return f"{hashlib.sha256(entropy).digest()[0]:08b}"[:checksum] == bits[-checksum:]
