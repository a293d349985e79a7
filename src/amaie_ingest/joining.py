"""Which lines of plain text are one record: a line, and what is indented below it, tracebacks among them.

How much is joined is bounded by the content alone, so that whoever reads a file again finds the same records.
"""

from __future__ import annotations

import re

MOST_LINES = 1000
"""So many lines are one record at most; what goes on beyond them is another one."""

_TRACEBACK = b"Traceback (most recent call last):"
_GOES_ON = re.compile(
    rb"[ \t}\])]"
    rb"|Traceback \(most recent call last\):"
    rb"|During handling of the above exception|The above exception was the direct cause"
    rb"|Caused by: |(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable)(?:[:\r]|$)"
)
"""Beside what is indented: a bracket that closes, the parts of Python's tracebacks and of Java's."""
_RAISED = re.compile(rb"[A-Za-z_][\w.]*(?:[:\r]|$)")
"""The line below a traceback's frames, which names the exception."""


class Joined:
    """The lines of one record, as far as they are known.

    Attributes:
        data: The lines, without the last one's end.
        start: Where the first one begins.
        end: Where the last one ends.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        """Take the first line."""
        self.data, self.start, self.end, self._lines = data, start, end, 1
        self._raising = data.startswith(_TRACEBACK)

    @property
    def whole(self) -> bool:
        """Return whether nothing can go on with it: it is blank, or looks like a JSON object."""
        return not self.data.strip() or (self.data[:1] == b"{" and self.data.rstrip()[-1:] == b"}")

    def takes(self, line: bytes, end: int, most_bytes: int) -> bool:
        """Return whether a line goes on with the record; if so, it is part of it now."""
        if self._lines >= MOST_LINES or end - self.start > most_bytes:
            return False
        named = self._raising and _RAISED.match(line) is not None
        if line.strip() and not named and not _GOES_ON.match(line):
            return False
        self._raising = line.startswith(_TRACEBACK) or (self._raising and not named)
        self.data, self.end, self._lines = self.data + b"\n" + line, end, self._lines + 1
        return True
