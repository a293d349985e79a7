"""Lines in, acknowledged documents out: batches, parallel requests, positions in order."""

from __future__ import annotations

import sys
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from amaie_ingest.bulk import Counts, Operation
from amaie_ingest.errors import Broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amaie_ingest.judge import Judge, Source, Verdict
    from amaie_ingest.positions import Position, Positions
    from amaie_ingest.reader import Line, Reader

BATCH_DOCUMENTS = 5000
BATCH_BYTES = 8 << 20
PARALLEL = 2
SAVE_SECONDS = 0.5
WATCH_SECONDS = 0.25


class Streams(NamedTuple):
    """Names of the two data streams."""

    good: str
    rejected: str


class Send(Protocol):
    """Sends documents until all are acknowledged."""

    def __call__(self, operations: Sequence[Operation]) -> Counts:
        """Return what became of the documents."""


class Watch(Protocol):
    """Is told what happens, for metrics and progress."""

    def counted(self, counts: Counts) -> None:
        """Documents were acknowledged."""

    def waiting(self, oldest: str | None) -> None:
        """Take the `@timestamp` of the oldest document that waits; None if none does."""

    def unsaved(self) -> None:
        """Positions could not be saved."""


@dataclass
class Batch:
    """Documents on their way, and the positions that hold once they have arrived."""

    operations: list[Operation] = field(default_factory=list)
    size: int = 0
    positions: dict[str, Position] = field(default_factory=dict)
    readers: dict[str, tuple[Reader, int]] = field(default_factory=dict)
    born: float = field(default_factory=time.monotonic)
    oldest: str | None = None


class Shipper:
    """Collects judged lines into batches and commits positions in the order of reading."""

    def __init__(
        self,
        judge: Judge,
        send: Send,
        positions: Positions,
        streams: Streams,
        watch: Watch,
        *,
        max_event_bytes: int,
        batch_bytes: int = BATCH_BYTES,
        parallel: int = PARALLEL,
    ) -> None:
        """Take the parts; nothing is sent before `add` is called."""
        self._batch_bytes = batch_bytes
        self._judge, self._send, self._positions = judge, send, positions
        self._streams, self._watch, self._max_event_bytes = streams, watch, max_event_bytes
        self._batch = Batch()
        self._pending: deque[tuple[Future[Counts], Batch]] = deque()
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="bulk")
        self._saved = time.monotonic()
        self._warned = False
        self.counts = Counts()

    def judge(self, line: Line, source: Source) -> Verdict:
        """Return the verdict on a line."""
        if line.length > self._max_event_bytes:
            return self._judge.unparsed(line.data, line.length, Broken("too_large"), source, line.start)
        return self._judge.judge(line.data.removesuffix(b"\r"), source, line.start)

    def add(self, reader: Reader, source: Source, line: Line) -> None:
        """Take a line; blocks while too much waits for an answer."""
        batch = self._batch
        if line.data.strip(b" \t\r"):
            verdict = self.judge(line, source)
            stream = self._streams.rejected if verdict.reason else self._streams.good
            batch.operations.append(Operation(stream, verdict.id, verdict.body, verdict.reason))
            batch.size += len(verdict.body)
            batch.oldest = batch.oldest or self._judge.moment(verdict.body)
        batch.readers[reader.identity] = (reader, line.end)
        if len(batch.operations) >= BATCH_DOCUMENTS or batch.size >= self._batch_bytes:
            self.flush()

    @property
    def age(self) -> float:
        """Return for how many seconds the open batch has been waiting; 0 if it is empty."""
        return time.monotonic() - self._batch.born if self._batch.readers else 0.0

    @property
    def idle(self) -> bool:
        """Return whether everything that was read is acknowledged."""
        return not (self._pending or self._batch.readers)

    def flush(self) -> None:
        """Send what was collected."""
        batch, self._batch = self._batch, Batch()
        if not batch.readers:
            return
        batch.positions = {
            identity: reader.position(end) for identity, (reader, end) in batch.readers.items()
        }
        batch.readers.clear()
        if batch.operations:
            self._pending.append((self._pool.submit(self._send, batch.operations), batch))
        elif not self._pending:
            self._commit(Counts(), batch)
        else:
            self._pending[-1][1].positions.update(batch.positions)
        while len(self._pending) > PARALLEL:
            self._settle()

    def settle_ready(self) -> None:
        """Commit what has been acknowledged meanwhile."""
        while self._pending and self._pending[0][0].done():
            self._settle()
        self._watch.waiting(self._oldest())
        if time.monotonic() - self._saved >= SAVE_SECONDS:
            self.save()

    def finish(self) -> None:
        """Send and commit everything."""
        self.flush()
        while self._pending:
            self._settle()
        self._watch.waiting(None)
        self.save()

    def close(self) -> None:
        """Stop the threads; what is not acknowledged is read again by the next run."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.save()

    def save(self) -> None:
        """Save positions; on a full disk go on without (at worst, known ids are sent again)."""
        self._saved = time.monotonic()
        try:
            self._positions.save()
        except OSError as error:
            self._watch.unsaved()
            if not self._warned:
                print(
                    f"cannot save positions ({error.strerror}); going on, a restart sends some records again",
                    file=sys.stderr,
                )
            self._warned = True
        else:
            self._warned = False

    def _settle(self) -> None:
        future, batch = self._pending[0]
        while True:
            try:
                counts = future.result(timeout=WATCH_SECONDS)
                break
            except NotYet:
                self._watch.waiting(self._oldest())
        self._pending.popleft()
        self._commit(counts, batch)

    def _commit(self, counts: Counts, batch: Batch) -> None:
        for identity, position in batch.positions.items():
            self._positions.put(identity, position)
        self.counts.add(counts)
        self._watch.counted(counts)

    def _oldest(self) -> str | None:
        """Return since when the oldest document waits."""
        batches = [batch for _, batch in self._pending] + [self._batch]
        return next((batch.oldest for batch in batches if batch.oldest), None)
