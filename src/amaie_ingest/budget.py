"""Ends work on a line that takes too long, even inside a regular expression: `re` looks for signals."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import FrameType


class TooSlow(BaseException):
    """A line took longer than its budget; no handler of mere errors may take it for one."""


class Budget:
    """The time that one piece of work of the main thread may take; a context manager, not to be nested.

    Signals reach the main thread alone: in another one the work is not watched. A timer that somebody else
    has set goes on afterwards.

    Attributes:
        seconds: The budget, of wall time.

    Source: setitimer(2); `Modules/_sre/sre_lib.h` of CPython, which checks for signals every 4,096 steps.
    """

    _watched: ClassVar[bool] = False
    _before: ClassVar[Any] = None

    def __init__(self, seconds: float) -> None:
        """Listen to SIGALRM, where this is the main thread."""
        self.seconds = seconds
        self._main = threading.main_thread().ident
        self._former = (0.0, 0.0)
        if threading.get_ident() == self._main:
            before = signal.signal(signal.SIGALRM, _ring)
            if before is not _ring:
                Budget._before = before

    def __enter__(self) -> None:
        """Start the clock. It rings again and again, should something keep the exception for itself."""
        if threading.get_ident() == self._main:
            Budget._watched = True
            self._former = signal.setitimer(signal.ITIMER_REAL, self.seconds, self.seconds)

    def __exit__(self, *_exception: object) -> None:
        """Stop the clock."""
        if Budget._watched and threading.get_ident() == self._main:
            Budget._watched = False
            signal.setitimer(signal.ITIMER_REAL, *self._former)


def _ring(number: int, frame: FrameType | None) -> None:
    """End the work that is watched: the same for all budgets of a process, which has one such signal."""
    if Budget._watched:  # noqa: SLF001
        raise TooSlow
    if callable(Budget._before):  # noqa: SLF001
        Budget._before(number, frame)  # noqa: SLF001
