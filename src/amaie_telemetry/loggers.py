"""What makes every logger of the process safe and fast.

Each logger gets a class of its own kind that (1) moves reserved names of `extra=` instead of raising
and (2) lets no failing filter, handler or argument reach the caller. A record that nobody else would see
is queued without a `logging.LogRecord`; as soon as a foreign handler, filter, record factory or method is
there, it is made again. (3) A handler that others have taken off the root logger is put back.
"""

from __future__ import annotations

import logging
import os
import threading
from time import time_ns
from typing import TYPE_CHECKING, Any, cast

from amaie_telemetry import coerce, context, process
from amaie_telemetry.record import SHORT
from amaie_telemetry.snapshot import (
    fields_of,
    frozen_extra,
    frozen_message,
    movable,
    small,
    structured,
    usable,
)
from amaie_telemetry.trouble import raised, triple
from amaie_telemetry.values import MAX_FIELDS, MAX_TEXT, is_mapping

if TYPE_CHECKING:
    from amaie_telemetry.handler import TelemetryHandler

_FACTORY = logging.LogRecord
_Logger = logging.Logger
_LOG, _MAKE, _HANDLE = _Logger._log, _Logger.makeRecord, _Logger.handle  # noqa: SLF001
_CALL, _FILTER = _Logger.callHandlers, _Logger.filter
_ORDINARY = len(vars(logging.getLogger(__name__)))
"""Attributes of a logger; one that has others may have a method of its own among them."""
_METHODS = frozenset({"_log", "makeRecord", "handle", "callHandlers", "filter"})
_kinds: dict[type[logging.Logger], type[logging.Logger]] = {}
_root = logging.getLogger()


_home: TelemetryHandler | None = None
"""The handler of `configure_logging`, which is put back where others take it off the root logger."""
_fast: TelemetryHandler | None = None
"""The same handler, where calls may go to it without a `LogRecord`."""
_lock = threading.Lock()


def _new_lock() -> None:
    """Start over in the child of a fork: a thread that the child does not have may have held the lock."""
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_new_lock)


def use(handler: TelemetryHandler | None, *, fast: bool = False) -> None:
    """Make a handler the one that is guarded, and that calls go to directly if they may be `fast`."""
    global _home, _fast
    _home, _fast = handler, handler if fast else None


class SafeLogger(logging.Logger):
    """A logger whose calls never raise, whatever is logged."""

    def log(self, level: Any, msg: object, *args: object, **named: Any) -> None:
        """Log at a level, given as a number or by its name."""
        if type(level) is not int:
            level = coerce.level(level)
        if self.isEnabledFor(level):
            named["stacklevel"] = coerce.whole(named.get("stacklevel")) + 1
            self._log(level, msg, args, **named)

    def _log(
        self,
        level: int,
        msg: object,
        args: Any,
        exc_info: Any = None,
        extra: Any = None,
        stack_info: bool = False,  # noqa: FBT001, FBT002 (the base class' signature)
        stacklevel: int = 1,
        **more: Any,
    ) -> None:
        try:
            if _home is not None and _home not in _root.handlers:
                _put_back(_home)
            onward = super()._log
            if more and getattr(onward, "__func__", None) is _LOG:  # else they may mean something there
                extra, more = {**more, **fields_of(extra)}, {}
            msg, args = usable(msg, args)
            stacklevel = coerce.whole(stacklevel) + 1
            onward(level, msg, args, triple(exc_info), movable(extra), stack_info, stacklevel, **more)
        except Exception as error:  # noqa: BLE001 (a logging call never raises)
            try:
                failed(level, self.name, error)
            except RecursionError:  # no call is left to make
                if _home is not None:
                    _home.delivery.encoder.failures += 1


class FastLogger(SafeLogger):
    """A safe logger that makes no `LogRecord` where nobody but our handler could see one.

    That is: the handler is the only one in the whole process that a record could reach, and what the standard
    library does on the way is neither overridden nor patched (as Sentry does with `callHandlers`).
    """

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
        handler = _fast
        if handler is not None and not self.filters:
            kind, handlers = type(self), _root.handlers
            node: Any = self
            while node is not _root and node is not None and not node.handlers and node.propagate:
                node = node.parent
            if (
                node is _root
                and len(handlers) == 1
                and handlers[0] is handler
                and not handler.filters
                and kind.callHandlers is _CALL
                and kind.handle is _HANDLE
                and kind.makeRecord is _MAKE
                and kind.filter is _FILTER
                and _Logger._log is _LOG  # noqa: SLF001
                and (len(self.__dict__) == _ORDINARY or _METHODS.isdisjoint(self.__dict__))
                and logging._logRecordFactory is _FACTORY  # type: ignore[attr-defined]  # noqa: SLF001
            ):
                try:
                    if more:
                        extra = {**more, **fields_of(extra)}
                    _queue(self.name, handler, level, msg, args, exc_info, extra, stack_info)
                except Exception as error:  # noqa: BLE001 (a logging call never raises)
                    try:
                        handler.failed(level, self.name, error)
                    except RecursionError:
                        handler.delivery.encoder.failures += 1
                return
        super()._log(level, msg, args, exc_info, extra, stack_info, coerce.whole(stacklevel) + 1, **more)


def install() -> None:
    """Give all loggers, present and future, the safe class of their kind."""
    manager = logging.Logger.manager
    if manager.loggerClass is None:  # else somebody decides what loggers are; theirs are seen to below
        manager.loggerClass = cast("Any", _made)
    for logger in _all():
        if not isinstance(logger, SafeLogger):
            logger.__class__ = _safe(type(logger))


def uninstall() -> None:
    """Give all loggers their own class back, unless a handler of ours is in use."""
    if process.working():
        return
    manager = logging.Logger.manager
    if manager.loggerClass is cast("Any", _made):
        manager.loggerClass = None
    own = {safe: kind for kind, safe in _kinds.items()}
    for logger in _all():
        logger.__class__ = own.get(type(logger), type(logger))


def _made(name: str) -> logging.Logger:
    """Return a new logger, of the safe kind of whatever class is the present one."""
    return _safe(logging.getLoggerClass())(name)


def _all() -> list[logging.Logger]:
    found = list(logging.Logger.manager.loggerDict.values())
    return [_root, *(one for one in found if isinstance(one, logging.Logger))]


def _put_back(handler: TelemetryHandler) -> None:
    """Put the handler back on the root logger, where `basicConfig(force=True)` has taken it away."""
    with _lock:
        if handler in _root.handlers or _home is not handler:
            return
        _root.addHandler(handler)
    handler.came_back()


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
        safe = FastLogger if kind._log is _LOG else SafeLogger  # noqa: SLF001 (a class with its own way keeps it)
        bases = (safe,) if kind is logging.Logger else (safe, kind)
        made = _kinds[kind] = type(kind.__name__, bases, {"__module__": __name__})
    return made


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
