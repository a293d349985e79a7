"""Reads a log file of plain text: hands out a record once the next one begins, or when it is asked to.

The record that may go on is to the reader what an unfinished line is: its position stays before it, so that
whoever starts anew reads it again. Where one was ended early is noted before it is sent, and there it ends
ever after.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from amaie_ingest import files
from amaie_ingest.joining import Joined
from amaie_ingest.reader import Line, Reader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from amaie_ingest.judge import Source
    from amaie_ingest.positions import Position


def reader_of(path: Path, position: Position | None, keep: int, text: Collection[str]) -> Reader:
    """Open a log file; those of the services in `text` may hold plain text."""
    kind = TextReader if files.service(path.name) in text else Reader
    return kind(path, position, keep)


class TextReader(Reader):
    """An open file of plain text."""

    def __init__(self, path: Path, position: Position | None, keep: int) -> None:
        """Open a file as `Reader` does."""
        super().__init__(path, position, keep)
        believed = position is not None and position.generation == self.generation
        self._cuts = set(position.cuts if position is not None and believed else ())
        self._service = files.service(path.name)
        self._joined: Joined | None = None
        self._since = 0.0

    @property
    def source(self) -> Source:
        """Return what the judge needs to know: plain text is a record of this service."""
        return super().source._replace(text=self._service)

    @property
    def held_seconds(self) -> float:
        """Return for how long a record has waited for lines that go on with it."""
        return time.monotonic() - self._since if self._joined else 0.0

    def held(self) -> Line | None:
        """End the record that may go on, and return it."""
        joined, self._joined = self._joined, None
        if joined is None:
            return None
        self.offset = joined.end
        self._cuts.add(joined.end)
        return _line(joined)

    def restart(self) -> None:
        """Go back to the start, as of another file."""
        super().restart()
        self._joined = None
        self._cuts.clear()

    def _split(self, chunk: bytes) -> Iterator[Line]:
        """Cut what is known into records."""
        for line in super()._split(chunk):
            records = self._join(line)
            self.offset = self._joined.start if self._joined else line.end
            yield from records

    def _join(self, line: Line) -> list[Line]:
        """Take a line; return the records that are known as a whole now."""
        known, joined = [], self._joined
        if joined is not None:
            if line.start not in self._cuts and joined.takes(line.data, line.end, self._keep):
                return []
            known.append(_line(joined))
        self._joined = Joined(line.data, line.start, line.end)
        self._since = time.monotonic()
        if self._joined.whole or line.length > self._keep:
            known.append(line)
            self._joined = None
        return known


def _line(joined: Joined) -> Line:
    return Line(joined.data, joined.start, joined.end, joined.end - joined.start - 1)
