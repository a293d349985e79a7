"""What a `logging.LogRecord` says of itself, as values that a line can be made of.

A record may come from anywhere: unpickled, from JSON, made by a test or changed by a filter. Nothing in it is
sure to have its type, and none of it may stop the thread that writes.
"""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, Any

from amaie_telemetry.clipping import clip, text

if TYPE_CHECKING:
    from collections.abc import Callable

END_NS = 9_223_372_036 * 10**9
"""The last second that a timestamp of the contract can hold, in nanoseconds since the epoch."""
_USUAL = 9e9
"""Seconds since the epoch below which nothing has to be asked: a timestamp holds them."""
_FUTURE = 1e11
"""Seconds since the epoch that nobody means: a number above is in milli-, micro- or nanoseconds."""


def level(value: Any, name: Any = None) -> int:
    """Return a level as a number: from its number, its name or the text of either; INFO if there is none."""
    if type(value) is int:
        return value
    for given in (value, name):
        if isinstance(given, str):
            found = logging.getLevelNamesMapping().get(given.strip().upper())
            if found is not None:
                return found
        try:
            return int(float(given))
        except (TypeError, ValueError, OverflowError):
            continue
    return logging.INFO


def whole(stacklevel: Any) -> int:
    """Return how many frames to go up; 1 for what is no whole number."""
    return stacklevel if type(stacklevel) is int else 1


def logger_name(value: Any) -> str:
    """Return the name of a logger as text."""
    if type(value) is str:
        return value
    return clip(text(value), 256) if value is not None else "unknown"


def nanoseconds(created: Any, *, now: Callable[[], int] = time.time_ns) -> int:
    """Return a time in nanoseconds since the epoch, from seconds or from a smaller unit taken for them.

    The present stands in for what is no time, or none that a timestamp can hold.
    """
    if type(created) is float and 0 <= created < _USUAL:
        return round(created * 1_000_000) * 1000
    try:
        seconds = float(created)
    except (TypeError, ValueError, OverflowError):
        return now()
    if not math.isfinite(seconds):
        return now()
    while seconds > _FUTURE and seconds < _FUTURE * 1e9:
        seconds /= 1000
    made = round(seconds * 1_000_000) * 1000
    return made if 0 <= made < END_NS else now()
