"""A counter that threads, signal handlers and forks can share without a lock."""

from __future__ import annotations

import itertools
import threading

from amaie_telemetry.forksafe import forksafe


class Counter:
    """Counts up. `itertools.count` steps in one piece, even when a signal handler interrupts."""

    __slots__ = ("_lock", "_next", "_reads")

    def __init__(self) -> None:
        """Start at zero."""
        self._next = itertools.count().__next__
        self._reads = 0
        self._lock = forksafe(threading.Lock())

    def increment(self) -> None:
        """Count one."""
        self._next()

    @property
    def value(self) -> int:
        """How often `increment` was called. To read, one has to step; the steps of readings are taken off."""
        with self._lock:
            self._reads += 1
            return self._next() - self._reads + 1
