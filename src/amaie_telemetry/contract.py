"""The log contract of `spec/logs.yaml`, as the generator writes it: the one loader of `contract.json`.

The library writes by it, the shipper holds every line to it, and tests ask it what is right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


class Field(msgspec.Struct, frozen=True):
    """What the contract says about one field of a record; a `max_length` of 0 is no bound."""

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
    max_line_seconds: float
    max_depth: int
    max_parse_depth: int
    max_key_chars: int


class Envelope(msgspec.Struct, frozen=True):
    """What is put around a line: the name of its text, and the names that it stands beside."""

    text: str
    beside: tuple[str, ...]


class Scale(msgspec.Struct, frozen=True):
    """Levels as numbers: each with its largest number, rising."""

    levels: tuple[tuple[int, str], ...]
    under: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Foreign(msgspec.Struct, frozen=True):
    """How records of other writers are put into our names."""

    names: dict[str, tuple[str, ...]]
    lift: tuple[str, ...]
    envelopes: tuple[Envelope, ...]
    words: dict[str, str]
    numbers: tuple[Scale, ...]


@dataclass(frozen=True)
class Shape:
    """A text that looks like a secret; group 1 of the pattern (or all of it) is what gets masked."""

    name: str
    pattern: str
    hints: tuple[str, ...] = ()
    check: str = ""
    identifiers: bool = False


class Bounds(msgspec.Struct, frozen=True):
    """Sizes and thresholds of redaction; spec/logs.yaml says what each is for. Pairs are (fewest, most)."""

    name_chars: int
    plural_chars: int
    phrase_words: int
    phrase_chars: int
    short_word_chars: int
    value_chars: int
    random_chars: int
    random_bits: float
    hex_chars: int
    address_chars: int
    token_chars: int
    scrambled_chars: int
    scrambled_share: float
    password_chars: int
    pin_digits: tuple[int, int]
    context_chars: int
    near_chars: int
    tag_chars: int
    phone_digits: tuple[int, int]
    long_phone_digits: int
    bare_card_digits: int
    statement_chars: int
    wallet_bits: float
    key_numbers: int
    key_bytes: tuple[int, ...]
    prefixed_chars: int
    prefixed_hex_chars: int
    mixed_bits: float
    wild_chars: int
    plain_chars: int
    plain_bits: float
    gate_chars: int
    gate_digits: int
    reread_chars: int
    cut_chars: int
    level_numbers: tuple[int, int]
    number_chars: int
    level_share: float
    epoch_seconds: float
    side_chars: int
    head_lines: int
    encoded_depth: int
    undo_rounds: int
    encoded_bytes: tuple[int, int]
    encoded_head_bytes: int
    seed_words: tuple[int, ...]
    seed_chars: int
    seed_gap_chars: int
    seed_run_words: int


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
    deny_starts: tuple[str, ...]
    pseudonym_keys: frozenset[str]
    line_keys: frozenset[str]
    named_levels: int
    words: Mapping[str, frozenset[str]]
    qualified: Mapping[str, frozenset[str]]
    personal: Mapping[str, frozenset[str]]
    bounds: Bounds
    patterns: Mapping[str, str]
    name_hints: tuple[str, ...]
    alike: Mapping[str, str]
    iban_lengths: Mapping[str, int]


@dataclass(frozen=True)
class Contract:
    """Fields, limits and redaction rules that every record keeps, and where records go.

    Attributes:
        fields: What each field may hold, by its name.
        limits: Bounds of a record.
        redaction: What is masked.
        required: The fields that every record has.
        reasons: Why a line can be rejected.
        datasets: The two data streams' datasets: of good records, of rejected ones.
        unparsed_token: A pattern of what is masked besides in a line that is no JSON.
        foreign: How records of other writers are put into our names.
    """

    fields: dict[str, Field]
    limits: Limits
    redaction: Redaction
    required: tuple[str, ...]
    reasons: tuple[str, ...]
    datasets: tuple[str, str]
    unparsed_token: str
    foreign: Foreign

    def streams(self, namespace: str) -> tuple[str, str]:
        """Return the names of the data streams of a namespace: of good records, of rejected ones."""
        good, rejected = self.datasets
        return f"logs-{good}-{namespace}", f"logs-{rejected}-{namespace}"


@cache
def load() -> Contract:
    """Return the contract that was generated into this package."""
    text = files("amaie_telemetry").joinpath("generated/contract.json").read_text(encoding="utf-8")
    return parse(json.loads(text))


def parse(raw: dict[str, Any]) -> Contract:
    """Return the contract of a parsed `contract.json`."""
    fields = msgspec.convert(raw["fields"], dict[str, Field])
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
        deny_starts=tuple(rules["deny_starts"]),
        pseudonym_keys=frozenset(rules["pseudonym_keys"]),
        line_keys=frozenset(rules["line_keys"]),
        named_levels=rules["order_book"]["min_named_levels"],
        words=_sets(rules, "words"),
        qualified=_sets(rules, "qualified"),
        personal=_sets(rules, "personal"),
        bounds=msgspec.convert(rules["bounds"], Bounds),
        patterns=rules["patterns"],
        name_hints=tuple(rules["name_hints"]),
        alike=rules["alike"],
        iban_lengths=rules["iban_lengths"],
    )
    return Contract(
        fields=fields,
        limits=msgspec.convert(raw["limits"], Limits),
        redaction=redaction,
        required=tuple(name for name, rule in fields.items() if rule.required),
        reasons=tuple(raw["reasons"]),
        datasets=(raw["streams"]["logs"]["dataset"], raw["streams"]["rejected"]["dataset"]),
        unparsed_token=rules["unparsed_token"],
        foreign=msgspec.convert(raw["foreign"], Foreign),
    )


def _sets(rules: dict[str, Any], name: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(words) for key, words in rules[name].items()}
