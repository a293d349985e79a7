"""Reads one log file line by line, through growth, truncation and renaming."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from amaie_ingest import files
from amaie_ingest.judge import Source
from amaie_ingest.positions import TAIL, Position, hashed

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

    The file stays open while it is read, so its inode cannot be given to another file meanwhile. What proves
    that it is still the same content is kept from what was read, never read again: by then it may be other.

    Attributes:
        offset: Where the next line begins.
        seen: Up to where the file has been read, an unfinished line included.
    """

    def __init__(self, path: Path, position: Position | None, keep: int) -> None:
        """Open a file; a position that does not fit what the file holds is not believed.

        Args:
            path: The file.
            position: Where an earlier reader stopped.
            keep: How many bytes of an overlong line to hand out.
        """
        self.path = path
        self._folder = files.place(path.parent)
        self._keep = keep
        self.file: BinaryIO = path.open("rb", buffering=0)
        self.identity = files.identity(os.fstat(self.file.fileno()))
        self.generation = self.offset = 0
        self._head = self._window = b""
        if position is not None:
            before = self._before(position.offset)
            if hashed(before) == position.tail:
                self.generation, self.offset, self._window = position.generation, position.offset, before
            else:
                self.generation = position.generation + 1
        self.seen = self._next = self.offset
        self._marks = {0: hashed(b""), self.offset: hashed(self._window)}

    @property
    def source(self) -> Source:
        """Return what the judge needs to know of the file."""
        return Source(files.text(self.path.name), f"{self.identity}:{self.generation}")

    @property
    def status(self) -> os.stat_result:
        """Return the present status of the file."""
        return os.fstat(self.file.fileno())

    @property
    def unfinished(self) -> bool:
        """Return whether the file's last line has no end yet."""
        return self.seen > self.offset

    @property
    def replaced(self) -> bool:
        """Return whether the file was emptied or written anew since it was read."""
        return self._before(self.seen) != self._window[-TAIL:]

    def restart(self) -> None:
        """Go back to the start, as of another file; whoever needs a position of the old one asks before."""
        self.generation += 1
        self.offset = self.seen = self._next = 0
        self._head = self._window = b""
        self._marks = {0: hashed(b"")}

    def position(self, offset: int) -> Position:
        """Return the position to save once everything before the end of the last line is acknowledged."""
        return Position(offset, self.generation, self._tail(offset), files.text(self.path.name), self._folder)

    def lines(self, limit: float = math.inf) -> Iterator[Line]:
        """Yield complete lines until about `limit` bytes are read, the file ends, or it was replaced."""
        read = 0
        while read < limit:
            self._trim()
            before = len(self._window)
            data = os.pread(self.file.fileno(), before + CHUNK, self.seen - before)
            if len(data) <= before or not data.startswith(self._window):
                break
            self._window = data
            self.seen += len(data) - before
            read += len(data) - before
            yield from self._split(data[before:])
        self._trim()

    def rest(self) -> Line | None:
        """Return the unfinished last line, for a file that nobody goes on writing."""
        if not self.unfinished:
            return None
        line = Line(self._head, self.offset, self.seen, self.seen - self.offset)
        self.offset = self._next = self.seen
        self._head = b""
        self._trim()
        return line

    @property
    def held_seconds(self) -> float:
        """Return for how long a whole line has waited for more; no line of JSON does."""
        return 0.0

    def held(self) -> Line | None:
        """Return the lines that waited for more; no line of JSON does."""
        return None

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _split(self, chunk: bytes) -> Iterator[Line]:
        """Cut what is known into lines; of a line that never ends only the beginning is remembered."""
        first, *others = chunk.split(b"\n")
        length = self.seen - len(chunk) - self._next + len(first)
        first = (self._head + first)[: self._keep]
        if not others:
            self._head = first
            return
        yield self._line(first, length)
        for line in others[:-1]:
            yield self._line(line, len(line))
        self._head = others[-1][: self._keep]

    def _line(self, data: bytes, length: int) -> Line:
        start = self._next
        self._next = self.offset = start + length + 1
        return Line(data[: self._keep], start, self.offset, length)

    def _before(self, offset: int) -> bytes:
        start = max(0, offset - TAIL)
        return os.pread(self.file.fileno(), offset - start, start)

    def _tail(self, offset: int) -> str:
        if offset in self._marks:
            return self._marks[offset]
        start = self.seen - len(self._window)
        return hashed(self._window[max(0, offset - TAIL - start) : offset - start])

    def _trim(self) -> None:
        """Keep of what was read only what proves where we are."""
        self._marks = {0: hashed(b"")} | {one: self._tail(one) for one in (self.offset, self._next)}
        self._window = self._window[-TAIL:]
