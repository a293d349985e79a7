"""Ends work on a line that takes too long, even inside a regular expression: `re` looks for signals."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import FrameType

SLACK = 1.25
"""How many budgets long the clock runs; while a whole one is left, it is not wound up for the next work."""


class TooSlow(BaseException):
    """A line took longer than its budget; no handler of mere errors may take it for one."""


class Budget:
    """The time that one piece of work of the main thread may take; a context manager, not to be nested.

    Signals reach the main thread alone: in another one the work is not watched. The clock of one piece of
    work goes on for the next ones: to wind it up costs as much as to read a line. It stops when it rings
    and nobody works; the timer and the handler of somebody else are in their places again then.

    Attributes:
        seconds: The budget, of wall time. Work is ended after it, and a quarter of it later at the latest.

    Source: setitimer(2); `Modules/_sre/sre_lib.h` of CPython, which checks for signals every 4,096 steps.
    """

    _watched: ClassVar[bool] = False
    _former: ClassVar[tuple[Any, tuple[float, float]]] = (signal.SIG_DFL, (0.0, 0.0))

    def __init__(self, seconds: float) -> None:
        """Take the budget."""
        self.seconds = seconds
        self._main = threading.main_thread().ident

    def __enter__(self) -> None:
        """Start the clock, or let it go on. It rings again and again, should something keep the exception."""
        if threading.get_ident() == self._main:
            Budget._watched = True
            left, again = signal.getitimer(signal.ITIMER_REAL)
            if again != self.seconds or left < self.seconds:
                self._wind()

    def __exit__(self, *_exception: object) -> None:
        """End the watch; the clock goes on."""
        if threading.get_ident() == self._main:
            Budget._watched = False

    def _wind(self) -> None:
        handler = signal.signal(signal.SIGALRM, _ring)
        timer = signal.setitimer(signal.ITIMER_REAL, SLACK * self.seconds, self.seconds)
        if handler is not _ring:
            Budget._former = handler, timer


def _ring(_number: int, _frame: FrameType | None) -> None:
    """End the work that is watched; where there is none, stop the clock, which all budgets share."""
    if Budget._watched:  # noqa: SLF001
        raise TooSlow
    handler, timer = Budget._former  # noqa: SLF001
    if handler is not None:  # one that Python cannot set again
        signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, *timer)
