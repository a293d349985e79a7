"""The log contract as the shipper enforces it, read from what `make generate` put into the library."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec


class FieldRule(msgspec.Struct, frozen=True):
    """What the contract says about one field."""

    type: str
    redaction: str
    required: bool = False
    max_length: int = 0
    values: tuple[str, ...] = ()
    spellings: dict[str, str] = {}


class Limits(msgspec.Struct, frozen=True):
    """Bounds of one record."""

    max_event_bytes: int
    max_rejected_bytes: int
    max_depth: int
    max_parse_depth: int
    max_key_chars: int


@dataclass(frozen=True)
class Contract:
    """Fields and limits of a record, and the patterns that the second net of redaction needs besides."""

    fields: dict[str, FieldRule]
    limits: Limits
    unparsed_token: str
    required: tuple[str, ...]
    reasons: tuple[str, ...]


@cache
def load() -> Contract:
    """Return the contract that was generated into the library."""
    text = files("amaie_telemetry").joinpath("generated/contract.json").read_bytes()
    return parse(msgspec.json.decode(text))


def parse(raw: dict[str, Any]) -> Contract:
    """Return the contract of a parsed `contract.json`."""
    fields = msgspec.convert(raw["fields"], dict[str, FieldRule])
    return Contract(
        fields=fields,
        limits=msgspec.convert(raw["limits"], Limits),
        unparsed_token=raw["redaction"]["unparsed_token"],
        reasons=tuple(raw["reasons"]),
        required=tuple(name for name, rule in fields.items() if rule.required),
    )
