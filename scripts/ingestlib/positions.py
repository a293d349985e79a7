"""How far each file has been read and acknowledged: one small JSON file, replaced as a whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING

import msgspec

from ingestlib.errors import IngestError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

TAIL = 1024
"""So many bytes before a position prove that it is still the same file."""


class Position(msgspec.Struct):
    """Where to go on in a file, and what stood just before that place."""

    offset: int
    generation: int = 0
    tail: str = ""
    name: str = ""


class Positions:
    """The positions of all files by identity (`device:inode`)."""

    def __init__(self, path: Path | None) -> None:
        """Read what an earlier run has saved; without a path nothing is read or saved."""
        self._path = path
        self._saved: dict[str, Position] = {}
        if path is not None and path.exists():
            try:
                self._saved = msgspec.json.decode(path.read_bytes(), type=dict[str, Position])
            except (msgspec.MsgspecError, UnicodeDecodeError):
                raise IngestError(
                    f"{path} holds no positions (it is damaged); delete it: all files are read again, "
                    "and known event ids are not indexed twice"
                ) from None

    def get(self, identity: str) -> Position | None:
        """Return the position of a file, if it has one."""
        return self._saved.get(identity)

    def put(self, identity: str, position: Position) -> None:
        """Note how far a file is acknowledged."""
        self._saved[identity] = position

    def forget(self, identity: str) -> None:
        """Drop the position of a file that is gone."""
        self._saved.pop(identity, None)

    def save(self) -> None:
        """Write all positions; a crash leaves the old or the new file, never half of one.

        Raises:
            OSError: The disk is full or the folder cannot be written.
        """
        if self._path is None:
            return
        new = self._path.with_suffix(".new")
        try:
            with new.open("wb") as file:
                file.write(msgspec.json.encode(self._saved))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink()
            raise


def tail_of(file: BinaryIO, offset: int) -> str:
    """Return a hash of what stands just before an offset."""
    start = max(0, offset - TAIL)
    return hashlib.sha256(os.pread(file.fileno(), offset - start, start)).hexdigest()[:32]
