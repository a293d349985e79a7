"""What a build replaces is removed from the real engine, and nothing else is."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import docker
import pytest

from operate import build, engine, leftovers, registry
from operate.progress import Progress
from operate.recipes import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

NAME = "leftovers-test"
OURS = f"amaie/{NAME}"
OLD = f"{OURS}:0123456789ab"


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let images be old enough at once."""
    monkeypatch.setattr(leftovers, "GRACE", timedelta(0))


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    """Yield a client of the engine; images and containers of these tests are removed afterwards."""
    found = engine.ensure("auto", Progress())
    yield found
    for container in found.containers.list(all=True, filters={"label": f"{leftovers.LABEL}={NAME}"}):
        container.remove()
    for image in found.images.list(filters={"reference": f"{OURS}*"}):
        for tag in image.tags:
            found.images.remove(tag)
    found.close()


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """Return the recipe of an image that holds one small file."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    return Recipe(NAME, "Building a tiny image", tmp_path / "Dockerfile")


def made(client: docker.DockerClient, tag: str, label: str = NAME, parent: str = "scratch") -> str:
    """Make an image of its own that holds nothing, with a tag and our label; return the tag."""
    text = f"FROM {parent}\nLABEL {leftovers.LABEL}={label} of={tag}\n"
    client.images.build(fileobj=io.BytesIO(text.encode()), tag=tag, rm=True)
    return tag


def test_a_build_removes_what_it_replaces(client: docker.DockerClient, recipe: Recipe) -> None:
    """Only the image of the present content is left."""
    made(client, OLD)

    build._build_missing(client, [recipe], Progress())

    assert registry.exists(client, recipe.tag)
    assert not registry.exists(client, OLD)


def test_an_image_stays_while_a_container_uses_it_or_one_that_stands_on_it(
    client: docker.DockerClient, recipe: Recipe
) -> None:
    """Stopped containers count: they can be started again."""
    child = made(client, f"{OURS}-child:0123456789ab", parent=made(client, OLD))
    container = client.containers.create(child, "x", labels={leftovers.LABEL: NAME})

    leftovers.remove(client, recipe)
    assert registry.exists(client, OLD)

    container.remove()
    leftovers.remove(client, recipe)
    assert not registry.exists(client, OLD)


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        (f"{OURS}:mine", NAME),
        (f"{OURS}:0123456789ab", "other"),
        (f"{OURS}-more:0123456789ab", NAME),
        (f"{OURS}/below:0123456789ab", NAME),
        (f"example/{NAME}:0123456789ab", NAME),
    ],
)
def test_an_image_that_is_not_ours_stays(
    client: docker.DockerClient, recipe: Recipe, tag: str, label: str
) -> None:
    """A tag that is no hash of content, another recipe's label, another name."""
    made(client, tag, label)
    try:
        leftovers.remove(client, recipe)
        assert registry.exists(client, tag)
    finally:
        client.images.remove(tag)


def test_a_fresh_image_stays(
    client: docker.DockerClient, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may be about to start what it has just built."""
    monkeypatch.setattr(leftovers, "GRACE", timedelta(minutes=5))
    made(client, OLD)

    leftovers.remove(client, recipe)

    assert registry.exists(client, OLD)


def test_a_failure_to_remove_is_no_error(recipe: Recipe) -> None:
    """An engine that does not answer leaves the images for the next build to remove."""
    nobody = docker.DockerClient(base_url="tcp://127.0.0.1:9", version="1.41")
    try:
        leftovers.remove(nobody, recipe)
    finally:
        nobody.close()
