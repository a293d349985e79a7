"""How far each file has been read and acknowledged: one small JSON file, replaced as a whole."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from typing import TYPE_CHECKING

import msgspec

from amaie_ingest import files
from amaie_ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

TAIL = 1024
"""So many bytes before a position prove that it is still the same file."""


class Position(msgspec.Struct):
    """Where to go on in a file, what stood just before, where the file was, and the cuts behind it."""

    offset: int
    generation: int = 0
    tail: str = ""
    name: str = ""
    folder: str = ""
    cuts: list[int] = msgspec.field(default_factory=list)


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
        """Note how far a file is acknowledged; what stood there before it was written anew counts no more."""
        known = self._saved.get(identity)
        if known is None or known.generation < position.generation:
            self._saved[identity] = position
        elif known.generation == position.generation:
            left = [cut for cut in known.cuts if cut > position.offset]
            self._saved[identity] = msgspec.structs.replace(position, cuts=left)

    def cut(self, identity: str, start: Position, offset: int) -> None:
        """Note, before it is sent, where a record of plain text was ended that could have gone on.

        Args:
            identity: The file.
            start: Of this generation of the file, if nothing of it is acknowledged yet.
            offset: Where the record ends.
        """
        known = self._saved.setdefault(identity, start)
        if known.generation == start.generation:
            known.cuts = [*known.cuts, offset]

    def prune(self, folder: Path, present: Collection[str], text: Collection[str] = ()) -> None:
        """Forget the log files of a folder that are not there any more.

        Kept are files of other places, which somebody has read once with the same position file, and those of
        another device: theirs is not mounted now.

        Raises:
            FileNotFoundError: The folder is not there, so nobody can tell what is.
        """
        device = f"{folder.stat().st_dev}:"
        place = files.place(folder)
        for identity, position in list(self._saved.items()):
            ours = position.folder == place and files.is_log(position.name, text)
            if ours and identity.startswith(device) and identity not in present:
                del self._saved[identity]

    def adopt(self, folder: Path, present: Collection[str]) -> None:
        """Find the files of a folder again whose device has another number since the machine started anew."""
        place = files.place(folder)
        known = {
            identity.partition(":")[2]: identity
            for identity, position in self._saved.items()
            if position.folder == place and identity not in present
        }
        for identity in present:
            old = known.get(identity.partition(":")[2])
            if old is not None and identity not in self._saved:
                self._saved[identity] = self._saved.pop(old)

    def rewound(self) -> Positions:
        """Return the start of every file, of the generation on which the ids of its foreign lines hang."""
        start = hashed(b"")
        rewound = Positions(None)
        for identity, position in self._saved.items():
            rewound.put(identity, msgspec.structs.replace(position, offset=0, tail=start))
        return rewound

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


def hold(folder: Path) -> int:
    """Make a state folder ours until the file descriptor returned is closed or the process ends.

    The folder itself is locked, which needs no room on a full disk.

    Raises:
        IngestError: Another shipper holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise IngestError(
                f"another shipper uses the folder {folder}; stop it, or name another folder with --state"
            ) from None
        raise IngestError(
            f"cannot lock the folder {folder} ({error.strerror}); name one on a local disk with --state"
        ) from None
    return descriptor


def hashed(tail: bytes) -> str:
    """Return a hash of what stands just before a position."""
    return hashlib.sha256(tail).hexdigest()[:32]
