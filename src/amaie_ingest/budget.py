"""Ends work on a line that takes too long, even inside a regular expression: `re` looks for signals."""

from __future__ import annotations

import atexit
import signal
import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import FrameType


class TooSlow(BaseException):
    """A line took longer than its budget; no handler of mere errors may take it for one."""


class Budget:
    """The time that one piece of work of the main thread may take; a context manager, not to be nested.

    Signals reach the main thread alone: in another one the work is not watched. The clock of one piece of
    work goes on for the next ones: to wind it up costs as much as to read a line. Where it rings too early
    for the work that is under way, it is set to that one's end; where nobody works, it stops, and the timer
    and the handler of somebody else are in their places again.

    Attributes:
        seconds: The budget, of wall time.

    Source: setitimer(2); `Modules/_sre/sre_lib.h` of CPython, which checks for signals every 4,096 steps.
    """

    _ends: ClassVar[float | None] = None
    """When the work under way must have ended, on the monotonic clock; None while nobody works."""
    _former: ClassVar[tuple[Any, tuple[float, float]]] = (signal.SIG_DFL, (0.0, 0.0))

    def __init__(self, seconds: float) -> None:
        """Take the budget."""
        self.seconds = seconds
        self._main = threading.main_thread().ident

    def __enter__(self) -> None:
        """Start the clock, or let it go on. It rings again and again, should something keep the exception."""
        if threading.get_ident() == self._main:
            Budget._ends = time.monotonic() + self.seconds
            if signal.getitimer(signal.ITIMER_REAL)[1] != self.seconds:
                self._wind()

    def __exit__(self, *_exception: object) -> None:
        """End the watch; the clock goes on."""
        self.end()

    def end(self) -> None:
        """End the watch: whoever was told `TooSlow` does, for that may have come on the way in or out."""
        if threading.get_ident() == self._main:
            Budget._ends = None

    def _wind(self) -> None:
        former = _exchange(_ring, (self.seconds, self.seconds))
        if former[0] is not _ring:
            Budget._former = former


def _ring(_number: int, _frame: FrameType | None) -> None:
    """End the work that is watched, if it is time; where there is none, stop the clock, which all share."""
    if (ends := Budget._ends) is None:  # noqa: SLF001
        _stop()
    elif (left := ends - time.monotonic()) > 0:
        signal.setitimer(signal.ITIMER_REAL, left, signal.getitimer(signal.ITIMER_REAL)[1])
    else:
        raise TooSlow


@atexit.register
def _stop() -> None:
    """Stop the clock, at the latest when Python ends: it takes our handler away and goes on."""
    if signal.getsignal(signal.SIGALRM) is _ring:
        _exchange(*Budget._former)  # noqa: SLF001


def _exchange(handler: Any, timer: tuple[float, float]) -> tuple[Any, tuple[float, float]]:
    """Set another handler and timer, and return those before.

    Nothing rings between: a handler would hear a clock that is not its own, and where there is none, the
    process would be dead.
    """
    before = signal.setitimer(signal.ITIMER_REAL, 0)
    known = signal.getsignal(signal.SIGALRM)
    if handler is not None:  # one that Python cannot set again
        signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, *timer)
    return known, before
