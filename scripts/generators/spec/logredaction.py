"""The `redaction:` section of `spec/logs.yaml`: what never leaves a service in clear, as data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from generators.spec.logbounds import Bounds
from generators.spec.strict_yaml import Form
from generators.spec.vocabulary import Name, Part

KeyForm = Annotated[
    str,
    Form(r"[a-z0-9]+", "is not a folded key; write only lower case letters and digits, apikey for api_key"),
]


class Shape(Part):
    """A text that looks like a secret."""

    name: Name
    hints: tuple[str, ...] = Field(min_length=1)
    pattern: str
    check: str | None = None
    identifiers: bool = False  # look for it in identifiers, too


class OrderBook(Part):
    """How an order book is recognised: by its form, or under one of the names by fewer levels."""

    keys: tuple[KeyForm, ...]
    min_levels: int = Field(ge=2)
    min_named_levels: int = Field(ge=2)


class RedactionRules(Part):
    """What never leaves a service in clear."""

    mask: str
    unparsed_token: str
    deny_keys: tuple[KeyForm, ...]
    deny_endings: tuple[KeyForm, ...]
    deny_starts: tuple[KeyForm, ...]
    allow_keys: tuple[KeyForm, ...]
    line_keys: tuple[KeyForm, ...]
    pseudonym_keys: tuple[KeyForm, ...]
    name_hints: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    qualified: dict[str, tuple[str, ...]]
    personal: dict[str, tuple[str, ...]]
    bounds: Bounds
    patterns: dict[str, str]
    shapes: tuple[Shape, ...]
    order_book: OrderBook
    alike: dict[str, str]
    iban_lengths: dict[str, int]
