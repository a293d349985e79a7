"""Loads `spec/logs.yaml`: the log contract as typed, frozen values, or every problem at once."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from generators import log_patterns, strict_yaml
from generators.model import Duration, Name, Part, Sentence
from generators.shape_errors import did_you_mean
from generators.strict_yaml import Form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generators.shape_errors import Place
    from generators.strict_yaml import Document, Problem

Dataset = Annotated[
    str, Form(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", "is not a dataset; write it like amaie or amaie.rejected")
]
EcsName = Annotated[
    str, Form(r"@?[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", "is not an ECS name; write it like trace.id")
]
KeyForm = Annotated[
    str,
    Form(r"[a-z0-9]+", "is not a folded key; write only lower case letters and digits, apikey for api_key"),
]


class FieldType(StrEnum):
    """Types of a field's value; `elasticsearch.py` maps each to a mapping."""

    TIMESTAMP = "timestamp"
    KEYWORD = "keyword"
    TEXT = "text"
    DECIMAL = "decimal"
    LONG = "long"
    BOOLEAN = "boolean"
    OBJECT = "object"


class Group(StrEnum):
    """What a field is about; the sections of the field table."""

    REQUIRED = "required"
    TRACING = "tracing"
    RECORD = "record"
    TRADING = "trading"
    AGENT = "agent"
    SYSTEM = "system"
    EXCEPTION = "exception"


class Redaction(StrEnum):
    """How the second net treats a field's value."""

    SAFE = "safe"
    IDENTIFIER = "identifier"
    TEXT = "text"
    OPEN = "open"


class LogField(Part):
    """One field of a record."""

    name: Name
    group: Group
    type: FieldType
    required: bool = False
    unit: str | None = None
    max_length: int | None = Field(default=None, ge=1)
    values: tuple[str, ...] = ()
    spellings: dict[str, str] = Field(default_factory=dict)
    redaction: Redaction
    description: Sentence
    example: str | int | float | bool | dict[str, str]
    ecs: tuple[EcsName, ...] = ()


class Stream(Part):
    """A data stream `logs-<dataset>-<namespace>`."""

    name: Name
    dataset: Dataset
    retention: Duration
    description: Sentence


class Limits(Part):
    """Bounds of one record."""

    max_event_bytes: int = Field(ge=1024)
    max_rejected_bytes: int = Field(ge=256)
    max_depth: int = Field(ge=1, le=20)
    max_parse_depth: int = Field(ge=20, le=900)
    max_key_chars: int = Field(ge=16, le=1024)


class Reason(Part):
    """One way in which a line breaks the contract."""

    name: Name
    description: Sentence


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
    min_named_levels: int = Field(default=2, ge=2)


class RedactionRules(Part):
    """What never leaves a service in clear."""

    mask: str
    unparsed_token: str
    deny_keys: tuple[KeyForm, ...]
    deny_endings: tuple[KeyForm, ...]
    deny_starts: tuple[KeyForm, ...] = ()
    allow_keys: tuple[KeyForm, ...] = ()
    line_keys: tuple[KeyForm, ...] = ()
    pseudonym_keys: tuple[KeyForm, ...] = ()
    name_hints: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    qualified: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    personal: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    patterns: dict[str, str] = Field(default_factory=dict)
    shapes: tuple[Shape, ...]
    order_book: OrderBook
    alike: dict[str, str] = Field(default_factory=dict)
    iban_lengths: dict[str, int] = Field(default_factory=dict)


class LogSpec(Part):
    """The whole of `spec/logs.yaml`."""

    version: int
    streams: tuple[Stream, ...]
    limits: Limits
    reasons: tuple[Reason, ...]
    fields: tuple[LogField, ...]
    redaction: RedactionRules

    def stream(self, name: str) -> Stream:
        """Return the stream of a name; the loader made sure that it exists."""
        return next(stream for stream in self.streams if stream.name == name)


STREAMS = ("logs", "rejected")
REQUIRED = ("timestamp", "level", "service", "module", "message")
REASONS = (
    "invalid_utf8",
    "invalid_json",
    "not_an_object",
    "too_large",
    "too_deep",
    "missing_field",
    "wrong_type",
    "wrong_value",
    "out_of_range",
    "too_long",
    "bad_timestamp",
    "bad_key",
    "refused",
    "internal_error",
)


def load(path: Path, name: str | None = None) -> LogSpec:
    """Return the log contract in a file, or raise `SpecError`; `name` is how problems call the file."""
    document = strict_yaml.read(path, LogSpec, name)
    return document.finish(_problems(document))


def _problems(document: Document[LogSpec]) -> Iterator[Problem]:
    if document.value is None:
        return
    for check in (_lists, _fields, _aliases, log_patterns.problems):
        for place, text in check(document.value):
            yield document.problem(place, text)


def _lists(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    """Names are unique; the streams, reasons and required fields that the code relies on exist."""
    for key, needed in (("streams", STREAMS), ("reasons", REASONS), ("fields", REQUIRED)):
        names = [item.name for item in getattr(spec, key)]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield (key, index), f"the name '{name}' stands twice; give each its own"
        for missing in sorted(set(needed) - set(names)):
            yield (key,), f"'{missing}' is missing; the pipeline needs it, add it back"
    for index, reason in enumerate(spec.reasons):
        if reason.name not in REASONS:
            yield ("reasons", index, "name"), f"no code rejects for '{reason.name}'; remove it"


_EXAMPLES: dict[FieldType, tuple[type, ...]] = {
    FieldType.TIMESTAMP: (str,),
    FieldType.KEYWORD: (str,),
    FieldType.TEXT: (str,),
    FieldType.DECIMAL: (int, float),
    FieldType.LONG: (int,),
    FieldType.BOOLEAN: (bool,),
    FieldType.OBJECT: (dict,),
}


def _fields(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    for index, field in enumerate(spec.fields):
        place: Place = ("fields", index)
        if field.type in (FieldType.KEYWORD, FieldType.TEXT) and field.max_length is None:
            yield place, "a text needs a bound; add 'max_length: 256'"
        if field.type is FieldType.DECIMAL and field.unit is None:
            yield place, "a fraction needs a unit; add 'unit: seconds' or 'unit: ratio'"
        if field.required != (field.name in REQUIRED):
            yield (*place, "required"), _required_text(field)
        good = isinstance(field.example, _EXAMPLES[field.type])
        if not good or (isinstance(field.example, bool) and field.type is not FieldType.BOOLEAN):
            yield (*place, "example"), f"the example is no {field.type}; write a value of that type"
        for wrong in [value for value in field.spellings.values() if value not in field.values]:
            cure = did_you_mean(wrong, field.values)
            yield (*place, "spellings"), f"'{wrong}' is none of the values; {cure}"
        if field.type is FieldType.OBJECT and field.name != "extra":
            yield (*place, "type"), "only 'extra' is an object; write a flat field"


def _required_text(field: LogField) -> str:
    if field.required:
        return "the standard requires no such field, so foreign records lack it; write 'required: false'"
    return "the standard requires this field; write 'required: true'"


def _aliases(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    names = {field.name for field in spec.fields}
    counts = Counter(alias for field in spec.fields for alias in field.ecs)
    for index, field in enumerate(spec.fields):
        for alias in field.ecs:
            place: Place = ("fields", index, "ecs")
            if alias in names:
                yield place, f"'{alias}' is itself a field; use another alias or remove it"
            elif counts[alias] > 1:
                yield place, f"the alias '{alias}' stands at two fields; leave it at one"
