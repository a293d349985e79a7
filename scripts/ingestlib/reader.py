"""Reads one log file line by line, through growth, truncation and renaming."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from ingestlib.judge import Source
from ingestlib.positions import Position, tail_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 1 << 20


class Line(msgspec.Struct, frozen=True, gc=False):
    """A line without its end: its bytes (only the beginning of an overlong one), and where it stands."""

    data: bytes
    start: int
    end: int
    length: int


class Reader:
    """An open file, read from where its position says.

    The file stays open while it is read, so its inode cannot be given to another file meanwhile.
    """

    def __init__(self, path: Path, position: Position | None, keep: int) -> None:
        """Open a file; a position that does not fit what the file holds is not believed.

        Args:
            path: The file.
            position: Where an earlier reader stopped.
            keep: How many bytes of an overlong line to hand out.
        """
        self.path = path
        self._keep = keep
        self.file: BinaryIO = path.open("rb", buffering=0)
        status = os.fstat(self.file.fileno())
        self.identity = f"{status.st_dev}:{status.st_ino}"
        self.generation = 0
        self.offset = 0
        if position is not None:
            same = position.offset <= status.st_size and tail_of(self.file, position.offset) == position.tail
            self.generation = position.generation + (not same)
            self.offset = position.offset if same else 0
        self._pending = b""
        self._dropped = 0
        self._tail = tail_of(self.file, self.offset)

    @property
    def source(self) -> Source:
        """Return what the judge needs to know of the file."""
        return Source(self.path.name, f"{self.identity}:{self.generation}")

    @property
    def size(self) -> int:
        """Return the present size of the file in bytes."""
        return os.fstat(self.file.fileno()).st_size

    @property
    def unfinished(self) -> bool:
        """Return whether the file's last line has no end yet."""
        return bool(self._pending or self._dropped)

    @property
    def seen(self) -> int:
        """Return up to where the file has been read, an unfinished line included."""
        return self.offset + len(self._pending) + self._dropped

    def position(self, offset: int) -> Position:
        """Return the position to save once everything before an offset is acknowledged."""
        return Position(offset, self.generation, tail_of(self.file, offset), self.path.name)

    def restarted(self) -> bool:
        """Go back to the start if the file was emptied or written anew since; return whether it was."""
        if self.size >= self.seen and tail_of(self.file, self.offset) == self._tail:
            return False
        self.generation += 1
        self.offset, self._pending, self._dropped = 0, b"", 0
        self._tail = tail_of(self.file, 0)
        return True

    def lines(self, limit: float = math.inf) -> Iterator[Line]:
        """Yield complete lines until about `limit` bytes are read or the file ends."""
        read = 0
        while read < limit:
            chunk = os.pread(self.file.fileno(), CHUNK, self.seen)
            if not chunk:
                break
            read += len(chunk)
            yield from self._split(chunk)
        self._tail = tail_of(self.file, self.offset)

    def rest(self) -> Line | None:
        """Return the unfinished last line, for a file that nobody goes on writing."""
        if not self.unfinished:
            return None
        length = self._dropped + len(self._pending)
        line = Line(self._pending[: self._keep], self.offset, self.offset + length, length)
        self.offset, self._pending, self._dropped = line.end, b"", 0
        self._tail = tail_of(self.file, self.offset)
        return line

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _split(self, chunk: bytes) -> Iterator[Line]:
        """Cut what is known into lines; of a line that never ends only the beginning is remembered."""
        data = self._pending + chunk if not self._dropped else chunk
        first, *others = data.split(b"\n")
        if self._dropped:
            if not others:
                self._dropped += len(chunk)
                return
            length = len(self._pending) + self._dropped + len(first)
            yield self._line(self._pending, length)
            self._pending, self._dropped = b"", 0
            first, *others = others
        for line in (first, *others)[: len(others)]:
            yield self._line(line, len(line))
        self._pending = others[-1] if others else first
        if len(self._pending) > self._keep:
            self._dropped = len(self._pending) - self._keep
            self._pending = self._pending[: self._keep]

    def _line(self, data: bytes, length: int) -> Line:
        start = self.offset
        self.offset = start + length + 1
        return Line(data[: self._keep], start, self.offset, length)
