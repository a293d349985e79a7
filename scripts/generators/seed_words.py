"""The words of BIP-39 in all its languages, of which seed phrases are made, for library and Logstash."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from generators import output

if TYPE_CHECKING:
    from pathlib import Path

    from generators.model import Model

FOLDER = "spec/seed_words"
PATHS = ("logstash/generated/seed_words.json", "src/amaie_telemetry/generated/seed_words.json")
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


def render(model: Model) -> dict[str, str]:
    """Return the lists, once for Logstash and once for the Python package."""
    lists = {"_": output.mark(FOLDER), "lists": model.seed_words}
    text = json.dumps(lists, ensure_ascii=False, separators=(",", ":")) + "\n"
    return dict.fromkeys(PATHS, text)
