"""The log file: whole lines appended in one write each, rotated by rename, reopened when it went away."""

from __future__ import annotations

import os
from pathlib import Path


class FileSink:
    """Appends to one file that other processes may append to, too. Raises `OSError`; the caller tries again."""

    def __init__(self, path: Path, *, max_bytes: int = 64 * 1024 * 1024, backups: int = 5) -> None:
        """Describe the file; it is opened at the first write."""
        self._path = path
        self._max_bytes = max_bytes
        self._backups = backups
        self._fd = -1

    def write(self, lines: bytes) -> None:
        """Append complete lines."""
        fd = self._open()
        if os.fstat(fd).st_size + len(lines) > self._max_bytes:
            fd = self._rotate(fd)
        written = os.write(fd, lines)
        while written < len(lines):
            written += os.write(fd, lines[written:])

    def close(self) -> None:
        """Close the file; a later write opens it again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> int:
        if self._fd >= 0 and self._moved():
            self.close()
        if self._fd < 0:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        return self._fd

    def _moved(self) -> bool:
        try:
            now = self._path.stat()
        except OSError:
            return True
        ours = os.fstat(self._fd)
        return (now.st_dev, now.st_ino) != (ours.st_dev, ours.st_ino)

    def _rotate(self, fd: int) -> int:
        if os.fstat(fd).st_size == 0:
            return fd
        for number in range(self._backups, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            newer = self._path.with_name(f"{self._path.name}.{number - 1}") if number > 1 else self._path
            if newer.exists():
                newer.replace(older)
        self.close()
        return self._open()
