"""The content of volumes as tar files.

The engine itself reads and writes them, through a container that mounts the volumes and is never started: no
process gets any right, and owners and modes stay as they are.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docker.errors import DockerException

from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker
    from docker.models.containers import Container
    from docker.models.volumes import Volume

PLACE = "/volumes"
CHUNK = 2**20


def of(client: docker.DockerClient, project: str) -> list[Volume]:
    """Return the volumes of a project."""
    return client.volumes.list(filters={"label": f"com.docker.compose.project={project}"})


def existing(client: docker.DockerClient, project: str) -> list[str]:
    """Return the volumes of a project by the names that the Compose files give them."""
    return sorted(volume.attrs["Labels"]["com.docker.compose.volume"] for volume in of(client, project))


@contextmanager
def mounted(client: docker.DockerClient, project: str, image: str, names: list[str]) -> Iterator[Container]:
    """Yield a container, never started, with some volumes of a project below PLACE."""
    binds = {f"{project}_{name}": {"bind": f"{PLACE}/{name}", "mode": "rw,nocopy"} for name in names}
    container = client.containers.create(image, ["true"], network_mode="none", volumes=binds)
    try:
        yield container
    finally:
        container.remove(force=True)


def save(container: Container, place: str, path: Path) -> None:
    """Write a folder below PLACE into a tar file; with `/.` at its end, only what is in it.

    Raises:
        StackError: The engine could not read it.
    """
    try:
        chunks, _ = container.get_archive(f"{PLACE}/{place}", chunk_size=CHUNK)
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
    except DockerException as error:
        raise StackError(f"the volume of {place} cannot be read ({error}); nothing was kept") from None


def load(container: Container, place: str, path: Path) -> None:
    """Unpack a tar file into a folder below PLACE.

    Raises:
        StackError: The engine could not write it.
    """
    try:
        with path.open("rb") as file:
            container.put_archive(f"{PLACE}/{place}", file)
    except DockerException as error:
        raise StackError(f"{path} cannot be written into the volume of {place} ({error})") from None
