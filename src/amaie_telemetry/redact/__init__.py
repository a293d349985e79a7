"""Redaction as pure functions, shared by the library and the log shipper."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from amaie_telemetry import contract
from amaie_telemetry.redact.redactor import Redactor

__all__ = ["Redactor", "redact_record", "redact_text", "shared"]


SHORTEST_KEY = 16


@cache
def shared() -> Redactor:
    """Return the redactor of this process, which knows the secrets that were registered.

    The key for the names of people is in the file that AMAIE_PSEUDONYM_KEY_FILE names; without it they are
    masked.

    Raises:
        OSError: That file cannot be read.
        ValueError: The key in it is too short.
    """
    path = os.environ.get("AMAIE_PSEUDONYM_KEY_FILE")
    key = Path(path).read_bytes().strip() if path else None
    if key is not None and len(key) < SHORTEST_KEY:
        raise ValueError(f"{path} holds {len(key)} bytes; a key for pseudonyms has at least {SHORTEST_KEY}")
    return Redactor(contract.load(), key)


def redact_record(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with every secret masked; the record itself is not changed."""
    return shared().record(record)


def redact_text(text: str) -> str:
    """Return a text with every secret masked."""
    return shared().text(text)
