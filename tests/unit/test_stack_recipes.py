"""An image's tag changes with everything that decides its content, and with nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from operate import build, pins, recipes
from operate.errors import StackError
from operate.programs import run
from operate.recipes import Recipe

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """Return a recipe with one file, one folder, one argument and a parent."""
    (tmp_path / "Dockerfile").write_text("FROM x\n")
    (tmp_path / "one.txt").write_text("1")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "two.txt").write_text("2")
    parent = Recipe("parent", "", None, arguments={"suite": "trixie"})
    files = {"one.txt": tmp_path / "one.txt", "folder": tmp_path / "folder"}
    return Recipe("child", "", tmp_path / "Dockerfile", parent, {"A": "1"}, files)


def again(recipe: Recipe) -> str:
    """Return the tag of a fresh copy, which has read every file again."""
    return replace(recipe).tag


def test_the_same_recipe_gives_the_same_tag(recipe: Recipe) -> None:
    """Nothing of the moment or the machine goes into the tag."""
    assert again(recipe) == recipe.tag
    assert recipe.tag.startswith("amaie/child:")


def test_any_changed_content_gives_another_tag(recipe: Recipe, tmp_path: Path) -> None:
    """A file, a file in a folder, a new file, the Dockerfile, an argument and the parent all count."""
    tags = {recipe.tag}
    for name in ("one.txt", "folder/two.txt", "folder/new.txt", "Dockerfile"):
        (tmp_path / name).write_text("changed")
        tags.add(again(recipe))
    tags.add(replace(recipe, arguments={"A": "2"}).tag)
    tags.add(replace(recipe, parent=Recipe("parent", "", None, arguments={"suite": "sid"})).tag)
    assert len(tags) == 7


def test_a_file_moved_to_another_name_gives_another_tag(recipe: Recipe, tmp_path: Path) -> None:
    """The place of a file in the image is part of its content."""
    before = recipe.tag
    (tmp_path / "folder" / "two.txt").rename(tmp_path / "folder" / "three.txt")
    assert again(recipe) != before


def test_caches_and_file_times_do_not_count(recipe: Recipe, tmp_path: Path) -> None:
    """Running the code on the host, or a fresh clone, builds no image again."""
    before = recipe.tag
    (tmp_path / "folder" / "__pycache__").mkdir()
    (tmp_path / "folder" / "__pycache__" / "two.pyc").write_bytes(b"x")
    (tmp_path / "folder" / "amaie_telemetry.egg-info").mkdir()
    (tmp_path / "folder" / "amaie_telemetry.egg-info" / "PKG-INFO").write_text("x")
    os.utime(tmp_path / "one.txt", (1, 1))
    assert again(recipe) == before


def test_every_service_has_an_image_in_both_variants() -> None:
    """The packages variant lacks the three that no registry has, and nothing else."""
    official, packages = build.images_of("official"), build.images_of("packages")
    assert set(official) == {"service", *pins.services(pins.read())}
    assert set(official) - set(packages) == {"grafana", "kibana", "logstash"}
    assert official["prometheus"] == pins.read()["PROMETHEUS_IMAGE"]
    assert packages["prometheus"] == packages["alertmanager"] == packages["blackbox-exporter"]


def test_parents_are_built_before_their_children() -> None:
    """The list can be walked from the front: what a recipe stands on is already there."""
    seen: list[Recipe] = []
    for recipe in recipes.recipes("packages", pins.read()):
        if isinstance(recipe.parent, Recipe):
            assert recipe.parent in seen
        seen.append(recipe)


def test_pins_refuse_a_line_that_is_no_variable(tmp_path: Path) -> None:
    """A typing error in the one place of versions is told with its line."""
    (tmp_path / "images.env").write_text("# fine\nA=1\n\nB 2\n")
    with pytest.raises(StackError, match=r"^images.env:4: not NAME=value; write one variable a line$"):
        pins.read(tmp_path / "images.env")


def test_a_missing_program_is_told_with_its_debian_package() -> None:
    """The cure names the package, not the program."""
    from operate import programs  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nonexistent")
        patch.setattr(programs, "DEBIAN", {"mvn-not-here": ("maven",)})
        with pytest.raises(StackError) as caught:
            run(["mvn-not-here"], "Elasticsearch could not be fetched")
    assert str(caught.value) == (
        "Elasticsearch could not be fetched: mvn-not-here is not installed; cure: apt-get install maven"
    )


def test_a_failing_program_is_told_with_its_last_words() -> None:
    """The sentence carries the last line that the program wrote to standard error."""
    with pytest.raises(StackError) as caught:
        run(["sh", "-c", "echo first >&2; echo last >&2; exit 3"], "it could not be done")
    assert str(caught.value) == (
        "it could not be done: last; cure: check that this machine reaches its package registries"
    )
