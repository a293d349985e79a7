"""The versions of the stack, read from their single place."""

from __future__ import annotations

import os
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
    mirror = os.environ.get("REGISTRY") if path == IMAGES_ENV else None
    if mirror:
        values |= {name: mirrored(value, mirror) for name, value in values.items() if name.endswith(SUFFIX)}
    return values


def mirrored(image: str, mirror: str) -> str:
    """Return an image of Docker's registry as a mirror names it: there, what has no owner is in `library`."""
    return f"{mirror.rstrip('/')}/{image if '/' in image else f'library/{image}'}"


def variable(service: str) -> str:
    """Return the name of the variable that pins the official image of a service."""
    return stem(service) + SUFFIX


def stem(service: str) -> str:
    """Return what the variables of a service begin with."""
    return service.upper().replace("-", "_")


def services(values: dict[str, str]) -> list[str]:
    """Return the services whose official images are pinned: `node-exporter` by `NODE_EXPORTER_IMAGE`."""
    names = (name for name in values if name.endswith(SUFFIX) and name != OWN)
    return [name.removesuffix(SUFFIX).lower().replace("_", "-") for name in names]


def elastic_version(pins: dict[str, str]) -> str:
    """Return the version that Elasticsearch, Logstash and Kibana share."""
    return version(pins["ELASTICSEARCH_IMAGE"])


def version(image: str) -> str:
    """Return the tag of an image; a digest may stand behind it (`name:tag@sha256:…`)."""
    return image.partition("@")[0].rpartition(":")[2]
