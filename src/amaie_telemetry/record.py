"""What is handed from a logging call to the writing thread: one small immutable record."""

from __future__ import annotations

from typing import Any, NamedTuple

from amaie_telemetry.context import Bound


class Raised(NamedTuple):
    """An exception as text, taken when it was logged."""

    type: str
    message: str
    stacktrace: str


class Item(NamedTuple):
    """One call of a logger. `message` still has its `%` places if `args` are there; `extra` is a copy."""

    level: int
    time_ns: int
    module: str
    message: str
    args: Any
    extra: dict[str, Any] | None
    context: Bound
    raised: Raised | None
    sequence: int


RESERVED = frozenset(
    {
        "args", "asctime", "created", "exc_info", "exc_text", "filename", "funcName", "levelname", "levelno",
        "lineno", "message", "module", "msecs", "msg", "name", "pathname", "process", "processName",
        "relativeCreated", "stack_info", "taskName", "thread", "threadName",
    }
)  # fmt: skip
"""Names that a `logging.LogRecord` needs for itself."""

OWN = RESERVED | {"timestamp", "level", "event_id", "extra", "exception_type", "exception_message"}
"""Names that `extra=` cannot set at the top of a record: they are moved under `extra`."""
