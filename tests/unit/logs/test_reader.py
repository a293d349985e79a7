"""The reader of one log file hands out every complete line once, whatever happens to the file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amaie_ingest.errors import IngestError
from amaie_ingest.positions import Position, Positions, hold
from amaie_ingest.reader import CHUNK, Reader

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
            assert not reader.replaced
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
    assert reader.replaced
    reader.restart()
    assert [line.data for line in reader.lines()] == [b"two", b"three"]
    reader.close()


def test_half_a_line_is_not_glued_to_what_has_replaced_it(tmp_path: Path) -> None:
    """Even if it was the first of the file, with nothing complete before it."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"half a l")
    reader = Reader(path, None, KEEP)
    assert _drain(reader) == []
    path.write_bytes(b"another one\n")
    assert reader.replaced
    reader.restart()
    assert [line.data for line in reader.lines()] == [b"another one"]
    reader.close()


def test_lines_on_their_way_while_their_file_is_replaced_leave_no_trace_in_what_replaced_it(
    tmp_path: Path,
) -> None:
    """A slow server may hold a reader up for long: neither a line nor a position mixes old and new."""
    path = tmp_path / "a.jsonl"
    old, new = b"old line\n", b"new line\n"
    path.write_bytes(old * (2 * CHUNK // len(old)))
    reader = Reader(path, None, KEEP)
    lines = reader.lines()
    next(lines)
    path.write_bytes(new * (3 * CHUNK // len(new)))
    assert {line.data for line in lines} == {b"old line"}
    assert reader.offset > CHUNK - len(old)
    again = Reader(path, reader.position(reader.offset), KEEP)
    assert again.offset == 0, "what was read of the old file says nothing about the new one"
    assert reader.replaced
    reader.restart()
    assert {line.data for line in reader.lines()} == {b"new line"}
    assert reader.source == again.source
    reader.close()
    again.close()


def test_positions_survive_a_restart_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    """Half a position file cannot come from us; whoever made it is told what to do."""
    path = tmp_path / "positions.json"
    positions = Positions(path)
    positions.put("1:2", Position(17, 0, "abc", "a.jsonl", "/logs"))
    positions.save()
    assert Positions(path).get("1:2") == Position(17, 0, "abc", "a.jsonl", "/logs")
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(IngestError) as raised:
        Positions(path)
    assert str(raised.value) == (
        f"{path} holds no positions (it is damaged); delete it: all files are read again, "
        "and known event ids are not indexed twice"
    )


def test_what_stood_in_a_file_before_it_was_written_anew_counts_no_more() -> None:
    """Its answer may come after the file was found to be another one."""
    positions = Positions(None)
    positions.put("1:2", Position(0, generation=1))
    positions.put("1:2", Position(500, generation=0))
    assert positions.get("1:2") == Position(0, generation=1)
    positions.put("1:2", Position(20, generation=1))
    assert positions.get("1:2") == Position(20, generation=1)


def test_a_state_folder_has_one_shipper_at_a_time(tmp_path: Path) -> None:
    """Two would write one position file; the second is told, and may start when the first has ended."""
    folder = tmp_path / "new" / "state"
    first = hold(folder)
    with pytest.raises(IngestError) as raised:
        hold(folder)
    assert str(raised.value) == (
        f"another shipper uses the folder {folder}; stop it, or name another folder with --state"
    )
    os.close(first)
    os.close(hold(folder))
    assert list(folder.iterdir()) == []
