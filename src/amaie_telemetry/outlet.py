"""The end of the queue: records are taken off it in batches, encoded and written; none is lost."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from amaie_telemetry.filesink import Unwritten
from amaie_telemetry.record import LEVELS, level_index

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from amaie_telemetry.encode import Encoder
    from amaie_telemetry.record import Item

BATCH = 32
"""Records written together: the other threads wait for no more than these to be encoded."""
MAX_BATCH = 512
"""The same when thousands wait, and emptying the queue comes first."""


STEP = 0.05
"""Seconds between two looks of a close."""
STANDSTILL = 5.0
"""Seconds after which encoding that does not get on is taken to wait for whoever closes the handler."""


class Sink(Protocol):
    """Where lines go."""

    def write(self, lines: bytes) -> None:
        """Append complete lines, or raise `OSError`."""

    def close(self) -> None:
        """Let go of the file."""


class Outlet:
    """Writes what one producer has queued, and knows what it has taken and not written yet.

    Attributes:
        lock: Held while the sink is written to.
        written: Lines of each level of `LEVELS` written so far.
    """

    def __init__(
        self, queue: deque[Item], sink: Sink, encoder: Encoder, notice: Callable[[], list[Item]]
    ) -> None:
        """Take records from a queue to a sink; `notice` gives those that come before the next batch."""
        self.lock = threading.RLock()
        self.written = [0] * len(LEVELS)
        self._queue = queue
        self._sink = sink
        self._encoder = encoder
        self._notice = notice
        self._pending: tuple[bytes, list[Item]] | None = None
        self._encoding = 0  # records that are neither in the queue nor pending

    def pump(self) -> bool:
        """Write what is queued; return False if the file refuses. Only one thread may do this at a time."""
        while self._pending is not None or self._take():
            lines, items = self._pending or (b"", [])
            try:
                with self.lock:
                    self._sink.write(lines)
            except Unwritten as error:
                self._pending = (error.rest, items)
                return False
            except Exception:  # noqa: BLE001 (a sink that fails in its own way refuses, too)
                return False
            self._pending = None
            for item in items:
                self.written[level_index(item[0])] += 1
        return True

    def _take(self) -> bool:
        """Encode the next records; return False if there are none."""
        depth = len(self._queue)
        items = self._notice()
        self._encoding = min(depth, max(BATCH, min(depth // 8, MAX_BATCH)))
        items += [self._queue.popleft() for _ in range(self._encoding)]
        if items:
            self._encoder.refresh()
            self._pending = (b"".join(map(self._encoder.line, items)), items)
        self._encoding = 0
        return bool(items)

    @property
    def depth(self) -> int:
        """Records that wait, those that are being encoded included."""
        pending = self._pending
        return len(self._queue) + (len(pending[1]) if pending else self._encoding)

    @property
    def encoding(self) -> bool:
        """Whether records are on their way from the queue to the file, and no file is waited for."""
        return self._encoding > 0

    def given_up(self) -> list[Item]:
        """Return what was not written, and forget it."""
        left = list(self._pending[1]) if self._pending else []
        with suppress(IndexError):
            while True:
                left.append(self._queue.popleft())
        self._pending = None
        return left


def write_now(item: Item, sink: Sink, lock: threading.RLock, encoder: Encoder, *, patience: float) -> bool:
    """Write one record on the caller's thread, which waits `patience` seconds at most: did it work?"""
    if not lock.acquire(timeout=patience):
        return False
    try:
        encoder.refresh()
        sink.write(encoder.line(item))
    except Exception:  # noqa: BLE001 (a sink that fails in its own way refuses, too)
        return False
    finally:
        lock.release()
    return True


def wait_for_end(thread: threading.Thread, outlet: Outlet, patience: float) -> None:
    """Wait for a thread that writes, as long as records are written, else `patience` seconds for the file.

    Encoding that does not get on for `STANDSTILL` seconds waits for the caller: `basicConfig` holds
    logging's lock while it closes handlers, and the garbage collector may want it on the other thread.
    What is being encoded is written later then. Turns are counted, for a test may have stopped the clock.
    """
    waiting, left, still = outlet.depth, patience / STEP, STANDSTILL / STEP
    while thread.is_alive() and left > 0:
        thread.join(STEP)
        if outlet.depth < waiting:
            waiting, left, still = outlet.depth, patience / STEP, STANDSTILL / STEP
        elif outlet.encoding and still > 0:  # patience is for the file
            still -= 1
        else:
            left -= 1
