"""Ends work on a line that takes too long, even inside a regular expression: `re` looks for signals."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType


class TooSlow(BaseException):
    """A line took longer than its budget; no handler of mere errors may take it for one."""


class Budget:
    """The time that one piece of work of the main thread may take; a context manager, not to be nested.

    Signals reach the main thread alone: in another one the work is not watched.

    Attributes:
        seconds: The budget, of wall time.

    Source: setitimer(2); `Modules/_sre/sre_lib.h` of CPython, which checks for signals every 4,096 steps.
    """

    def __init__(self, seconds: float) -> None:
        """Take over SIGALRM, where this is the main thread."""
        self.seconds = seconds
        self._main = threading.main_thread().ident
        self._watched = False
        if threading.get_ident() == self._main:
            signal.signal(signal.SIGALRM, self._ring)

    def __enter__(self) -> None:
        """Start the clock. It rings again and again, should something keep the exception for itself."""
        if threading.get_ident() == self._main:
            self._watched = True
            signal.setitimer(signal.ITIMER_REAL, self.seconds, self.seconds)

    def __exit__(self, *_exception: object) -> None:
        """Stop the clock."""
        if self._watched:
            self._watched = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        if self._watched:
            raise TooSlow
