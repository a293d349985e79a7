"""The way from a logging call to the file: a bounded queue that never blocks the caller, and one thread.

When the queue is full, DEBUG and INFO are dropped first; WARNING may use a reserve; ERROR and CRITICAL then
go straight to a spill file beside the log. Drops are counted, and told in the log at most every 10 seconds.
"""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from amaie_telemetry.counter import Counter
from amaie_telemetry.notices import Notices
from amaie_telemetry.outlet import Outlet, wait_for_end, write_now
from amaie_telemetry.record import LEVELS, level_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.encode import Encoder
    from amaie_telemetry.outlet import Sink
    from amaie_telemetry.record import Item

POLL = 0.02
"""Seconds that a record may wait while the thread sleeps: what a SIGKILL can cost."""
RETRY = 0.5
"""Seconds between two attempts when the file cannot be written."""
IDLE = 0.1
"""The longest sleep, when nothing was logged for a while."""
PAUSE = 0.001
"""Seconds between two looks of `flush`."""


class Delivery:
    """The queue of one process and the thread that empties it."""

    def __init__(
        self,
        sink: Sink,
        spill: Sink,
        encoder: Callable[[str], Encoder],
        capacity: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        publish: Callable[[], None] | None = None,
    ) -> None:
        """Prepare; the thread starts with the first record.

        Args:
            sink: The log file.
            spill: Where errors go when the queue is full.
            encoder: Makes the encoder of a producer id.
            capacity: How many records may wait.
            clock: Seconds, for the notices.
            publish: Called by the thread after it has written, at most once a second and at its end.
        """
        self.capacity = capacity
        self._reserve = capacity + max(capacity // 8, 1)
        self._sink = sink
        self._spill = spill
        self._make_encoder = encoder
        self._clock = clock
        self._publish = publish
        self.queue: deque[Item] = deque()
        self.closed = self._final = False
        self._begin()

    def _begin(self) -> None:
        """Start over as a new producer: at first, and in the child after a fork."""
        self.producer = secrets.token_hex(12)
        self.encoder = self._make_encoder(self.producer)
        self.queue.clear()
        self.sequence = itertools.count(1)
        self.dropped = tuple(Counter() for _ in LEVELS)
        self._direct = tuple(Counter() for _ in LEVELS)  # written by callers' threads
        self._notices = Notices(self._clock)
        self._outlet = Outlet(self.queue, self._sink, self.encoder, self._notice)
        self._spill_lock = threading.RLock()
        self._turn_lock = threading.RLock()  # between the start of the thread and its end
        self._stop = threading.Event()
        self._thread = self._new_thread()
        self._started = self._ended = False
        # Below zero: the first record takes the slow way, where the thread is started.
        self.limit = -1

    def put(self, item: Item) -> None:
        """Queue a record; drop, spill or write it at once where that cannot be. Never waits, never raises."""
        if len(self.queue) < self.limit:
            self.queue.append(item)
        else:
            self.overflow(item)

    def overflow(self, item: Item) -> None:
        """See to a record that finds no place below the limit."""
        if self.limit < 0:
            self._first(item)
        elif item[0] >= logging.WARNING and len(self.queue) < self._reserve:
            self.queue.append(item)
        elif item[0] < logging.ERROR or not self._write_now(self._spill, self._spill_lock, item):
            self.dropped[level_index(item[0])].increment()

    def failed(self, level: int, module: str, failure: str) -> None:
        """Queue a record that says no more of another one than that it could not be logged."""
        self.encoder.failures += 1
        message = f"<a record could not be logged: {failure}>"
        self.put(self._item(level, module, message, {"marks": "failed"}))

    def tell(self, message: str) -> None:
        """Queue a WARNING of the library itself."""
        self.put(self._item(logging.WARNING, __name__, message, None))

    def _item(self, level: int, module: str, message: str, fields: dict[str, Any] | None) -> Item:
        return (level, time.time_ns(), module, message, None, fields, None, None, None, next(self.sequence))

    def pump(self) -> bool:
        """Write what is queued; return False if the file refuses. Only one thread may do this at a time."""
        return self._outlet.pump()

    @property
    def written(self) -> list[int]:
        """How many lines of each level of `LEVELS` have been written so far, by whom ever."""
        return [ours + direct.value for ours, direct in zip(self._outlet.written, self._direct, strict=True)]

    def flush(self, timeout: float) -> bool:
        """Wait until all that was queued is written; return whether it is."""
        end = time.monotonic() + timeout
        for _ in range(int(timeout / PAUSE) + 1):  # a test may have stopped the clock
            if not self.depth or not self._thread.is_alive() or time.monotonic() > end:
                break
            time.sleep(PAUSE)
        return not self.depth

    def close(self, patience: float, *, final: bool = False) -> None:
        """Write what is left and stop the thread; a record that comes later starts it again.

        After a `final` close, at the end of the process, it is written at once. Waits as long as records are
        encoded and written, and no longer than `patience` seconds for the file to take the next ones.
        """
        with self._turn_lock:
            self.closed, self.limit = True, -1
            self._final = self._final or final
            self._stop.set()
        if not self._started or self._thread is threading.current_thread():
            return
        wait_for_end(self._thread, self._outlet, patience)
        # A call that had seen the old limit may have queued a record after the thread's last look.
        if self._thread.is_alive() or (self.queue and not self.pump()):
            self._rescue()  # the file blocks: save what we can beside it

    def reborn(self) -> None:
        """Forget the parent's records after a fork: the parent writes them."""
        self.closed = self._final = False
        self._begin()

    @property
    def depth(self) -> int:
        """Records that wait, those that are being encoded included: `flush` must not forget them."""
        return self._outlet.depth

    @property
    def alive(self) -> bool:
        """Whether records are being written, as far as anyone can tell."""
        return self._thread.is_alive() or not self._started or self.closed

    def _first(self, item: Item) -> None:
        """Start the thread, or write at once when the process is about to end."""
        with self._turn_lock:
            if not self._final:
                self._begun(item)
                return
        if not self._write_now(self._sink, self._outlet.lock, item):
            self.dropped[level_index(item[0])].increment()

    def _begun(self, item: Item) -> None:
        self.queue.append(item)
        if self.closed:  # by somebody who did not know that it is in use
            self.closed = False
            self._stop.clear()
            if self._ended:
                self._thread, self._started = self._new_thread(), False
        if not self._started:
            self._started, self._ended = True, False
            try:
                self._thread.start()
            except RuntimeError:  # no more threads: memory, or the end of the interpreter
                self._started = False
                self.pump()
                return
        self.limit = self.capacity

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="amaie-telemetry", daemon=True)

    def _run(self) -> None:
        """Write until the end, whatever happens: a fault costs what is counted, never the thread."""
        while not self._ended:
            try:
                self._work()
            except BaseException as error:  # noqa: BLE001 (nobody else would write the records to come)
                self.encoder.failures += 1
                self.failed(logging.ERROR, __name__, type(error).__name__)
                self._stop.wait(RETRY)

    def _work(self) -> None:
        wait, published = POLL, float("-inf")
        while True:
            stopping = self._stop.is_set()
            busy = bool(self.queue)
            good = self.pump()
            if self._publish is not None and (stopping or (busy and self._clock() >= published + 1)):
                published = self._clock()
                self._publish()
            if stopping and self._may_end():
                if not good:
                    self._rescue()
                self._sink.close()
                self._spill.close()
                return
            wait = RETRY if not good else POLL if busy else min(wait * 2, IDLE)
            self._stop.wait(wait)

    def _may_end(self) -> bool:
        """Decide to end, unless a record has started everything again meanwhile."""
        with self._turn_lock:
            self._ended = self._stop.is_set()
            return self._ended

    def _write_now(self, sink: Sink, lock: threading.RLock, item: Item) -> bool:
        """Write one record on the caller's thread; return whether that worked."""
        if good := write_now(item, sink, lock, self.encoder, patience=1.0 if self.closed else 0.01):
            self._direct[level_index(item[0])].increment()
        return good

    def _rescue(self) -> None:
        """Spill what the log file did not take before the process ends; count what finds no place."""
        for item in self._outlet.given_up():
            if not self._write_now(self._spill, self._spill_lock, item):
                self.dropped[level_index(item[0])].increment()

    def _notice(self) -> list[Item]:
        """Return the record that tells of dropped ones, if there are new ones and the last notice is old."""
        lost = self._notices.due(sum(counter.value for counter in self.dropped), last=self.closed)
        message = "Log records were dropped because the queue was full"
        return [self._item(logging.WARNING, __name__, message, {"dropped_records": lost})] if lost else []
