"""Timestamps: ISO 8601 with an offset, kept to the nanosecond."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from amaie_ingest.errors import Broken

_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,]([0-9]{1,9}))?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))"
)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(2262, 4, 11, 23, 47, 16, tzinfo=UTC)
"""What Elasticsearch's `date_nanos` can hold (the last part of a second left out)."""


def utc(text: str) -> str:
    """Return a timestamp in UTC, ending in Z, with the fraction that it came with.

    Raises:
        Broken: It has another form (`bad_timestamp`) or lies outside of 1970 to 2262 (`out_of_range`).
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise Broken("bad_timestamp", "timestamp")
    day, time, fraction, sign, hours, minutes = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}+00:00")
        if sign:
            moment -= _offset(sign, int(hours), int(minutes))
    except (ValueError, OverflowError):
        raise Broken("bad_timestamp", "timestamp") from None
    if not _FIRST <= moment < _LAST:
        raise Broken("out_of_range", "timestamp")
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}" if fraction else "") + "Z"


def _offset(sign: str, hours: int, minutes: int) -> timedelta:
    largest_hours, largest_minutes = 18, 59
    if hours > largest_hours or minutes > largest_minutes:
        raise ValueError
    return timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1)
