"""Reads files once, from where an earlier run stopped to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestlib import files
from ingestlib.errors import IngestError
from ingestlib.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ingestlib.positions import Positions
    from ingestlib.shipper import Shipper


def backfill(
    paths: Iterable[Path],
    shipper: Shipper,
    positions: Positions,
    *,
    keep: int,
    on_read: Callable[[int], object],
) -> list[str]:
    """Ship every file; return a note for each whose last line is not finished yet.

    Args:
        paths: The files, in the order in which to read them.
        shipper: Takes the lines; the caller finishes it.
        positions: Where earlier runs stopped.
        keep: How many bytes of an overlong line to hand on.
        on_read: Is told how many bytes have been read.

    Raises:
        IngestError: A file cannot be read.
    """
    notes: list[str] = []
    for path in paths:
        try:
            reader = _open(path, positions, keep)
            notes += _ship(reader, shipper, on_read)
            shipper.flush()
            reader.close()
        except OSError as error:
            raise IngestError(f"cannot read {path} ({error.strerror}); correct its permissions") from None
    return notes


def _open(path: Path, positions: Positions, keep: int) -> Reader:
    status = path.stat()
    return Reader(path, positions.get(f"{status.st_dev}:{status.st_ino}"), keep)


def _ship(reader: Reader, shipper: Shipper, on_read: Callable[[int], object]) -> list[str]:
    source = reader.source
    for line in reader.lines():
        shipper.add(reader, source, line)
        on_read(line.end - line.start)
    start = reader.offset
    last = reader.rest()
    if last is None:
        return []
    if files.active(reader.path) and shipper.judge(last, source).reason:
        return [f"{reader.path.name}: the last line, at byte {start}, is not finished; left for the next run"]
    shipper.add(reader, source, last)
    return []
