"""The log contract of `spec/logs.yaml`, as the generator writes it for the library."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Field:
    """What the contract says about one field of a record."""

    type: str
    redaction: str
    required: bool = False
    max_length: int | None = None


@dataclass(frozen=True)
class Shape:
    """A text that looks like a secret; group 1 of the pattern (or all of it) is what gets masked."""

    name: str
    pattern: str
    hints: tuple[str, ...] = ()
    check: str = ""
    identifiers: bool = False


@dataclass(frozen=True)
class Redaction:
    """The rules of redaction, in the words of the `redaction:` section of the spec."""

    mask: str
    deny_keys: frozenset[str]
    deny_endings: tuple[str, ...]
    allow_keys: frozenset[str]
    shapes: tuple[Shape, ...]
    book_keys: frozenset[str]
    book_levels: int
    deny_starts: tuple[str, ...] = ()
    pseudonym_keys: frozenset[str] = frozenset()
    line_keys: frozenset[str] = frozenset()
    named_levels: int = 2
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    qualified: Mapping[str, frozenset[str]] = field(default_factory=dict)
    personal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    name_hints: tuple[str, ...] = ()
    alike: Mapping[str, str] = field(default_factory=dict)
    iban_lengths: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Contract:
    """Fields, limits and redaction rules that every record keeps."""

    fields: dict[str, Field]
    limits: dict[str, int]
    redaction: Redaction
    required: tuple[str, ...] = field(default=())


@cache
def load() -> Contract:
    """Return the contract that was generated into this package."""
    text = files("amaie_telemetry").joinpath("generated/contract.json").read_text(encoding="utf-8")
    return parse(json.loads(text))


def parse(raw: dict[str, Any]) -> Contract:
    """Return the contract of a parsed `contract.json`."""
    fields = {
        name: Field(rule["type"], rule["redaction"], rule.get("required", False), rule.get("max_length"))
        for name, rule in raw["fields"].items()
    }
    rules = raw["redaction"]
    shapes = tuple(
        Shape(
            shape["name"],
            shape["pattern"],
            tuple(shape.get("hints", ())),
            shape.get("check", ""),
            shape.get("identifiers", False),
        )
        for shape in rules["shapes"]
    )
    redaction = Redaction(
        mask=rules["mask"],
        deny_keys=frozenset(rules["deny_keys"]),
        deny_endings=tuple(rules["deny_endings"]),
        allow_keys=frozenset(rules["allow_keys"]),
        shapes=shapes,
        book_keys=frozenset(rules["order_book"]["keys"]),
        book_levels=rules["order_book"]["min_levels"],
        deny_starts=tuple(rules.get("deny_starts", ())),
        pseudonym_keys=frozenset(rules.get("pseudonym_keys", ())),
        line_keys=frozenset(rules.get("line_keys", ())),
        named_levels=rules["order_book"].get("min_named_levels", 2),
        words=_sets(rules, "words"),
        qualified=_sets(rules, "qualified"),
        personal=_sets(rules, "personal"),
        patterns=rules.get("patterns", {}),
        name_hints=tuple(rules.get("name_hints", ())),
        alike=rules.get("alike", {}),
        iban_lengths=rules.get("iban_lengths", {}),
    )
    required = tuple(name for name, rule in fields.items() if rule.required)
    return Contract(fields, raw["limits"], redaction, required)


def _sets(rules: dict[str, Any], name: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(words) for key, words in rules.get(name, {}).items()}
