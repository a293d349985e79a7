"""Loads `spec/logs.yaml`: the log contract as typed, frozen values, or every problem at once."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from generators.spec import logfield, promql, strict_yaml
from generators.spec.strict_yaml import Form
from generators.spec.vocabulary import Duration, Name, Part, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generators.spec.shape_errors import Place
    from generators.spec.strict_yaml import Document, Problem

KeyForm = Annotated[
    str,
    Form(r"[a-z0-9]+", "is not a folded key; write only lower case letters and digits, apikey for api_key"),
]
_TIME_UNITS = re.compile(r"[1-9]\d*[dhms]")
FORBIDDEN_IN_PATTERNS = re.compile(r"(?<!\\)(?:\\\\)*\\[bBwWdDsS]|\(\?P?<[A-Za-z]")
"""What Python and Ruby read differently: Unicode classes and named groups."""


class StreamName(StrEnum):
    """The two streams that a record may end in; `names.DATASETS` says what Elasticsearch calls them."""

    LOGS = "logs"
    REJECTED = "rejected"


class Stream(Part):
    """A data stream `logs-<dataset>-<namespace>`: how long it is kept."""

    name: StreamName
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
    """How an order book is recognised."""

    keys: tuple[KeyForm, ...]
    min_levels: int = Field(ge=2)


class RedactionRules(Part):
    """What never leaves a service in clear."""

    mask: str
    unparsed_token: str
    deny_keys: tuple[KeyForm, ...]
    deny_endings: tuple[KeyForm, ...]
    deny_starts: tuple[KeyForm, ...] = ()
    allow_keys: tuple[KeyForm, ...] = ()
    pseudonym_keys: tuple[KeyForm, ...] = ()
    shapes: tuple[Shape, ...]
    order_book: OrderBook


class LogSpec(Part):
    """The whole of `spec/logs.yaml`."""

    version: Literal[1]
    streams: tuple[Stream, ...]
    limits: Limits
    reasons: tuple[Reason, ...]
    fields: tuple[logfield.LogField, ...]
    redaction: RedactionRules


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
    for check in (_lists, _kept, _fields, _shapes):
        for place, text in check(document.value):
            yield document.problem(place, text)


def _lists(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    """Names are unique; the streams, reasons and required fields that the code relies on exist."""
    for key, needed in (("streams", tuple(StreamName)), ("reasons", REASONS), ("fields", logfield.REQUIRED)):
        found = [item.name for item in getattr(spec, key)]
        for index, name in enumerate(found):
            if name in found[:index]:
                yield (key, index), f"the name '{name}' stands twice; give each its own"
        for missing in sorted(set(needed) - set(found)):
            yield (key,), f"'{missing}' is missing; the pipeline needs it, add it back"
    for index, reason in enumerate(spec.reasons):
        if reason.name not in REASONS:
            yield ("reasons", index, "name"), f"no code rejects for '{reason.name}'; remove it"


def _kept(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    """Elasticsearch has its own notation of times, without weeks, years and sums."""
    for index, stream in enumerate(spec.streams):
        if not _TIME_UNITS.fullmatch(stream.retention):
            days = max(promql.duration(stream.retention).days, 1)
            place: Place = ("streams", index, "retention")
            yield place, f"Elasticsearch does not read '{stream.retention}'; write it like {days}d"


def _fields(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    return logfield.problems(spec.fields)


def _shapes(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    for index, shape in enumerate(spec.redaction.shapes):
        place: Place = ("redaction", "shapes", index, "pattern")
        try:
            groups = re.compile(shape.pattern).groups
        except re.error as error:
            yield place, f"this pattern does not compile ({error}); correct it"
            continue
        if groups > 1:
            yield place, f"it has {groups} groups; keep one (what gets masked), write the others as (?:…)"
        if FORBIDDEN_IN_PATTERNS.search(shape.pattern):
            yield place, "Python and Ruby read \\b, \\w, \\d, \\s and (?P<…>) differently; spell it out"
        for hint in shape.hints:
            if hint != hint.lower():
                yield (*place[:-1], "hints"), f"'{hint}' is not lower case; write '{hint.lower()}'"
