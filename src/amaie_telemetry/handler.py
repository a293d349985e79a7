"""Where the standard library's logging hands its records to this library."""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING, Any

from amaie_telemetry.context import current
from amaie_telemetry.record import RESERVED, Item, Raised
from amaie_telemetry.values import clip, plain, text

if TYPE_CHECKING:
    from amaie_telemetry.delivery import Delivery

MAX_STACK = 16384
_SCALARS = frozenset({str, int, float, bool, type(None)})


class TelemetryHandler(logging.Handler):
    """Puts every record into the queue; never raises, never prints."""

    def __init__(self, delivery: Delivery) -> None:
        """Hand over to a delivery."""
        super().__init__()
        self.delivery = delivery

    def emit(self, record: logging.LogRecord) -> None:
        """Take a copy of the record and queue it."""
        extra = {key: value for key, value in record.__dict__.items() if key not in RESERVED}
        message, args = frozen(record.msg, record.args)
        self.delivery.put(
            Item(
                record.levelno,
                time.time_ns(),
                record.name,
                message,
                args,
                {key: plain(value) for key, value in extra.items()} if extra else None,
                current.get(),
                raised(record.exc_info, record.stack_info),
                next(self.delivery.sequence),
            )
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the base class' name)
        """Stay silent: the standard library would print the arguments."""


def frozen(msg: object, args: Any) -> tuple[str, Any]:
    """Return message and arguments that nobody can change any more."""
    if not args:
        return text(msg), None
    values = args.values() if isinstance(args, dict) else args
    if type(msg) is str and _SCALARS.issuperset(map(type, values)):
        return msg, args
    try:
        return clip(str(msg) % args), None
    except Exception:  # noqa: BLE001 (any object may be an argument)
        return f"{text(msg)} <arguments do not fit>", None


def raised(exc_info: Any, stack_info: str | None) -> Raised | None:
    """Return an exception as text, without local variables and of bounded size."""
    if not exc_info or exc_info[1] is None:
        return Raised("", "", clip(stack_info, MAX_STACK)) if stack_info else None
    kind, error, trace = exc_info
    try:
        lines = "".join(traceback.format_exception(kind, error, trace, limit=50))
    except Exception:  # noqa: BLE001 (an exception may fail to print itself)
        lines = ""
    return Raised(kind.__qualname__[:256], text(error), clip(lines, MAX_STACK))
