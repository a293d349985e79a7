"""What is handed from a logging call to the writing thread: one small immutable record."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from amaie_telemetry.context import Bound


class Raised(NamedTuple):
    """An exception as text, taken when it was logged."""

    type: str
    message: str
    stacktrace: str


class Plan:
    """What is known of records with the same names and types of extra fields: which values to look at."""

    __slots__ = ("floats", "ints", "texts", "valid")

    def __init__(self, ints: list[str], floats: list[str], texts: list[tuple[str, set[str]]]) -> None:
        """Keep the names of numbers, and those of texts with the values that were found clean."""
        self.ints = tuple(ints)
        self.floats = tuple(floats)
        self.texts = tuple(texts)
        self.valid = True


Item: TypeAlias = tuple[
    int, int, str, str, Any, dict[str, Any] | None, Plan | None, Bound, Raised | None, int
]
"""One call of a logger. A plain tuple, because it is made on the caller's time:

level, time in ns since the epoch, logger, message (with its `%` places if there are arguments), immutable
arguments or None, extra fields (plain values, or None), the plan by which they were found good (or None), bound
fields, exception, sequence number.
"""

RESERVED = frozenset(
    {
        "args", "asctime", "created", "exc_info", "exc_text", "filename", "funcName", "levelname", "levelno",
        "lineno", "message", "module", "msecs", "msg", "name", "pathname", "process", "processName",
        "relativeCreated", "stack_info", "taskName", "thread", "threadName",
    }
)  # fmt: skip
"""Names that a `logging.LogRecord` needs for itself."""

SCALARS = frozenset({str, int, float, bool, type(None)})
"""Types whose values nobody can change after the call."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def level_index(level: int) -> int:
    """Return the place in `LEVELS` of a level, or of the standard level below it."""
    return min(max(level // 10 - 1, 0), 4)
