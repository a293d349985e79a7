"""What is handed from a logging call to the writing thread: one small immutable record."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from amaie_telemetry.context import Bound


class Raised(NamedTuple):
    """An exception as text, taken when it was logged."""

    type: str
    message: str
    stacktrace: str


SHORT = 16
"""Characters below which a word of letters and digits in an identifier cannot be a secret by its looks."""


class Plan:
    """What to look at in records with the same names and types of extra fields.

    There are two of each: one for records whose texts have been found good by the caller, and `unchecked`.
    """

    __slots__ = ("checked", "floats", "integers", "ready", "texts", "unchecked", "valid")

    def __init__(
        self, integers: tuple[str, ...], texts: tuple[tuple[str, set[str], bool], ...], *, floats: bool
    ) -> None:
        """Keep the names of integers, and of texts with the values that were found clean before.

        A text's third item says whether a short word of letters and digits is clean without a look.
        """
        self.integers = integers
        self.texts = texts
        self.floats = floats
        self.valid = self.checked = True
        self.ready = not integers  # nothing is left to look at, but for NaN
        self.unchecked = self

    def with_unchecked(self) -> Plan:
        """Return this plan after giving it its other half."""
        self.unchecked = Plan(self.integers, self.texts, floats=self.floats)
        self.unchecked.checked = self.unchecked.ready = False
        return self

    def expire(self) -> None:
        """Let nobody use this plan any more: the rules have changed."""
        self.valid = self.ready = self.unchecked.valid = False


Item: TypeAlias = tuple[
    int, int, str, str, Any, dict[str, Any] | None, Plan | None, Bound | None, Raised | None, int
]
"""One call of a logger. A plain tuple, because it is made on the caller's time:

level, time in ns since the epoch, logger, message (with its `%` places if there are arguments), immutable
arguments or None, extra fields (plain values, or None), the plan for their names and types (or None), bound
fields (or None), exception, sequence number.
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
