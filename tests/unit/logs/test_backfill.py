"""Reading files once is complete also while services go on writing and rotating them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amaie_ingest import shipper
from amaie_ingest.backfill import backfill
from unit.logs.by_hand import STATE, Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


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


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_half_a_last_line_is_left_for_the_next_run(place: Place) -> None:
    """A service is still writing it: the next run reads the whole line, once."""
    path = place.write("a.jsonl", "whole")
    _append(path, "ha")
    note = "a.jsonl: the last line, at byte 6, is not finished; left for the next run"
    assert _read(place, [path], lambda: None) == [note]
    assert place.texts == ["whole"]
    _append(path, "lf\n")
    assert _read(place, [path], lambda: None) == []
    assert place.texts == ["half", "whole"]
    assert len(place.server.sent) == 2


def test_half_a_last_line_of_a_rotated_file_is_read(place: Place) -> None:
    """Nobody will finish it."""
    path = place.write("a.jsonl.1", "whole")
    _append(path, "half")
    assert _read(place, [path], lambda: None) == []
    assert place.texts == ["half", "whole"]


def test_a_whole_record_without_an_end_of_line_is_read(place: Place) -> None:
    """As the last line of a file that some program has written."""
    path = place.write("old.log")
    record = {"timestamp": "2025-07-30T14:30:00Z", "level": "INFO", "service": "s", "module": "m"}
    _append(path, json.dumps({**record, "message": "whole"}))
    assert _read(place, [path], lambda: None) == []
    assert place.texts == ["whole"]


def test_a_kill_in_the_middle_of_a_long_file_does_not_cost_all_of_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Positions are saved on the way, not only at the end."""
    monkeypatch.setattr(shipper, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(shipper, "BATCH_DOCUMENTS", 20)
    path = place.write("a.jsonl", *(f"{number} {'x ' * 10_000}" for number in range(300)))
    saved: list[int] = []
    seen = 0

    def read(size: int) -> None:
        nonlocal seen
        seen += size
        if seen == path.stat().st_size:  # the last line
            saved.extend(one["offset"] for one in json.loads((place.state / STATE).read_bytes()).values())

    running = place.start()
    backfill([path], running.shipper, running.positions, keep=1000, on_read=read)
    running.shipper.finish()
    assert len(saved) == 1
    assert 0 < saved[0] < seen
