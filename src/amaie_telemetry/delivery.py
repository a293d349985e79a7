"""The way from a logging call to the file: a bounded queue that never blocks the caller, and one thread."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

from amaie_telemetry.encode import Encoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.record import Item

POLL = 0.02
BATCH = 64


class Sink(Protocol):
    """Where lines go."""

    def write(self, lines: bytes) -> None:
        """Append complete lines, or raise `OSError`."""

    def close(self) -> None:
        """Let go of the file."""


class Delivery:
    """The queue of one process and the thread that empties it."""

    def __init__(self, sink: Sink, encoder: Callable[[str], Encoder], capacity: int) -> None:
        """Prepare; the thread starts with the first record."""
        self.producer = secrets.token_hex(12)
        self.queue: deque[Item] = deque()
        self.capacity = capacity
        self.sequence = itertools.count(1)
        self.dropped: dict[int, int] = {}
        self.written: dict[int, int] = {}
        self._encoder = encoder(self.producer)
        self._sink = sink
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="amaie-telemetry", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Queue a record, or count it as dropped."""
        if len(self.queue) >= self.capacity:
            self.dropped[item.level] = self.dropped.get(item.level, 0) + 1
        else:
            self.queue.append(item)

    def flush(self, timeout: float) -> bool:
        """Wait until all that was queued is written; return whether it is."""
        end = time.monotonic() + timeout
        while self.queue and self._thread.is_alive() and time.monotonic() < end:
            time.sleep(0.001)
        return not self.queue

    def close(self, timeout: float) -> None:
        """Write what is left and stop the thread."""
        self._stop.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            stopping = self._stop.is_set()
            self._empty()
            if stopping:
                self._sink.close()
                return
            self._stop.wait(POLL)

    def _empty(self) -> None:
        while self.queue:
            batch = [self.queue[index] for index in range(min(BATCH, len(self.queue)))]
            try:
                self._sink.write(b"".join(map(self._encoder.line, batch)))
            except OSError:
                return
            for item in batch:
                self.queue.popleft()
                self.written[item.level] = self.written.get(item.level, 0) + 1
