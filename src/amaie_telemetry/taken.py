"""What is taken from a `logging.LogRecord`: a copy that nobody can change any more."""

from __future__ import annotations

import logging
from itertools import islice
from typing import TYPE_CHECKING

from amaie_telemetry import coerce, context
from amaie_telemetry.clipping import MAX_TEXT, is_mapping
from amaie_telemetry.record import RESERVED, SHORT, Item
from amaie_telemetry.snapshot import frozen_extra, frozen_message, structured
from amaie_telemetry.trouble import raised
from amaie_telemetry.values import MAX_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from amaie_telemetry.encode import Encoder

_ATTRIBUTES = len(logging.makeLogRecord({}).__dict__)
_LARGEST = _ATTRIBUTES + MAX_FIELDS


def taken(record: logging.LogRecord, encoder: Encoder, sequence: Iterator[int]) -> Item:
    """Return a copy of a record that nobody can change any more.

    Most records are a constant message with names and types of fields that were seen before: they are copied
    without a further call, because this runs on the caller's time.
    """
    each = record.__dict__
    message, created = each["msg"], each["created"]
    if not (
        each["args"]
        or each["exc_info"]
        or each["stack_info"]
        or each["exc_text"]
        or type(message) is not str
        or type(created) is not float
        or len(message) > MAX_TEXT
        or len(each) > _LARGEST
    ):
        extra = dict(islice(each.items(), _ATTRIBUTES, None))
        plan = encoder.fields.plans.get((*extra, *map(type, extra.values())))  # none, if one is `RESERVED`
        for field, clean, quick in plan.texts if plan is not None else ():
            text = extra[field]
            if not (text in clean or (quick and len(text) < SHORT and text.replace("-", "").isalnum())):
                plan = encoder.fields.known(extra)
                break
        if plan is not None:
            bound = context.snapshot()
            time_ns = coerce.nanoseconds(created)
            shown = None if bound is context.EMPTY else bound
            level, name = each["levelno"], each["name"]
            if type(level) is int and type(name) is str:
                return level, time_ns, name, message, None, extra, plan, shown, None, next(sequence)
    return _copied(record, encoder, sequence)


def _copied(record: logging.LogRecord, encoder: Encoder, sequence: Iterator[int]) -> Item:
    extra: Any = extras(record)
    message, args = record.msg, record.args or None
    if args is not None or type(message) is not str or len(message) > MAX_TEXT:
        if args is None and is_mapping(message):
            message, extra = structured(message, extra)
        message, args = frozen_message(message, args)
    trouble = None
    if record.exc_info is not None or record.stack_info is not None or record.exc_text is not None:
        trouble = raised(record.exc_info, record.stack_info, record.exc_text)
    bound: Any = context.snapshot()
    if bound is context.EMPTY:
        bound = None
    plan = None
    if extra:
        plan = encoder.fields.known(extra) if len(extra) <= MAX_FIELDS else None
        if plan is None:
            extra = frozen_extra(extra)
    level, name = record.levelno, record.name
    return (
        level if type(level) is int else coerce.level(level, record.levelname),
        coerce.nanoseconds(record.created),
        name if type(name) is str else coerce.logger_name(name),
        message,
        args,
        extra,
        plan,
        bound,
        trouble,
        next(sequence),
    )


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """Return what `extra=` has added to a record: what stands behind the attributes that every record has."""
    attributes = record.__dict__
    if len(attributes) == _ATTRIBUTES:
        return {}
    made = dict(islice(attributes.items(), _ATTRIBUTES, None))
    if made and not RESERVED.isdisjoint(made):
        return {key: value for key, value in attributes.items() if key not in RESERVED}
    return made
