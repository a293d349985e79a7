"""The log file: rotation by rename, reopening, and lines that were cut."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry.filesink import FileSink, Unwritten

if TYPE_CHECKING:
    from pathlib import Path


def sink(path: Path, max_bytes: int = 10**6, backups: int = 3, **options: Any) -> FileSink:
    """Return a sink."""
    return FileSink(path, max_bytes=max_bytes, backups=backups, **options)


def test_a_full_file_is_renamed_and_a_reader_that_follows_it_loses_nothing(tmp_path: Path) -> None:
    """The reader keeps its open file until the end, then opens the new one: every line, once."""
    path = tmp_path / "a.jsonl"
    writer = sink(path, max_bytes=100, backups=99)
    writer.write(b"0\n")
    reader, seen = path.open("rb"), b""
    for number in range(1, 200):
        writer.write(b"%d %s\n" % (number, b"x" * (number % 40)))
        if number % 3 == 0:
            seen += reader.read()
            while os.fstat(reader.fileno()).st_ino != path.stat().st_ino:
                inodes = {file.stat().st_ino: file for file in tmp_path.glob("a.jsonl*")}
                following = inodes[os.fstat(reader.fileno()).st_ino].name
                number_of = int(following.rpartition(".")[2]) if following != "a.jsonl" else 0
                reader.close()
                reader = (tmp_path / (f"a.jsonl.{number_of - 1}" if number_of > 1 else "a.jsonl")).open("rb")
                seen += reader.read()
    seen += reader.read()
    reader.close()
    writer.close()
    assert [int(line.split()[0]) for line in seen.splitlines()] == list(range(199 // 3 * 3 + 1)) or [
        int(line.split()[0]) for line in seen.splitlines()
    ] == list(range(200))


def test_no_more_files_are_kept_than_was_said(tmp_path: Path) -> None:
    """The oldest goes."""
    writer = sink(tmp_path / "a.jsonl", max_bytes=10, backups=2)
    for number in range(9):
        writer.write(b"line %d....\n" % number)
    writer.close()
    assert {file.name: file.read_bytes() for file in tmp_path.glob("a*")} == {
        "a.jsonl": b"line 8....\n", "a.jsonl.1": b"line 7....\n", "a.jsonl.2": b"line 6....\n",
    }  # fmt: skip


def test_a_file_of_an_earlier_period_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By time: at the first write in a new period, and not before."""
    path, now = tmp_path / "a.jsonl", 1_000_000_000.0
    monkeypatch.setattr("amaie_telemetry.filesink.time.time", lambda: now)
    writer = sink(path, max_seconds=86_400)
    for later, names in ((0, 1), (100, 1), (86_400, 2)):
        now = 1_000_000_000.0 + later
        writer.write(b"x\n")
        os.utime(path, (now, now))
        assert len(list(tmp_path.glob("a.jsonl*"))) == names


def test_a_file_that_was_moved_or_deleted_is_made_again(tmp_path: Path) -> None:
    """By somebody else, folder and all."""
    folder = tmp_path / "logs"
    writer = sink(folder / "a.jsonl")
    writer.write(b"one\n")
    (folder / "a.jsonl").rename(tmp_path / "moved")
    writer.write(b"two\n")
    (folder / "a.jsonl").unlink()
    folder.rmdir()
    writer.write(b"three\n")
    assert ((tmp_path / "moved").read_bytes(), (folder / "a.jsonl").read_bytes()) == (b"one\n", b"three\n")


def cut_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next write take some bytes, and the one after it fail."""
    real, calls = os.write, iter((True, False))

    def write(fd: int, data: bytes) -> int:
        if next(calls, None) is True:
            return real(fd, data[:count])
        monkeypatch.setattr(os, "write", real)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", write)


def test_a_line_that_was_cut_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk was full in the middle of a line: the rest follows as soon as it can."""
    path = tmp_path / "a.jsonl"
    writer = sink(path)
    cut_after(9, monkeypatch)
    with pytest.raises(Unwritten) as error:
        writer.write(b"first\nsecond\nthird\n")
    assert error.value.rest == b"second\nthird\n"
    assert path.read_bytes() == b"first\nsec"
    writer.write(error.value.rest)
    assert path.read_bytes() == b"first\nsecond\nthird\n"


def test_a_line_that_was_cut_is_written_again_when_someone_else_wrote_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not be mixed with the other's."""
    path = tmp_path / "a.jsonl"
    writer = sink(path)
    cut_after(3, monkeypatch)
    with pytest.raises(Unwritten) as error:
        writer.write(b"second\n")
    with path.open("ab") as other:
        other.write(b"\nother\n")
    writer.write(error.value.rest)
    assert path.read_bytes().splitlines()[-1] == b"second"
    assert b"other" in path.read_bytes().splitlines()


def test_a_line_that_a_crash_has_torn_spoils_no_other(tmp_path: Path) -> None:
    """The next process starts a new line."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"good\nto")
    sink(path).write(b"next\n")
    assert path.read_bytes() == b"good\nto\nnext\n"


def test_only_the_owner_writes_and_the_group_reads(tmp_path: Path) -> None:
    """Logs are not for everybody."""
    path = tmp_path / "a.jsonl"
    sink(path).write(b"x\n")
    assert path.stat().st_mode & 0o027 == 0


def test_a_descriptor_that_others_have_closed_is_neither_missed_nor_taken_back(tmp_path: Path) -> None:
    """A daemon closes all: the log stopped for good, or a socket with the same number was closed."""
    path, other = tmp_path / "a.jsonl", tmp_path / "other"
    writer = sink(path)
    for lines in (b"one\n", b"two\n"):
        writer.write(lines)
        os.close(writer._fd)
    with other.open("wb") as theirs:
        assert theirs.fileno() == writer._fd, "the number is used again"
        writer.write(b"three\n")
        theirs.write(b"theirs")
        writer.close()
        writer.close()
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    assert other.read_bytes() == b"theirs"
