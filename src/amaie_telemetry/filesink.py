"""The log file: whole lines appended in one write each, rotated by rename, reopened when it went away."""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MODE = 0o640


class Unwritten(OSError):  # noqa: N818 (it names what is left, as FileNotFound would)
    """A write failed half-way; `rest` holds the lines that are not in the file yet, the first one cut."""

    def __init__(self, cause: OSError, rest: bytes) -> None:
        """Keep what to write later."""
        super().__init__(cause.errno, cause.strerror)
        self.rest = rest


class FileSink:
    """Appends to one file that other processes may append to, too.

    A file that reached its size or its age is renamed to `<name>.1` (and `.1` to `.2`, …), so a reader that
    follows the file loses nothing. Several processes agree on the rename through a lock file.
    """

    def __init__(
        self, path: Path, *, max_bytes: int, backups: int, max_seconds: int = 0, rotate: bool = True
    ) -> None:
        """Describe the file; it is opened at the first write. Without `rotate`, a full file takes no more."""
        self._path = path
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._backups = backups
        self._may_rotate = rotate
        self._fd = -1
        self._opened = (0, 0)  # device and inode behind it
        self._cut: tuple[int, int, int] | None = (
            None  # inode, its size, bytes of the cut line that it ends with
        )

    def write(self, lines: bytes) -> None:
        """Append complete lines; raise `OSError` if nothing was written, `Unwritten` if some was.

        After `Unwritten`, its `rest` must be what is written next: it begins with the line that was cut.
        """
        now = self._open()
        if self._cut is None and self._due(now, len(lines)):
            now = self._rotate(now)
        present, start = self._present(now)
        position = present
        try:
            if start:
                os.write(self._fd, start)
            while position < len(lines):
                position += os.write(self._fd, lines[position:])
        except OSError as error:
            if position == present:
                raise
            begin = lines.rfind(b"\n", 0, position) + 1
            after = os.fstat(self._fd)
            self._cut = (after.st_ino, after.st_size, position - begin) if position > begin else None
            raise Unwritten(error, lines[begin:]) from None
        self._cut = None

    def close(self) -> None:
        """Close the file; a later write opens it again."""
        if self._own() is not None:
            os.close(self._fd)
        self._fd = -1

    def _own(self) -> os.stat_result | None:
        """Return the status of the open file, if it is open and ours.

        A program that becomes a daemon closes all descriptors; what is opened next gets their numbers.
        """
        if self._fd < 0:
            return None
        try:
            found = os.fstat(self._fd)
        except OSError:
            return None
        return found if (found.st_dev, found.st_ino) == self._opened else None

    def _open(self) -> os.stat_result:
        """Make sure that the open file is the one of that name, and return its status."""
        ours = self._own()
        if ours is not None:
            try:
                there = self._path.stat()
            except FileNotFoundError:
                there = None
            if there is not None and (there.st_dev, there.st_ino) == self._opened:
                return ours
        self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
        now = os.fstat(self._fd)
        self._opened = (now.st_dev, now.st_ino)
        if self._cut is None and now.st_size and self._torn():
            self._cut = (now.st_ino, -1, 0)  # a process died in the middle of a line: it must spoil no other
        return now

    def _torn(self) -> bool:
        """Return whether the file ends in the middle of a line that nobody is writing just now."""
        found = self._end()
        if found is None or found[1] == b"\n":
            return False
        time.sleep(0.02)
        return self._end() == found

    def _end(self) -> tuple[int, bytes] | None:
        """Return size and last byte of the file."""
        try:
            with self._path.open("rb") as file:
                return file.seek(-1, os.SEEK_END), file.read(1)
        except OSError:
            return None

    def _due(self, now: os.stat_result, size: int) -> bool:
        if now.st_size == 0:
            return False
        if now.st_size + size > self._max_bytes:
            return True
        period = self._max_seconds
        return bool(period) and int(now.st_mtime) // period != int(time.time()) // period

    def _rotate(self, now: os.stat_result) -> os.stat_result:
        if not self._may_rotate:
            raise OSError(0, f"{self._path.name} is full")
        lock = os.open(
            self._path.with_name(f".{self._path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            there = self._path.stat() if self._path.exists() else None
            if there is not None and there.st_ino == now.st_ino:  # else another process has done it
                for number in range(self._backups, 0, -1):
                    newer = self._numbered(number - 1)
                    if newer.exists():
                        newer.replace(self._numbered(number))
                if not self._backups:
                    self._path.unlink()
        finally:
            os.close(lock)
        return self._open()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path

    def _present(self, now: os.stat_result) -> tuple[int, bytes]:
        """Return how much of the first line stands at the end of the file, and what to write before the rest.

        A line that was cut is completed, unless someone else has written since: then it is written again.
        """
        if self._cut is None or self._cut[0] != now.st_ino:
            return 0, b""
        _, size, length = self._cut
        return (length, b"") if size == now.st_size else (0, b"\n")
