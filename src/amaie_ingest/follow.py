"""Follows the log files of a folder and of those in it: growth, rotation, truncation and deletion."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from amaie_ingest import files
from amaie_ingest.reader import CHUNK
from amaie_ingest.text_reader import reader_of

if TYPE_CHECKING:
    import os
    import threading
    from collections.abc import Collection
    from pathlib import Path

    from amaie_ingest.positions import Position, Positions
    from amaie_ingest.reader import Reader
    from amaie_ingest.shipper import Shipper

    Entry = tuple[Path, os.stat_result]

POLL_SECONDS = 0.1
BATCH_SECONDS = 0.2
TORN_SECONDS = 5.0
"""After so long nobody finishes the last line of a rotated file, and a file that no look found is gone."""
HOLD_SECONDS = 1.0
"""So long a record of plain text waits for lines that go on with it."""
IDLE_SECONDS = 30.0
TIDY_SECONDS = 60.0
MOST_OPEN = 200
"""So many files are open at most, apart from those that services write."""


@dataclass
class Followed:
    """A file that is being read."""

    reader: Reader
    last_growth: float


class Rested(NamedTuple):
    """A file that was closed: its size and time of change then, and up to where it was read."""

    stamp: tuple[int, int] | None
    position: Position


class Follower:
    """Reads everything that services write into a folder."""

    def __init__(
        self, folder: Path, shipper: Shipper, positions: Positions, *, keep: int, text: Collection[str] = ()
    ) -> None:
        """Take the folder; it may be empty or appear later. Services in `text` may write plain text."""
        self._folder, self._shipper, self._positions, self._keep = folder, shipper, positions, keep
        self._text = text
        self._open: dict[str, Followed] = {}
        self._resting: dict[str, Rested] = {}
        self._missing: dict[str, float] = {}  # identity -> since when no look has found it
        self._unreadable: set[str] = set()
        self._rotated = 0  # how many rotated files are open

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop, then send what has been read."""
        tidied = -TIDY_SECONDS
        while not stop.is_set():
            if time.monotonic() - tidied >= TIDY_SECONDS and self.tidy():
                tidied = time.monotonic()
            busy = self.turn()
            self._shipper.settle_ready()
            if not busy:
                stop.wait(POLL_SECONDS)
        self._shipper.finish()

    def close(self) -> None:
        """Close all files."""
        for followed in self._open.values():
            followed.reader.close()

    def tidy(self) -> bool:
        """Forget the positions of files that are gone, also of those that went while nobody followed.

        Returns:
            Whether it could: not while a position may still come in.
        """
        if not self._shipper.idle:
            return False
        present = self._present() | self._present()  # what is renamed during one look is found by the other
        for identity in self._gone(present) & self._resting.keys():
            del self._resting[identity]
        with contextlib.suppress(FileNotFoundError):
            for folder in files.folders(self._folder):
                self._positions.adopt(folder, present)
                self._positions.prune(folder, {*present, *self._open, *self._resting}, self._text)
        self._shipper.save()
        return True

    def turn(self) -> bool:
        """Look for files and read what is new; return whether there was anything."""
        present = self._present()
        self._rotated = sum(not files.active(one.reader.path) for one in self._open.values())
        for identity, (path, status) in present.items():
            rested = self._resting.get(identity)
            if identity not in self._open and (rested is None or rested.stamp != _stamp(status)):
                self._begin(identity, path, rested.position if rested else self._positions.get(identity))
        gone = self._gone(present)
        busy = False
        for identity, followed in list(self._open.items()):
            busy |= self._read(followed, present.get(identity))
            self._maybe_close(identity, followed, present.get(identity), removed=identity in gone)
        if self._shipper.age > BATCH_SECONDS or not busy:
            self._shipper.flush()
        return busy

    def _present(self) -> dict[str, Entry]:
        present: dict[str, Entry] = {}
        with contextlib.suppress(FileNotFoundError):
            for path in chain.from_iterable(map(self._files, files.folders(self._folder))):
                with contextlib.suppress(FileNotFoundError):  # rotated between listing and looking
                    status = path.stat()
                    present[files.identity(status)] = (path, status)
        return present

    def _files(self, folder: Path) -> list[Path]:
        return [*files.in_folder(folder), *files.texts(folder, self._text)]

    def _gone(self, present: dict[str, Entry]) -> set[str]:
        """Return the files that are not there any more; one look may miss a file that is being renamed."""
        now = time.monotonic()
        missing = (self._open.keys() | self._resting.keys()) - present.keys()
        if missing and not self._folder.exists():  # not mounted: nobody can tell what is there
            missing = set()
        self._missing = {identity: self._missing.get(identity, now) for identity in missing}
        return {identity for identity, since in self._missing.items() if now - since > TORN_SECONDS}

    def _begin(self, identity: str, path: Path, position: Position | None) -> None:
        written = files.active(path)
        if self._rotated >= MOST_OPEN and not written:
            return
        try:
            reader = reader_of(path, position, self._keep, self._text)
        except FileNotFoundError:  # rotated meanwhile: the next turn finds it
            return
        except PermissionError as error:
            if identity not in self._unreadable:
                self._unreadable.add(identity)
                print(f"cannot read {path} ({error.strerror}); correct its permissions", file=sys.stderr)
            return
        if reader.identity != identity:  # rotated meanwhile: that was the position of another file
            reader.close()
            return
        self._unreadable.discard(identity)
        if position is not None and reader.generation > position.generation:
            self._renewed(reader)
        status = reader.status
        if not written and reader.seen == status.st_size:  # an earlier run has read it to its end
            reader.close()
            self._resting[identity] = Rested(_stamp(status), reader.position(reader.offset))
            return
        self._resting.pop(identity, None)
        self._rotated += not written
        self._open[identity] = Followed(reader, time.monotonic())

    def _renewed(self, reader: Reader) -> None:
        """Note at once that a file was written anew: the ids of its foreign lines hang on it."""
        self._positions.put(reader.identity, reader.position(0))
        self._shipper.save()

    def _read(self, followed: Followed, entry: Entry | None) -> bool:
        reader = followed.reader
        if entry is not None:
            reader.path = entry[0]
        if reader.replaced:
            self._end(reader)
            self._shipper.flush()  # with the positions of what was there before
            reader.restart()
            self._renewed(reader)
        source = reader.source
        before = reader.seen
        for line in reader.lines(4 * CHUNK):
            self._shipper.add(reader, source, line)
        if reader.seen != before:
            followed.last_growth = time.monotonic()
            return True
        if reader.held_seconds > HOLD_SECONDS:
            self._end(reader)
        return False

    def _end(self, reader: Reader) -> None:
        """Ship what waits for more; where it ends is saved before, for whoever starts anew."""
        source, line = reader.source, reader.held()
        if line is not None:
            self._positions.cut(reader.identity, reader.position(0), line.end)
            self._shipper.save()
            self._shipper.add(reader, source, line)

    def _maybe_close(self, identity: str, followed: Followed, entry: Entry | None, *, removed: bool) -> None:
        """Close a file that nobody writes any more: one that was removed, or rotated and has rested."""
        reader, quiet = followed.reader, time.monotonic() - followed.last_growth
        if not removed and (entry is None or files.active(entry[0])):
            return
        if reader.unfinished and quiet > TORN_SECONDS:
            self._end(reader)
            source, line = reader.source, reader.rest()
            if line is not None:
                self._shipper.add(reader, source, line)
        crowded = self._rotated >= MOST_OPEN
        if reader.unfinished or quiet < (TORN_SECONDS if removed or crowded else IDLE_SECONDS):
            return
        self._shipper.flush()
        reader.close()
        del self._open[identity]
        self._resting[identity] = Rested(entry and _stamp(entry[1]), reader.position(reader.offset))


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns
