"""Each thing stands in its room: what containers run in src/, what people run in scripts/."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from operate import recipes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def imported(path: Path) -> set[str]:
    """Return the first part of every name that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def strays(folder: Path, room: Path) -> Iterator[str]:
    """Yield each module below a folder that imports something of a room, with what it imports."""
    things = {path.stem for path in room.iterdir() if path.suffix == ".py" or path.is_dir()}
    for path in sorted(folder.rglob("*.py")):
        yield from (f"{path.name} imports {name}" for name in sorted(imported(path) & things))


@pytest.mark.parametrize(
    ("folder", "room"), [("src", "scripts"), ("src", "tests"), ("scripts", "tests"), ("src", "src")]
)
def test_imports_run_one_way(folder: str, room: str, root: Path) -> None:
    """From tests to scripts to src, never back; the last row shows that an import would be seen."""
    found = list(strays(root / folder, root / room))
    assert bool(found) == (folder == room), found


def test_the_library_stands_alone(root: Path) -> None:
    """What a trading service installs needs none of the containers' packages."""
    others = {path.name for path in (root / "src").iterdir()} - {"amaie_telemetry"}
    for path in (root / "src" / "amaie_telemetry").rglob("*.py"):
        assert not imported(path) & others, path


def test_the_image_of_our_services_holds_src_as_it_is(root: Path) -> None:
    """No list kept by hand could miss a file: the one folder is copied, and the health check."""
    [service] = [one for one in recipes.service_recipes("python") if one.name == "service"]
    assert service.files.keys() == {"src", "healthy"}
    assert service.files["src"] == root / "src"
