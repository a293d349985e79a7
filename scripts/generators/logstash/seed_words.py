"""The words of seed phrases as one file each for the library and for Logstash's scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from generators.shared import output
from generators.spec.seed_words import FOLDER

if TYPE_CHECKING:
    from generators.spec.model import Model

PATHS = ("logstash/generated/seed_words.json", "src/amaie_telemetry/generated/seed_words.json")


def render(model: Model) -> dict[str, str]:
    """Return the lists, once for Logstash and once for the Python package."""
    lists = {"_": output.mark(FOLDER), "lists": model.seed_words}
    text = json.dumps(lists, ensure_ascii=False, separators=(",", ":")) + "\n"
    return dict.fromkeys(PATHS, text)
