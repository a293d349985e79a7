"""What a backup says of itself, and whether this version can restore it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from operate.backup import checksums
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "manifest.json"
FORMAT = 1
"""Of the folder; a version of this project restores every format up to its own."""

SNAPSHOT, METRICS, SETTINGS = "elasticsearch.tar", "prometheus.tar", "settings.enc"


class Counts(BaseModel):
    """What can be counted again after the restore.

    Attributes:
        documents: Of each data stream and its failure store, by the name of the stream.
        series: That Prometheus had at the manifest's moment.
        silences: The end of each, in seconds since 1970, by id.
    """

    documents: dict[str, int]
    series: int
    silences: dict[str, float]


class Manifest(BaseModel):
    """The content of manifest.json.

    Attributes:
        format: See FORMAT.
        version: Of this project.
        project: The Compose project.
        demo: Whether AMAIE is simulated.
        offset: Added to every published port.
        moment: To which everything in the backup belongs, in seconds since 1970.
        elasticsearch: The server's version.
        prometheus: The server's version.
        bytes: The size of each file.
    """

    model_config = ConfigDict(extra="ignore")

    format: int = FORMAT
    version: str
    project: str = Field(pattern="^[a-z0-9][a-z0-9_-]*$")
    demo: bool
    offset: int
    moment: float
    elasticsearch: str
    prometheus: str
    counts: Counts
    bytes: dict[str, int]

    def write(self, folder: Path) -> None:
        """Write it into a backup."""
        (folder / NAME).write_text(self.model_dump_json(indent=2) + "\n")


def read(folder: Path, elasticsearch: str) -> Manifest:
    """Return the manifest of a whole and readable backup.

    Args:
        folder: The backup.
        elasticsearch: The version of Elasticsearch here.

    Raises:
        StackError: It is no backup, is incomplete or broken, or newer than what is here can read.
    """
    present(folder)
    try:
        raw: Any = json.loads((folder / NAME).read_bytes())
        known = int(raw["format"])
    except (ValueError, TypeError, KeyError):
        raise StackError(f"{folder} is broken: {NAME} is not readable; use another backup") from None
    if known > FORMAT:
        raise StackError(
            f"{folder} has format {known}, and this version knows {FORMAT} at most; "
            f"restore it with version {raw.get('version', 'unknown')} of this project or a newer one"
        )
    try:
        found = Manifest.model_validate(raw)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise StackError(f"{folder} is broken: {place} of {NAME} is wrong; use another backup") from None
    if numbers(found.elasticsearch) > numbers(elasticsearch):
        raise StackError(
            f"{folder} was made with Elasticsearch {found.elasticsearch}, which {elasticsearch} cannot read; "
            "restore it with the version of this project that made it or a newer one"
        )
    for name, size in found.bytes.items():
        if (folder / name).is_file() and (folder / name).stat().st_size != size:
            raise StackError(
                f"{folder} is broken: {name} has {(folder / name).stat().st_size} bytes instead of {size}; "
                "use another backup"
            )
    checksums.verify(folder, {NAME, SNAPSHOT, METRICS, SETTINGS, *found.bytes})
    return found


def present(folder: Path) -> None:
    """Refuse a folder without a manifest, before anybody is asked for a passphrase.

    Raises:
        StackError: It has none.
    """
    if not (folder / NAME).is_file():
        raise StackError(f"{folder} is no backup: {NAME} is missing; give the folder that make backup named")


def numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared: what stands behind `+`, `-` or `~` is left out."""
    plain = version.replace("+", "-").replace("~", "-").partition("-")[0]
    return tuple(int(part) for part in plain.split(".") if part.isdigit())
