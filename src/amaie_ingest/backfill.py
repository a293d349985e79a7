"""Reads files once, from where an earlier run stopped to their end."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from amaie_ingest import files
from amaie_ingest.errors import IngestError
from amaie_ingest.reader import CHUNK
from amaie_ingest.text_reader import reader_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from amaie_ingest.positions import Positions
    from amaie_ingest.reader import Reader
    from amaie_ingest.shipper import Shipper


def backfill(
    paths: Iterable[Path],
    shipper: Shipper,
    positions: Positions,
    *,
    keep: int,
    on_read: Callable[[int], object],
    text: Collection[str] = (),
) -> list[str]:
    """Ship every file; return a note for each that could not be read to its end.

    Args:
        paths: The files, in the order in which to read them; they may be rotated meanwhile.
        shipper: Takes the lines; the caller finishes it.
        positions: Where earlier runs stopped.
        keep: How many bytes of an overlong line to hand on.
        on_read: Is told how many bytes have been read.
        text: The services that may write plain text.

    Raises:
        IngestError: A file cannot be read.
    """
    notes: list[str] = []
    for identity, path in {files.identity(path.stat()): path for path in paths}.items():
        try:
            reader = _open(identity, path, positions, keep, text)
            if reader is None:
                notes.append(f"{files.text(path.name)}: removed before it was read")
                continue
            notes += _ship(reader, shipper, on_read)
            shipper.flush()
            reader.close()
        except OSError as error:
            raise IngestError(f"cannot read {path} ({error.strerror}); correct its permissions") from None
    return notes


def _open(identity: str, path: Path, positions: Positions, keep: int, text: Collection[str]) -> Reader | None:
    """Open a file, by the name that rotation has given it since."""
    for place in (path, *files.in_folder(path.parent), *files.texts(path.parent, text)):
        with contextlib.suppress(FileNotFoundError):
            if files.identity(place.stat()) == identity:
                reader = reader_of(place, positions.get(identity), keep, text)
                if reader.identity == identity:
                    return reader
                reader.close()
    return None


def _ship(reader: Reader, shipper: Shipper, on_read: Callable[[int], object]) -> list[str]:
    _read(reader, shipper, on_read)
    while reader.replaced:
        shipper.flush()  # with the positions of what was there before
        reader.restart()
        _read(reader, shipper, on_read)
    start, source = reader.offset, reader.source
    last = reader.rest()
    if last is None:
        return []
    if files.active(reader.path) and shipper.judge(last, source).reason:
        name = files.text(reader.path.name)
        return [f"{name}: the last line, at byte {start}, is not finished; left for the next run"]
    shipper.add(reader, source, last)
    return []


def _read(reader: Reader, shipper: Shipper, on_read: Callable[[int], object]) -> None:
    source, before = reader.source, -1
    while reader.seen != before:
        before = reader.seen
        for line in reader.lines(4 * CHUNK):
            shipper.add(reader, source, line)
            on_read(line.end - line.start)
        shipper.settle_ready()
    held = reader.held()
    if held is not None:
        shipper.add(reader, source, held)
        on_read(held.end - held.start)
