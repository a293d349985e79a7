"""Why an image cannot be had: the two answers for which a test may be skipped, and no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docker.errors import APIError, DockerException

from operate import engine
from operate.build import exists
from operate.errors import StackError

if TYPE_CHECKING:
    import docker

UNANSWERED = re.compile(r'\b(?:Get|Head|Post) "?https?://[^"\s]+"?: ')
"""How the engine begins to say that a request got no answer: no name, no way, no connection, no time."""
UNKNOWN = re.compile(r"\b(?:manifest|name) unknown\b|\w: not found\b")
"""What it says when the registry answers that it has no such image."""
SILENT = "no registry answers"
NOT_FOUND = 404


def of(client: docker.DockerClient, name: str) -> str:
    """Return why an image cannot be had, or an empty text if the engine or its registry has it.

    Raises:
        StackError: The engine or the registry says anything but that; it is no reason to do without.
    """
    try:
        if not exists(client, name):
            client.images.get_registry_data(name)
    except APIError as error:
        said = str(error.explanation or error)
        if error.status_code == NOT_FOUND and UNKNOWN.search(said):
            return "its registry does not have it"
        if error.is_server_error() and UNANSWERED.search(said):
            return SILENT
        raise StackError(
            f"{name} cannot be asked for ({said}); cure: ask again later, sign in to the registry, "
            "or use IMAGES=packages"
        ) from None
    except (DockerException, OSError) as error:
        raise StackError(
            f"the Docker engine cannot be asked for {name} ({error}); cure: {engine.CURE}"
        ) from None
    return ""
