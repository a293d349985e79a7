"""The versions of the stack, read from their single place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operate.errors import StackError
from operate.paths import IMAGES_ENV

if TYPE_CHECKING:
    from pathlib import Path

OWN = "PYTHON_IMAGE"
"""The image that our own services are built on; every other one is that of the service it is named after."""

SUFFIX = "_IMAGE"


def read(path: Path = IMAGES_ENV) -> dict[str, str]:
    """Return the variables of an env file.

    Raises:
        StackError: A line is neither a comment nor `NAME=value`.
    """
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.isidentifier():
            raise StackError(f"{path.name}:{number}: not NAME=value; write one variable a line")
        values[name] = value
    return values


def variable(service: str) -> str:
    """Return the name of the variable that pins the official image of a service."""
    return service.upper().replace("-", "_") + SUFFIX


def services(values: dict[str, str]) -> list[str]:
    """Return the services whose official images are pinned: `node-exporter` by `NODE_EXPORTER_IMAGE`."""
    names = (name for name in values if name.endswith(SUFFIX) and name != OWN)
    return [name.removesuffix(SUFFIX).lower().replace("_", "-") for name in names]


def elastic_version(pins: dict[str, str]) -> str:
    """Return the version that Elasticsearch, Logstash and Kibana share."""
    return pins["ELASTICSEARCH_IMAGE"].rpartition(":")[2]
