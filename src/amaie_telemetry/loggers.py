"""What makes every logger of the process safe and fast.

Each logger gets a class of its own kind that (1) moves reserved names of `extra=` instead of raising
and (2) lets no failing filter, handler or argument reach the caller. A record that nobody else would see
is queued without a `logging.LogRecord`; as soon as a foreign handler, filter, record factory or method is
there, it is made again. (3) A handler that others have taken off the root logger is put back.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from amaie_telemetry import fastlog, process, safelog
from amaie_telemetry.fastlog import FastLogger
from amaie_telemetry.safelog import SafeLogger

if TYPE_CHECKING:
    from amaie_telemetry.handler import TelemetryHandler

_kinds: dict[type[logging.Logger], type[logging.Logger]] = {}


def use(handler: TelemetryHandler | None, *, fast: bool = False) -> None:
    """Make a handler the one that is guarded, and that calls go to directly if they may be `fast`."""
    safelog.guard(handler)
    fastlog.use(handler if fast else None)


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
    return [logging.getLogger(), *(one for one in found if isinstance(one, logging.Logger))]


def _safe(kind: type[logging.Logger]) -> type[logging.Logger]:
    """Return a class of the same kind that is safe, made once."""
    made = _kinds.get(kind)
    if made is None:
        safe = FastLogger if fastlog.plain(kind) else SafeLogger  # a class with its own way keeps it
        bases = (safe,) if kind is logging.Logger else (safe, kind)
        made = _kinds[kind] = type(kind.__name__, bases, {"__module__": __name__})
    return made
