"""Loggers whose calls never raise: reserved names of `extra=` are moved, no failure reaches the caller."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from amaie_telemetry import coerce
from amaie_telemetry.forksafe import forksafe
from amaie_telemetry.snapshot import fields_of, movable, usable
from amaie_telemetry.trouble import triple

if TYPE_CHECKING:
    from amaie_telemetry.handler import TelemetryHandler

LOG = logging.Logger._log  # noqa: SLF001
_root = logging.getLogger()
_home: TelemetryHandler | None = None
"""The handler of `configure_logging`, which is put back where others take it off the root logger."""
_lock = forksafe(threading.Lock())


def guard(handler: TelemetryHandler | None) -> None:
    """Make a handler the one that is put back."""
    global _home  # noqa: PLW0603
    _home = handler


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
            if more and getattr(onward, "__func__", None) is LOG:  # else they may mean something there
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
