"""The reader of one log file hands out every complete line once, whatever happens to the file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestlib.errors import IngestError
from ingestlib.positions import Position, Positions
from ingestlib.reader import CHUNK, Reader

KEEP = 64
PIECES = st.lists(st.sampled_from([b"a", b"bc\n", b"\n", b"x" * 70, b"yy\nzz", b"\r\n"]), max_size=30)
ACTIONS = st.lists(st.sampled_from(["read", "restart"]), max_size=10)


def _drain(reader: Reader) -> list[tuple[bytes, int, int, int]]:
    return [(line.data, line.start, line.end, line.length) for line in reader.lines()]


def _model(data: bytes) -> list[tuple[bytes, int, int, int]]:
    """Return the complete lines of a file, the plain way."""
    lines, start = [], 0
    for part in data.split(b"\n")[:-1]:
        end = start + len(part) + 1
        lines.append((part[:KEEP], start, end, len(part)))
        start = end
    return lines


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(pieces=PIECES, actions=ACTIONS)
def test_any_mix_of_writing_reading_and_restarting_gives_each_line_once(
    pieces: list[bytes], actions: list[str]
) -> None:
    """Held against a model that splits the whole file at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.touch()
        reader = Reader(path, None, KEEP)
        found: list[tuple[bytes, int, int, int]] = []
        for number, piece in enumerate(pieces):
            with path.open("ab") as file:
                file.write(piece)
            action = actions[number % len(actions)] if actions else "read"
            if action == "restart":
                position = reader.position(reader.offset)
                reader.close()
                reader = Reader(path, position, KEEP)
            assert not reader.restarted()
            found += _drain(reader)
        assert found == _model(path.read_bytes())
        reader.close()


def test_a_line_longer_than_a_chunk_is_one_line_of_which_only_the_beginning_is_kept(tmp_path: Path) -> None:
    """Memory stays bounded, and the lines around it are not touched."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"first\n" + b"x" * (3 * CHUNK) + b"\nlast\n")
    reader = Reader(path, None, KEEP)
    assert [(line.data, line.length) for line in reader.lines()] == [
        (b"first", 5),
        (b"x" * KEEP, 3 * CHUNK),
        (b"last", 4),
    ]
    reader.close()


def test_a_file_of_the_same_inode_with_other_content_is_read_from_its_start(tmp_path: Path) -> None:
    """Also if the new file is longer and begins alike: what stood before the position tells."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"banner\nold 1\nold 2\n")
    reader = Reader(path, None, KEEP)
    assert len(_drain(reader)) == 3
    position = reader.position(reader.offset)
    reader.close()
    with path.open("r+b") as file:
        file.truncate()
        file.write(b"banner\nnew 1\nnew 2\nnew 3\n")
    again = Reader(path, position, KEEP)
    assert [line.data for line in again.lines()] == [b"banner", b"new 1", b"new 2", b"new 3"]
    assert again.source.identity.endswith(":1"), "its lines are others although inode and offset are the same"
    again.close()


def test_a_file_emptied_under_the_reader_is_noticed(tmp_path: Path) -> None:
    """Even when it has grown beyond the old length before the reader looks again."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\n")
    reader = Reader(path, None, KEEP)
    assert len(_drain(reader)) == 1
    with path.open("r+b") as file:
        file.truncate()
        file.write(b"two\nthree\n")
    assert reader.restarted()
    assert [line.data for line in reader.lines()] == [b"two", b"three"]
    reader.close()


def test_positions_survive_a_restart_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    """Half a position file cannot come from us; whoever made it is told what to do."""
    path = tmp_path / "positions.json"
    positions = Positions(path)
    positions.put("1:2", Position(17, 0, "abc", "a.jsonl"))
    positions.save()
    assert Positions(path).get("1:2") == Position(17, 0, "abc", "a.jsonl")
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(IngestError) as raised:
        Positions(path)
    assert str(raised.value) == (
        f"{path} holds no positions (it is damaged); delete it: all files are read again, "
        "and known event ids are not indexed twice"
    )
