"""Redaction as pure functions, shared by the library and the log shipper."""

from __future__ import annotations

from functools import cache
from typing import Any

from amaie_telemetry import contract
from amaie_telemetry.redact.redactor import Redactor

__all__ = ["Redactor", "redact_record", "redact_text", "shared"]


@cache
def shared() -> Redactor:
    """Return the redactor of this process, which knows the secrets that were registered."""
    return Redactor(contract.load())


def redact_record(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with every secret masked; the record itself is not changed."""
    return shared().record(record)


def redact_text(text: str) -> str:
    """Return a text with every secret masked."""
    return shared().text(text)
