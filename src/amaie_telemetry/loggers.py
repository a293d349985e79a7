"""What makes every logger of the process safe, and on request fast.

Each logger gets a class of its own kind that (1) moves reserved names of `extra=` instead of raising
and (2) lets no failing filter, handler or argument reach the caller. With `fast`, a record that nobody
else would see is queued without a `logging.LogRecord`; as soon as a foreign handler, filter or record
factory is there, it is made again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from time import time_ns
from typing import TYPE_CHECKING, Any

from amaie_telemetry import context
from amaie_telemetry.record import RESERVED, SCALARS, SHORT
from amaie_telemetry.snapshot import (
    MAX_FIELDS,
    fields_of,
    frozen_extra,
    frozen_message,
    raised,
    small,
    structured,
)
from amaie_telemetry.values import MAX_TEXT

if TYPE_CHECKING:
    from amaie_telemetry.handler import TelemetryHandler

_FACTORY = logging.LogRecord
_kinds: dict[type[logging.Logger], type[logging.Logger]] = {}
_root = logging.getLogger()


class _Direct:
    """The handler that fast calls go to, or None; one for the process."""

    handler: TelemetryHandler | None = None


direct = _Direct()


class SafeLogger(logging.Logger):
    """A logger whose calls never raise, whatever is logged."""

    def _log(
        self,
        level: int,
        msg: object,
        args: Any,
        exc_info: Any = None,
        extra: Any = None,
        stack_info: bool = False,  # noqa: FBT001, FBT002 (the base class' signature)
        stacklevel: int = 1,
    ) -> None:
        handler = direct.handler
        if handler is not None and not self.filters and _alone(self, handler):
            try:
                _queue(self.name, handler, level, msg, args, exc_info, extra, stack_info)
            except Exception as error:  # noqa: BLE001 (a logging call never raises)
                handler.failed(level, self.name, error)
            return
        try:
            msg, args = _usable(msg, args)
            super()._log(level, msg, args, exc_info, _movable(extra), stack_info, stacklevel + 1)
        except Exception as error:  # noqa: BLE001
            failed(level, self.name, error)


def install() -> None:
    """Give all loggers, present and future, the safe class of their kind."""
    kind = logging.getLoggerClass()
    if not issubclass(kind, SafeLogger):
        logging.setLoggerClass(_safe(kind))
    loggers = [
        item for item in logging.Logger.manager.loggerDict.values() if isinstance(item, logging.Logger)
    ]
    for logger in (_root, *loggers):
        if not isinstance(logger, SafeLogger):
            logger.__class__ = _safe(type(logger))


def failed(level: int, name: str, error: Exception) -> None:
    """Tell our handler that a call could not be logged."""
    for handler in _root.handlers:
        tell = getattr(handler, "failed", None)
        if tell is not None:
            tell(level, name, error)


def _safe(kind: type[logging.Logger]) -> type[logging.Logger]:
    """Return a class of the same kind that is safe, made once."""
    made = _kinds.get(kind)
    if made is None:
        bases = (SafeLogger,) if kind is logging.Logger else (SafeLogger, kind)
        made = _kinds[kind] = type(kind.__name__, bases, {"__module__": __name__})
    return made


def _alone(logger: logging.Logger, handler: TelemetryHandler) -> bool:
    """Return whether this handler is the only one, in the whole process, that a record could reach."""
    handlers = _root.handlers
    if len(handlers) != 1 or handlers[0] is not handler or handler.filters:
        return False
    node: logging.Logger | None = logger
    while node is not _root:
        if node is None or node.handlers or not node.propagate:
            return False
        node = node.parent
    return logging._logRecordFactory is _FACTORY  # type: ignore[attr-defined]  # noqa: SLF001


def _queue(  # noqa: C901, PLR0912 (the hot path: every call in it would cost)
    name: str,
    handler: TelemetryHandler,
    level: int,
    msg: Any,
    args: Any,
    exc_info: Any,
    extra: Any,
    stack_info: bool,  # noqa: FBT001
) -> None:
    if level < handler.level:
        return
    delivery = handler.delivery
    if type(msg) is not str and not args and isinstance(msg, Mapping):
        msg, extra = structured(msg, extra)
    if args:
        if type(msg) is not str or not small(args):
            msg, args = frozen_message(msg, args)
    else:
        args = None
        if type(msg) is not str or len(msg) > MAX_TEXT:
            msg, _ = frozen_message(msg, None)
    plan = None
    if extra is not None and type(extra) is not dict:
        extra = fields_of(extra)
    if extra:
        if len(extra) <= MAX_FIELDS:
            plan = delivery.encoder.fields.plans.get((*extra, *map(type, extra.values())))
        if plan is None:
            extra = frozen_extra(extra)
        else:
            for field, clean, quick in plan.texts:
                text = extra[field]
                if text in clean or (quick and len(text) < SHORT and text.replace("-", "").isalnum()):
                    continue
                extra, plan = frozen_extra(extra), plan.unchecked
                break
            else:
                extra = extra.copy()
    trouble = raised(exc_info, stack_info) if exc_info or stack_info else None
    item = (
        level,
        time_ns(),
        name,
        msg,
        args,
        extra,
        plan,
        context.snapshot(),
        trouble,
        next(delivery.sequence),
    )
    queue = delivery.queue
    if len(queue) < delivery.limit:
        queue.append(item)
    else:
        delivery.overflow(item)


def _usable(msg: object, args: Any) -> tuple[object, Any]:
    """Return what a `LogRecord` can be made of: it asks a lone Mapping whether it is empty."""
    if args and len(args) == 1 and type(args[0]) not in SCALARS:
        try:
            bool(isinstance(args[0], Mapping) and args[0])
        except Exception:  # noqa: BLE001 (any object may be an argument)
            return frozen_message(msg, args)[0], ()
    return msg, args


def _movable(extra: Any) -> dict[Any, Any] | None:
    """Return `extra` with the names that a `LogRecord` needs for itself moved under one key."""
    if extra is None:
        return None
    fields = fields_of(extra)
    if RESERVED.isdisjoint(fields):
        return fields
    moved = {key: value for key, value in fields.items() if key in RESERVED}
    rest = {key: value for key, value in fields.items() if key not in RESERVED}
    given = rest.get("extra")
    if isinstance(given, dict):
        moved |= given
    elif given is not None:
        moved["extra"] = given
    return rest | {"extra": moved}
