"""The words of BIP-39 in all its languages, of which seed phrases are made: one file a language."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "spec/seed_words"
SIZE = 2048


def read(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the lists of a folder, one file a language, one word a line.

    Raises:
        ValueError: A list has another number of words than BIP-39 says.
    """
    lists: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.txt")):
        words = unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).split()
        if len(words) != SIZE:
            raise ValueError(f"{path}: a list of BIP-39 has {SIZE} words; this one has {len(words)}")
        lists[path.stem] = tuple(words)
    return lists
