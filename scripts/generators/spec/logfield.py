"""One field of a log record: what the spec says of it, and what may be wrong with that."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from generators.spec.shape_errors import did_you_mean
from generators.spec.strict_yaml import Form
from generators.spec.vocabulary import Name, Part, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.shape_errors import Place

EcsName = Annotated[
    str, Form(r"@?[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", "is not an ECS name; write it like trace.id")
]
REQUIRED = ("timestamp", "level", "service", "module", "message")
"""The fields that the standard requires."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
"""What the library writes, and what every page, panel and query asks for."""


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


def problems(fields: tuple[LogField, ...]) -> Iterator[tuple[Place, str]]:
    """Yield a place and a text for everything wrong with the fields."""
    yield from _each(fields)
    yield from _aliases(fields)


_EXAMPLES: dict[FieldType, tuple[type, ...]] = {
    FieldType.TIMESTAMP: (str,),
    FieldType.KEYWORD: (str,),
    FieldType.TEXT: (str,),
    FieldType.DECIMAL: (int, float),
    FieldType.LONG: (int,),
    FieldType.BOOLEAN: (bool,),
    FieldType.OBJECT: (dict,),
}


def _each(fields: tuple[LogField, ...]) -> Iterator[tuple[Place, str]]:
    for index, field in enumerate(fields):
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
        for level in field.values if field.name == "level" else ():
            if level not in LEVELS:
                yield (*place, "values"), f"'{level}' is no level of Python's logging; {_level(level)}"
        for wrong in [value for value in field.spellings.values() if value not in field.values]:
            cure = did_you_mean(wrong, field.values)
            yield (*place, "spellings"), f"'{wrong}' is none of the values; {cure}"
        if field.type is FieldType.OBJECT and field.name != "extra":
            yield (*place, "type"), "only 'extra' is an object; write a flat field"


def _level(level: str) -> str:
    return f"write one of {', '.join(LEVELS)}, and '{level}' under spellings"


def _required_text(field: LogField) -> str:
    if field.required:
        return "the standard requires no such field, so foreign records lack it; write 'required: false'"
    return "the standard requires this field; write 'required: true'"


def _aliases(fields: tuple[LogField, ...]) -> Iterator[tuple[Place, str]]:
    names = {field.name for field in fields}
    counts = Counter(alias for field in fields for alias in field.ecs)
    for index, field in enumerate(fields):
        for alias in field.ecs:
            place: Place = ("fields", index, "ecs")
            if alias in names:
                yield place, f"'{alias}' is itself a field; use another alias or remove it"
            elif counts[alias] > 1:
                yield place, f"the alias '{alias}' stands at two fields; leave it at one"
