"""Loggers that make no `logging.LogRecord` where nobody but our handler could see one.

That is: the handler is the only one in the whole process that a record could reach, and what the standard
library does on the way is neither overridden nor patched (as Sentry does with `callHandlers`). Each call
looks anew: nobody can notice but by the clock.
"""

from __future__ import annotations

import logging
from time import time_ns
from typing import TYPE_CHECKING, Any

from amaie_telemetry import coerce, context
from amaie_telemetry.clipping import MAX_TEXT, is_mapping
from amaie_telemetry.context import EMPTY
from amaie_telemetry.record import SHORT
from amaie_telemetry.safelog import LOG, SafeLogger
from amaie_telemetry.snapshot import fields_of, frozen_extra, frozen_message, small, structured
from amaie_telemetry.trouble import raised
from amaie_telemetry.values import MAX_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.handler import TelemetryHandler

_FACTORY = logging.LogRecord
_Logger = logging.Logger
_MAKE, _HANDLE, _CALL, _FILTER = _Logger.makeRecord, _Logger.handle, _Logger.callHandlers, _Logger.filter
_ORDINARY = len(vars(logging.getLogger(__name__)))
"""Attributes of a logger; one that has others may have a method of its own among them."""
_METHODS = frozenset({"_log", "makeRecord", "handle", "callHandlers", "filter"})
_own = vars(_Logger)
_root = logging.getLogger()
_fast: TelemetryHandler | None = None
"""The handler of `configure_logging`, where calls may go to it without a `LogRecord`."""
_alone: list[Any] = []
"""The handlers of the root logger, if there is no other one."""


def use(handler: TelemetryHandler | None) -> None:
    """Make a handler the one that calls go to directly; None for no such way."""
    global _fast
    _fast, _alone[:] = handler, [handler]


class FastLogger(SafeLogger):
    """A safe logger that makes no `LogRecord` where nobody but our handler could see one."""

    def _log(
        self,
        level: int,
        msg: object,
        args: Any,
        exc_info: Any = None,
        extra: Any = None,
        stack_info: bool = False,  # noqa: FBT001, FBT002
        stacklevel: int = 1,
        **more: Any,
    ) -> None:
        if more or not self._direct(level, msg, args, extra, exc_info, stack_info):
            stacklevel = coerce.whole(stacklevel) + 1
            super()._log(level, msg, args, exc_info, extra, stack_info, stacklevel, **more)

    def _direct(
        self,
        level: int,
        msg: Any,
        args: Any,
        extra: Any,
        exc_info: Any = None,
        stack_info: bool = False,  # noqa: FBT001, FBT002
    ) -> bool:
        """Queue a record without making a `LogRecord`, if nobody would notice; return whether that was so."""
        handler = _fast
        if handler is None or self.filters:
            return False
        kind = type(self)
        node: Any = self
        while node is not _root and node is not None and not node.handlers and node.propagate:
            node = node.parent
        if (
            node is not _root
            or _root.handlers != _alone
            or handler.filters
            or kind.callHandlers is not _CALL
            or kind.handle is not _HANDLE
            or kind.makeRecord is not _MAKE
            or kind.filter is not _FILTER
            or _Logger._log is not LOG  # noqa: SLF001
            or (len(self.__dict__) != _ORDINARY and not _METHODS.isdisjoint(self.__dict__))
            or logging._logRecordFactory is not _FACTORY  # type: ignore[attr-defined]  # noqa: SLF001
        ):
            return False
        try:
            _queue(self.name, handler, level, msg, args, exc_info, extra, stack_info)
        except Exception as error:  # noqa: BLE001 (a logging call never raises)
            try:
                handler.failed(level, self.name, error)
            except RecursionError:  # no call is left to make
                handler.delivery.encoder.failures += 1
        return True


def _at(name: str, level: int) -> Callable[..., None]:
    """Return the method of a level, which asks the standard library's only where it has something to do."""
    original = _own[name]

    def method(self: FastLogger, msg: object, *args: object, **named: Any) -> None:
        if (not named or (len(named) == 1 and "extra" in named)) and _own[name] is original:
            if not self.isEnabledFor(level):
                return
            if self._direct(level, msg, args, named.get("extra")):
                return
        named["stacklevel"] = coerce.whole(named.get("stacklevel")) + 1
        _own[name](self, msg, *args, **named)

    return method


_NAMES = {"info": 20, "warning": 30, "error": 40, "critical": 50}
"""Methods of our own. Not `debug`: where that is off, the standard library's own answers soonest."""
for _name, _level in _NAMES.items():
    setattr(FastLogger, _name, _at(_name, _level))


def plain(kind: type[logging.Logger]) -> bool:
    """Return whether a class of loggers logs as the standard library's does."""
    return all(getattr(kind, name) is _own[name] for name in ("_log", *_NAMES))


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
    if type(msg) is not str and not args and is_mapping(msg):
        msg, extra = structured(msg, extra)
    if args:
        if type(msg) is not str or not small(args):
            msg, args = frozen_message(msg, args)
    else:
        args = None
        if type(msg) is not str or len(msg) > MAX_TEXT:
            msg, _ = frozen_message(msg, None)
    trouble = raised(exc_info, stack_info) if exc_info or stack_info else None
    bound: Any = context.snapshot()
    if bound is EMPTY:
        bound = None
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
    item = (level, time_ns(), name, msg, args, extra, plan, bound, trouble, next(delivery.sequence))
    queue = delivery.queue
    if len(queue) < delivery.limit:
        queue.append(item)
    else:
        delivery.overflow(item)
