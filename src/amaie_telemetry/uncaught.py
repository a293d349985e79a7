"""What nobody catches becomes one CRITICAL record with its traceback; then all ends as it always does."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("uncaught")
_asyncio = logging.getLogger("asyncio")
_ENDINGS = (SystemExit, KeyboardInterrupt, GeneratorExit)
"""Ways to end that are meant."""


class Hooks:
    """The interpreter's hooks for exceptions in the main program, in threads and where none can be raised.

    asyncio has no such hook: its loops log what a task or a callback raised as an error of the logger
    "asyncio", so that such a record is made CRITICAL.
    """

    def __init__(self) -> None:
        """Put the hooks in front of those that are there; these are called after ours."""
        self._main: Callable[..., Any] = sys.excepthook
        self._thread: Callable[..., Any] = threading.excepthook
        self._unraisable: Callable[..., Any] = sys.unraisablehook
        self._ours = (self._on_main, self._on_thread, self._on_unraisable)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._ours
        _asyncio.addFilter(_raise_level)
        self._active = True

    def remove(self) -> None:
        """Put back what was there; where others call ours still, it hands on and logs nothing."""
        self._active = False
        if sys.excepthook == self._ours[0]:
            sys.excepthook = self._main
        if threading.excepthook == self._ours[1]:
            threading.excepthook = self._thread
        if sys.unraisablehook == self._ours[2]:
            sys.unraisablehook = self._unraisable
        _asyncio.removeFilter(_raise_level)

    def _on_main(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        self._tell("Uncaught exception", error)
        self._main(kind, error, trace)

    def _on_thread(self, given: threading.ExceptHookArgs) -> None:
        name = given.thread.name if given.thread is not None else "unknown"
        self._tell("Uncaught exception in thread %s", given.exc_value, name)
        self._thread(given)

    def _on_unraisable(self, given: sys.UnraisableHookArgs) -> None:
        what = given.err_msg or "Exception ignored in"  # since Python 3.14, the text says it all
        where = "" if given.object is None else f" {type(given.object).__name__}"
        self._tell("%s%s", given.exc_value, what, where)
        self._unraisable(given)

    def _tell(self, message: str, error: BaseException | None, *args: object) -> None:
        if self._active and error is not None and not isinstance(error, _ENDINGS):
            _log.critical(message, *args, exc_info=error)


def _raise_level(record: logging.LogRecord) -> bool:
    if record.levelno == logging.ERROR and record.exc_info:
        record.levelno, record.levelname = logging.CRITICAL, "CRITICAL"
    return True
