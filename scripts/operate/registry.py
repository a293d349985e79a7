"""Whether an image can be had: silence and "unknown" say no, every other refusal is an error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docker.auth import resolve_repository_name
from docker.errors import APIError, DockerException, ImageNotFound

from operate import engine
from operate.errors import StackError

if TYPE_CHECKING:
    import docker

UNANSWERED = re.compile(r'\b(?:Get|Head|Post) "?https?://[^"\s]+"?: ')
"""How the engine begins to say that a request got no answer: no name, no way, no connection, no time."""
UNKNOWN = re.compile(r"\b(?:manifest|name) unknown\b|\w: not found\b")
"""What it says when the registry answers that it has no such image."""
SILENT, LACKING = "no registry answers", "its registry does not have it"
NOT_FOUND, LIMITED = 404, 429


def exists(client: docker.DockerClient, tag: str) -> bool:
    """Tell whether the engine has an image."""
    try:
        client.images.get(tag)
    except ImageNotFound:
        return False
    return True


def host(name: str) -> str:
    """Return the registry of an image."""
    return str(resolve_repository_name(name)[0])


def absence(client: docker.DockerClient, name: str) -> str:
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
            return LACKING
        if error.is_server_error() and UNANSWERED.search(said):
            return SILENT
        raise StackError(
            f"{name} cannot be asked for at {host(name)}, which answered {error.status_code} ({said}); "
            f"cure: {_cure(error.status_code, said, host(name))}, or use IMAGES=packages"
        ) from None
    except (DockerException, OSError) as error:
        raise StackError(
            f"the Docker engine cannot be asked for {name} ({error}); cure: {engine.CURE}"
        ) from None
    return ""


def _cure(status: int | None, said: str, name: str) -> str:
    """Return what helps against an answer; the engine passes on its words, not always its status."""
    if status in (401, 403) or re.search(r"unauthorized|denied|forbidden", said, re.IGNORECASE):
        return f"sign in (docker login {name})"
    if status == LIMITED or re.search(r"toomanyrequests|rate limit", said, re.IGNORECASE):
        return f"wait, or sign in (docker login {name}), which raises the limit"
    return "try again later, or look at the proxy between this machine and the registry"
