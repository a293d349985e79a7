"""Which files there are: the log files of a folder, rotated ones included, oldest first."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from amaie_ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LOG = re.compile(r".+\.jsonl(?:\.([0-9]+))?")
"""A log file's name, with its number if it was rotated."""


def expand(places: Iterable[Path]) -> list[Path]:
    """Return the files that a list of files and folders stands for.

    Raises:
        IngestError: One of them does not exist.
    """
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            found += in_folder(place)
        elif place.exists():
            found.append(place)
        else:
            raise IngestError(f"{place} does not exist; name a log file or a folder of *.jsonl files")
    return found


def in_folder(folder: Path) -> list[Path]:
    """Return the log files of a folder, the oldest first."""
    files = [path for path in folder.iterdir() if LOG.fullmatch(path.name) and path.is_file()]
    return sorted(files, key=lambda path: (path.name.partition(".jsonl")[0], -_number(path)))


def folders(root: Path) -> list[Path]:
    """Return a folder and those in it that can be looked into: each may be a mount with logs of its own."""
    return [root, *(one for one in root.iterdir() if one.is_dir() and os.access(one, os.R_OK | os.X_OK))]


def active(path: Path) -> bool:
    """Return whether a file may still be written: it was not renamed by rotation."""
    return _number(path) == 0


def identity(status: os.stat_result) -> str:
    """Return what a file keeps when it is renamed: `device:inode`."""
    return f"{status.st_dev}:{status.st_ino}"


def place(folder: Path) -> str:
    """Return the one name of a folder, by whatever way it was named."""
    return text(str(folder.resolve()))


def text(name: str) -> str:
    """Return a name that may stand in JSON: Unix takes any bytes in one."""
    return os.fsencode(name).decode(errors="replace")


def _number(path: Path) -> int:
    match = LOG.fullmatch(path.name)
    return int((match and match.group(1)) or 0)
