"""The pinned Python packages, read from the files that `make lock` writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

RUNNING = ("requirements.txt", "requirements-service.txt")
"""What the commands and the containers of our own import."""
TESTING = ("requirements-dev.txt", "requirements-examples.txt")


@dataclass(frozen=True, order=True)
class Pin:
    """One package in one version."""

    name: str
    version: str


def read(path: Path) -> list[Pin]:
    """Return the packages of a file, whatever the platform or Python they are for.

    Raises:
        StackError: A package is not pinned to one version.
    """
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith((" ", "#")):
            continue
        name, equals, rest = line.removesuffix("\\").partition(";")[0].partition("==")
        if not equals:
            raise StackError(f"{path.name}:{number}: {name.strip()} is not pinned; cure: make lock")
        found.append(Pin(name.strip(), rest.strip()))
    return found


def pins(root: Path, names: tuple[str, ...]) -> set[Pin]:
    """Return the packages of some files together."""
    return {pin for name in names for pin in read(root / name)}
