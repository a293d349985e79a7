"""Follows the log files of a folder through growth, rotation, truncation and deletion."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestlib import files
from ingestlib.reader import CHUNK, Reader

if TYPE_CHECKING:
    import os
    import threading
    from pathlib import Path

    from ingestlib.positions import Positions
    from ingestlib.shipper import Shipper

POLL_SECONDS = 0.1
BATCH_SECONDS = 0.2
TORN_SECONDS = 5.0
"""After so long nobody finishes the last line of a file that was rotated or removed."""
IDLE_SECONDS = 30.0


@dataclass
class Followed:
    """A file that is being read."""

    reader: Reader
    last_growth: float


class Follower:
    """Reads everything that services write into a folder."""

    def __init__(self, folder: Path, shipper: Shipper, positions: Positions, *, keep: int) -> None:
        """Take the folder; it may be empty or appear later."""
        self._folder, self._shipper, self._positions, self._keep = folder, shipper, positions, keep
        self._open: dict[str, Followed] = {}
        self._resting: dict[str, tuple[int, int]] = {}  # identity -> size and time of change when closed

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop, then send what has been read."""
        while not stop.is_set():
            busy = self.turn()
            self._shipper.settle_ready()
            if not busy:
                stop.wait(POLL_SECONDS)
        self._shipper.finish()

    def turn(self) -> bool:
        """Look for files and read what is new; return whether there was anything."""
        present = self._present()
        for identity, (path, status) in present.items():
            if identity not in self._open and self._resting.get(identity) != _stamp(status):
                self._begin(identity, path)
        busy = False
        for identity, followed in list(self._open.items()):
            busy |= self._read(followed, present.get(identity))
            self._maybe_close(identity, followed, present.get(identity))
        for identity in self._resting.keys() - present.keys():
            del self._resting[identity]
            self._positions.forget(identity)
        if self._shipper.age > BATCH_SECONDS or not busy:
            self._shipper.flush()
        return busy

    def _present(self) -> dict[str, tuple[Path, os.stat_result]]:
        present: dict[str, tuple[Path, os.stat_result]] = {}
        with contextlib.suppress(FileNotFoundError):
            for path in files.in_folder(self._folder):
                with contextlib.suppress(FileNotFoundError):  # rotated between listing and looking
                    status = path.stat()
                    present[f"{status.st_dev}:{status.st_ino}"] = (path, status)
        return present

    def _begin(self, identity: str, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):  # rotated meanwhile: the next turn finds it
            reader = Reader(path, self._positions.get(identity), self._keep)
            if reader.identity in self._open:
                reader.close()
                return
            self._resting.pop(reader.identity, None)
            self._open[reader.identity] = Followed(reader, time.monotonic())

    def _read(self, followed: Followed, entry: tuple[Path, os.stat_result] | None) -> bool:
        reader = followed.reader
        if entry is not None:
            reader.path = entry[0]
        reader.restarted()
        source = reader.source
        before = reader.seen
        for line in reader.lines(4 * CHUNK):
            self._shipper.add(reader, source, line)
        if reader.seen != before:
            followed.last_growth = time.monotonic()
            return True
        return False

    def _maybe_close(
        self, identity: str, followed: Followed, entry: tuple[Path, os.stat_result] | None
    ) -> None:
        """Close a file that nobody writes any more: one that was removed, or rotated and has rested."""
        reader, quiet = followed.reader, time.monotonic() - followed.last_growth
        if entry is not None and files.active(entry[0]):
            return
        if reader.unfinished and quiet > TORN_SECONDS:
            source, line = reader.source, reader.rest()
            if line is not None:
                self._shipper.add(reader, source, line)
        if reader.unfinished or quiet < (TORN_SECONDS if entry is None else IDLE_SECONDS):
            return
        self._shipper.flush()
        reader.close()
        del self._open[identity]
        if entry is not None:
            self._resting[identity] = _stamp(entry[1])
        else:
            self._positions.forget(identity)


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns
