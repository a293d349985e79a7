"""A service that writes log records as fast as it is told, rotating its file by renaming."""

from __future__ import annotations

import json
import secrets
import threading
import time
from typing import TYPE_CHECKING

from integration.logs.lab import record

if TYPE_CHECKING:
    from pathlib import Path

BACKUPS = 1000
BURST = 0.01


class Writer:
    """Writes `total` records into `<folder>/<service>.jsonl` from a thread."""

    def __init__(
        self, folder: Path, service: str, total: int, *, per_second: float, rotate_every: float | None = None
    ) -> None:
        """Take what to write, how fast, and how often to rotate (in seconds)."""
        self.producer = secrets.token_hex(12)
        self._path = folder / f"{service}.jsonl"
        self._service, self._total, self._rate = service, total, per_second
        self._rotate_every = rotate_every
        self.rotations = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> Writer:
        """Start to write."""
        self._thread.start()
        return self

    def join(self) -> None:
        """Wait until everything is written."""
        self._thread.join()

    def _run(self) -> None:
        start = rotated = time.monotonic()
        written = 0
        file = self._path.open("ab", buffering=0)
        while written < self._total:
            now = time.monotonic()
            due = min(self._total, int((now - start) * self._rate) + 1)
            file.write(b"".join(self._line(number) for number in range(written + 1, due + 1)))
            written = max(written, due)
            if self._rotate_every and now - rotated > self._rotate_every:
                file.close()
                self._rotate()
                file, rotated = self._path.open("ab", buffering=0), now
            time.sleep(BURST)
        file.close()

    def _line(self, number: int) -> bytes:
        event_id = f"{self.producer}-{number:010d}"
        entry = record(number, event_id=event_id, service=self._service, price=30000 + number / 7)
        return json.dumps(entry).encode() + b"\n"

    def _rotate(self) -> None:
        self.rotations += 1
        for number in range(min(self.rotations, BACKUPS), 0, -1):
            old = self._path if number == 1 else self._path.with_name(f"{self._path.name}.{number - 1}")
            if old.exists():
                old.rename(self._path.with_name(f"{self._path.name}.{number}"))
