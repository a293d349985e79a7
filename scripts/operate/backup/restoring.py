"""Bring a backup back: into new volumes, before anything that writes is started."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docker.errors import DockerException

import down
from operate import pins
from operate.backup import belongings, figures, manifest, sealing, snapshots, volumes
from operate.errors import StackError
from operate.paths import SECRETS, SITE

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import docker

    from operate.compose_cli import Stack
    from operate.progress import Progress


@dataclass(frozen=True)
class Backup:
    """A backup that was found whole, with what the passphrase has opened."""

    folder: Path
    manifest: manifest.Manifest
    files: dict[str, bytes]

    @classmethod
    def open(cls, folder: Path, passphrase: str, progress: Progress) -> Backup:
        """Check every byte of a backup.

        Raises:
            StackError: It is incomplete, broken, too new, or the passphrase is another one.
        """
        with progress.step("Checking the backup"):
            found = manifest.read(folder, pins.elastic_version(pins.read()))
        packed = sealing.unseal((folder / manifest.SETTINGS).read_bytes(), passphrase)
        return cls(folder, found, belongings.unpack(packed))

    def fill(self, stack: Stack, client: docker.DockerClient, progress: Progress) -> None:
        """Write the volumes of a stack that is not started yet, and Elasticsearch's documents."""
        with progress.step("Writing the volumes"):
            stack.run("up", "--no-start", "--pull", "never")
            names = [name for name in self.manifest.bytes if name != manifest.SNAPSHOT]
            wanted = {name.removesuffix(".tar"): self.folder / name for name in names}
            image = pins.read(stack.env_file)["SERVICE_IMAGE"]
            here = volumes.existing(client, stack.project)
            with volumes.mounted(client, stack.project, image, here) as container:
                for volume, path in sorted(wanted.items()):
                    wanting = targets(volume, here)
                    for name in wanting:
                        volumes.load(container, name, path)
                    if not wanting:
                        progress.say(f"Note: {path.name} is left out; nothing of this variant uses it.")
                volumes.load(container, "elasticsearch", self.folder / manifest.SNAPSHOT)
        with progress.step("Restoring Elasticsearch's documents"):
            stack.run("up", "--detach", "--no-deps", "--wait", "--pull", "never", "elasticsearch")
            elasticsearch = snapshots.Elasticsearch(stack, SECRETS)
            elasticsearch.restore()
            elasticsearch.drop()
            self._compare_documents(elasticsearch)

    def put_belongings(self, *, force: bool) -> None:
        """Write site.yaml and the secrets where they are missing.

        Raises:
            StackError: Others are there, and `force` is not set.
        """
        belongings.put(self.files, None if self.manifest.demo else SITE, SECRETS, force=force)

    def compare(self, stack: Stack) -> None:
        """Count in the running stack what the manifest has counted.

        Raises:
            DifferentError: Something is not there.
        """
        wanted = self.manifest.counts
        found = manifest.Counts(
            documents=wanted.documents,
            series=figures.series(stack, self.manifest.moment),
            silences=figures.silences(stack),
        )
        if said := figures.differences(wanted, found, time.time()):
            raise DifferentError(*said)

    def _compare_documents(self, elasticsearch: snapshots.Elasticsearch) -> None:
        """Count the documents before anybody adds to them."""
        wanted = self.manifest.counts
        found = wanted.model_copy(update={"documents": elasticsearch.counts()})
        if said := figures.differences(wanted, found, time.time()):
            raise DifferentError(*said)


def targets(volume: str, here: Collection[str]) -> list[str]:
    """Return the volumes that get what a backup has of one: both of a pair the same."""
    return [name for name in (volume, f"{volume}-2") if name in here]


class DifferentError(StackError):
    """The restored stack is not what the manifest says."""


def clear(client: docker.DockerClient, project: str, progress: Progress, *, force: bool) -> None:
    """Make sure that a project has no data.

    Raises:
        StackError: It has, and `force` is not set; or something else uses it.
    """
    here = volumes.existing(client, project)
    if here and not force:
        raise StackError(
            f"the project {project} has data (volumes {', '.join(here)}), which the backup would replace; "
            "FORCE=1 deletes it and restores"
        )
    if here:
        down.stop(project, delete=True, progress=progress)
    try:
        for volume in volumes.of(client, project):
            volume.remove()
    except DockerException as error:
        raise StackError(f"a volume of {project} is in use ({error}); cure: stop what uses it") from None
