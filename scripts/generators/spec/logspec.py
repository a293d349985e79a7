"""Loads `spec/logs.yaml`: the log contract as typed, frozen values, or every problem at once."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from generators.spec import log_patterns, logfield, logforeign, logredaction, promql, strict_yaml
from generators.spec.vocabulary import Duration, Name, Part, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generators.spec.shape_errors import Place
    from generators.spec.strict_yaml import Document, Problem

_TIME_UNITS = re.compile(r"[1-9]\d*[dhms]")


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
    max_line_seconds: float = Field(gt=0, le=60)
    max_depth: int = Field(ge=1, le=20)
    max_parse_depth: int = Field(ge=20, le=900)
    max_key_chars: int = Field(ge=16, le=1024)


class Reason(Part):
    """One way in which a line breaks the contract."""

    name: Name
    description: Sentence


class LogSpec(Part):
    """The whole of `spec/logs.yaml`."""

    version: Literal[1]
    streams: tuple[Stream, ...]
    limits: Limits
    reasons: tuple[Reason, ...]
    fields: tuple[logfield.LogField, ...]
    foreign: logforeign.Foreign
    redaction: logredaction.RedactionRules


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
    for check in (_lists, _kept, _fields, _foreign, _redaction):
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


def _foreign(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    return logforeign.problems(spec.foreign, spec.fields)


def _redaction(spec: LogSpec) -> Iterator[tuple[Place, str]]:
    return log_patterns.problems(spec.redaction)
