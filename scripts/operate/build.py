"""Pull or build the images of the stack, once."""

from __future__ import annotations

import fcntl
import os
import shutil
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, DockerException

from operate import leftovers, pins, programs, registry
from operate.errors import StackError
from operate.paths import CACHE
from operate.programs import run
from operate.recipes import BASE, Recipe, flatten, recipes
from operate.registry import exists

if TYPE_CHECKING:
    from collections.abc import Iterator

    import docker

    from operate.progress import Progress

VARIANTS = ("official", "packages")
OFFICIAL_ONLY = ("grafana", "kibana", "logstash")
"""Services that no package registry has."""


def choose(wanted: str, client: docker.DockerClient, progress: Progress) -> str:
    """Return the variant to use; `auto` takes the official images unless their registry keeps silent.

    Raises:
        StackError: `wanted` is none of auto, official, packages; or the registry answers and refuses.
    """
    if wanted in VARIANTS:
        return wanted
    if wanted != "auto":
        raise StackError(f"IMAGES={wanted} is unknown; write IMAGES=auto, official or packages")
    probe = pins.read()["NODE_EXPORTER_IMAGE"]
    missing = registry.absence(client, probe)
    if missing == registry.LACKING:
        raise StackError(
            f"{probe} cannot be had at {registry.host(probe)}, which answers and does not have it; "
            "cure: put it there, or use IMAGES=packages"
        )
    if missing:
        progress.say(
            "No image registry answers, so the stack is built from package registries "
            "(IMAGES=packages); Grafana, Kibana and Logstash are left out."
        )
        return "packages"
    return "official"


def images_of(variant: str, made: list[Recipe] | None = None) -> dict[str, str]:
    """Return the image of every service of a variant, whether it exists yet or not. No engine needed.

    With packages, what has no image of its own is in the one of Prometheus and its exporters.
    """
    values = pins.read()
    built = {recipe.name: recipe.tag for recipe in made or recipes(variant, values)}
    images = {"service": built["service"]}
    for service in pins.services(values):
        if variant == "official":
            images[service] = values[pins.variable(service)]
        elif service not in OFFICIAL_ONLY:
            images[service] = built.get(service, built["monitoring"])
    return images


def ensure(variant: str, client: docker.DockerClient, progress: Progress) -> dict[str, str]:
    """Pull and build whatever is missing; return the image of every service.

    Raises:
        StackError: An image cannot be had.
    """
    values = pins.read()
    if variant == "packages":
        programs.ensure(("debootstrap", "mvn"), progress)
    with _only_one():
        for name in _pulled(variant, values):
            pull(client, name, progress)
        made = recipes(variant, values)
        _build_missing(client, made, progress)
    return images_of(variant, made)


def present(variant: str) -> set[str]:
    """Return the tags of all images that an engine has once `ensure` is done, those built upon included."""
    values = pins.read()
    return {*_pulled(variant, values), *(recipe.tag for recipe in recipes(variant, values))}


def _pulled(variant: str, values: dict[str, str]) -> list[str]:
    if variant == "packages":
        return []
    return [values[name] for name in (*map(pins.variable, pins.services(values)), pins.OWN)]


def pull(client: docker.DockerClient, name: str, progress: Progress) -> None:
    """Pull an image unless the engine has it.

    Raises:
        StackError: It cannot be pulled.
    """
    if exists(client, name):
        return
    with progress.step(f"Pulling {name}") as detail:
        try:
            for line in client.api.pull(name, stream=True, decode=True):
                if "error" in line:
                    raise StackError(
                        f"{name} cannot be pulled: it broke off ({str(line['error']).strip()}); "
                        "cure: try again, what has arrived is kept; check the network and the disk"
                    )
                detail(f"{line.get('status', '')} {line.get('progress', '')}")
        except (APIError, DockerException) as error:
            raise StackError(
                f"{name} cannot be pulled ({error}); cure: check the network, or use IMAGES=packages"
            ) from None


@contextmanager
def _only_one() -> Iterator[None]:
    """Let one process at a time build."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_missing(client: docker.DockerClient, made: list[Recipe], progress: Progress) -> None:
    """Build what the engine lacks; what that replaces is removed."""
    for recipe in made:
        if not exists(client, recipe.tag):
            with progress.step(recipe.about):
                _build(client, recipe)
            leftovers.remove(client, recipe)


def _build(client: docker.DockerClient, recipe: Recipe) -> None:
    if recipe.name == BASE:
        _debootstrap(client, recipe)
        return
    parent = recipe.parent.tag if isinstance(recipe.parent, Recipe) else recipe.parent
    fetched = recipe.fetch() if recipe.fetch else {}
    if recipe.dockerfile is None:
        raise StackError(f"{recipe.name} has no Dockerfile; cure: give its recipe one")
    sources = {"Dockerfile": recipe.dockerfile, **recipe.files, **fetched}
    with tempfile.TemporaryFile() as context:
        with tarfile.open(fileobj=context, mode="w") as archive:
            for target, path in flatten(sources).items():
                archive.add(path, target, filter=_readable)
        context.seek(0)
        said = "no output"
        for line in client.api.build(
            fileobj=context,
            custom_context=True,
            tag=recipe.tag,
            buildargs={"BASE": parent, **recipe.arguments},
            network_mode="host",
            labels={leftovers.LABEL: recipe.name},
            rm=True,
            forcerm=True,
            decode=True,
        ):
            if "error" in line:
                raise StackError(
                    f"building {recipe.name} failed: {line['error'].strip()} (last output: {said}); "
                    "cure: check that this machine reaches its package registries"
                )
            said = line.get("stream", "").strip() or said


def _readable(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Make a file of the build context readable for the container's user, whatever the host's umask."""
    member.uid = member.gid = 0
    member.mode |= 0o444
    return member


def _debootstrap(client: docker.DockerClient, recipe: Recipe) -> None:
    """Make a Debian root folder and import it as the base image."""
    if os.geteuid() != 0:
        raise StackError("debootstrap needs root; cure: run make images once as root, or use IMAGES=official")
    root = Path(tempfile.mkdtemp(prefix="amaie-base-", dir=CACHE))
    try:
        run(
            [
                *("debootstrap", "--variant=minbase", f"--include={recipe.arguments['include']}"),
                *(recipe.arguments["suite"], str(root)),
            ],
            "the Debian base image could not be made",
        )
        for waste in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale"):
            shutil.rmtree(root / waste, ignore_errors=True)
        archive = root.with_suffix(".tar")
        run(["tar", "-C", str(root), "-cf", str(archive), "."], "the Debian base image could not be packed")
        repository, _, tag = recipe.tag.partition(":")
        label = f"LABEL {leftovers.LABEL}={recipe.name}"
        client.api.import_image_from_file(str(archive), repository=repository, tag=tag, changes=[label])
        archive.unlink()
        if not exists(client, recipe.tag):
            raise StackError("the Debian base image could not be imported; cure: look at the engine's log")
    finally:
        shutil.rmtree(root, ignore_errors=True)
