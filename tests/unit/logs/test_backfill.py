"""Reading files once is complete also while services go on writing and rotating them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingestlib.backfill import backfill
from unit.logs.by_hand import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Yield an empty place."""
    made = Place(tmp_path)
    yield made
    made.end()


def _read(place: Place, paths: list[Path], meanwhile: Callable[[], object]) -> list[str]:
    """Read files once; something happens after the first line."""
    running = place.start()
    todo = [meanwhile]
    notes = backfill(
        paths, running.shipper, running.positions, keep=1000, on_read=lambda _: todo and todo.pop()()
    )
    running.shipper.finish()
    return notes


def test_files_rotated_meanwhile_are_all_read_once(place: Place) -> None:
    """Each is found under the name that it has got since; what is new since the start is left."""
    names = ["amaie-core.jsonl", "amaie-core.jsonl.1", "amaie-core.jsonl.2"]
    paths = [place.write(name, f"of {name}") for name in reversed(names)]

    def rotate() -> None:
        for number in (2, 1, 0):
            (place.logs / names[number]).rename(place.logs / f"amaie-core.jsonl.{number + 1}")
        place.write(names[0], "new")

    assert _read(place, paths, rotate) == []
    assert place.texts == sorted(f"of {name}" for name in names)
    assert len(place.server.sent) == 3


def test_a_file_removed_meanwhile_is_named(place: Place) -> None:
    """Nobody is told that all is well."""
    paths = [place.write(name, name) for name in ("a.jsonl", "b.jsonl", "c.jsonl")]
    assert _read(place, paths, paths[1].unlink) == ["b.jsonl: removed before it was read"]
    assert place.texts == ["a.jsonl", "c.jsonl"]


def test_a_file_written_anew_meanwhile_is_read_again(place: Place) -> None:
    """Its new lines are others, although they stand where the old ones stood."""
    path = place.write("a.jsonl", "one", "two")
    assert _read(place, [path], lambda: path.write_text("one\nthree\nfour\n")) == []
    assert place.texts == ["four", "one", "one", "three", "two"]
