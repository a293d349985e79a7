"""What is handed from a logging call to the writing thread: one small immutable record."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from amaie_telemetry.context import Bound


class Raised(NamedTuple):
    """An exception as text, taken when it was logged."""

    type: str
    message: str
    stacktrace: str


Item: TypeAlias = tuple[int, int, str, str, Any, dict[str, Any] | None, Bound, Raised | None, int]
"""Level, time in ns since the epoch, logger, message, its arguments, extra, bound fields, exception, sequence.

The message still has its `%` places if there are arguments; then these are immutable scalars. A plain tuple: it is
made on the caller's time.
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
