"""When to tell in the log that records were dropped: soon, but not with every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NOTICE = 10.0
"""Seconds between two notices about dropped records."""


class Notices:
    """Remembers how many drops have been told, and when."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take a clock in seconds; nothing has been told yet."""
        self._clock = clock
        self._told = 0
        self._next = 0.0

    def due(self, total: int, *, last: bool) -> int:
        """Return how many drops are to be told now; 0 for none, or not yet unless it is the `last` time."""
        now = self._clock()
        if total == self._told or (now < self._next and not last):
            return 0
        lost = total - self._told
        self._told, self._next = total, now + NOTICE
        return lost
