"""Which files there are: the log files of a folder, rotated ones included, oldest first."""

from __future__ import annotations

import glob
import os
import re
from typing import TYPE_CHECKING

from amaie_ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

LOG = re.compile(r"(.+)\.(?:jsonl|log)(?:\.([0-9]+))?")
"""A log file's name: its service, and its number if it was rotated. `.log` is plain text of a service."""


def expand(places: Iterable[Path], text: Collection[str] = ()) -> list[Path]:
    """Return the files that a list of files and folders stands for.

    Args:
        places: The list.
        text: The services whose files of plain text count, too.

    Raises:
        IngestError: One of them does not exist.
    """
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            found += [*in_folder(place), *texts(place, text)]
        elif place.exists():
            found.append(place)
        else:
            raise IngestError(f"{place} does not exist; name a log file or a folder of *.jsonl files")
    return found


def in_folder(folder: Path) -> list[Path]:
    """Return the log files of a folder, the oldest first."""
    files = [path for path in folder.iterdir() if is_log(path.name) and path.is_file()]
    return sorted(files, key=lambda path: (path.name.partition(".jsonl")[0], -_number(path)))


def texts(folder: Path, services: Collection[str]) -> list[Path]:
    """Return the files of a folder that only hold the plain text of these services, the oldest first."""
    found = [one for name in services for one in folder.glob(f"{glob.escape(name)}.log*")]
    mine = [path for path in found if is_log(path.name, services) and path.is_file()]
    return sorted(mine, key=lambda path: (service(path.name), -_number(path)))


def is_log(name: str, text: Collection[str] = ()) -> bool:
    """Return whether a name is that of a log file: of JSON, or of a service that writes plain text."""
    match = LOG.fullmatch(name)
    return match is not None and (".jsonl" in name[match.end(1) :] or match.group(1) in text)


def service(name: str) -> str:
    """Return the service that a log file's name says; empty if it is no log file's."""
    match = LOG.fullmatch(name)
    return match.group(1) if match else ""


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
    return int((match and match.group(2)) or 0)
