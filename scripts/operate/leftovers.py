"""Remove images of ours that a newer build has replaced, and nothing else of the engine's."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from docker.errors import DockerException

if TYPE_CHECKING:
    import docker
    from docker.models.images import Image

    from operate.recipes import Recipe

_HASH = re.compile("[0-9a-f]{12}")

LABEL = "amaie.recipe"
"""Marks the images that we build; its value is the recipe's name."""

GRACE = timedelta(hours=1)
"""A younger image stays: another process may have built it just now and be about to start it."""


def remove(client: docker.DockerClient, recipe: Recipe) -> None:
    """Remove what was built of a recipe before its present content, unless a container uses it.

    A failure is none of the operator's concern: the next build tries again.
    """
    repository = recipe.tag.partition(":")[0]
    with contextlib.suppress(DockerException, OSError):
        for image in client.images.list(repository, filters={"label": f"{LABEL}={recipe.name}"}):
            if _age(image) < GRACE or _is_used(client, image):
                continue
            for tag in image.tags:
                if tag != recipe.tag and _HASH.fullmatch(tag.removeprefix(f"{repository}:")):
                    client.images.remove(tag)


def _age(image: Image) -> timedelta:
    """Return how long ago an image was made."""
    return datetime.now(UTC) - datetime.fromisoformat(image.attrs["Created"])


def _is_used(client: docker.DockerClient, image: Image) -> bool:
    """Tell whether a container, running or not, was made from an image or from one that stands on it."""
    return bool(client.containers.list(all=True, filters={"ancestor": str(image.id)}, ignore_removed=True))
