"""SHA-256 of every file of a backup, in the format that `sha256sum --check` reads."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "SHA256SUMS"


def write(folder: Path) -> None:
    """Write the checksum of every file of a folder into it."""
    names = sorted(path.name for path in folder.iterdir() if path.name != NAME)
    (folder / NAME).write_text("".join(f"{of(folder / name)}  {name}\n" for name in names))


def verify(folder: Path, wanted: set[str]) -> None:
    """Compare every file with its checksum.

    Args:
        folder: The backup.
        wanted: The files that it must have.

    Raises:
        StackError: A file is missing, has no checksum, or differs from it; the sentence names the first.
    """
    if not (folder / NAME).is_file():
        raise StackError(f"{folder} is incomplete: {NAME} is missing; use another backup")
    lines = (line.partition("  ") for line in (folder / NAME).read_text(errors="replace").splitlines())
    known = {name: digest for digest, _, name in lines}
    for name in sorted(wanted | set(known)):
        if not (folder / name).is_file():
            raise StackError(f"{folder} is incomplete: {name} is missing; use another backup")
        if name not in known:
            raise StackError(f"{folder} is broken: {NAME} does not list {name}; use another backup")
        if of(folder / name) != known[name]:
            raise StackError(f"{folder} is broken: {name} is not what {NAME} says; use another backup")


def of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
