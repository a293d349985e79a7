"""The checksums of a backup are those of coreutils, and what is not as they say is named."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from operate.backup import checksums
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two files with their checksums."""
    (tmp_path / "a.tar").write_bytes(b"a" * 100_000)
    (tmp_path / "b.tar").write_bytes(b"")
    checksums.write(tmp_path)
    return tmp_path


def test_sha256sum_agrees(folder: Path) -> None:
    """A person can check a backup without this project."""
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", checksums.NAME],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "a.tar: OK\nb.tar: OK\n")


def test_what_is_whole_passes(folder: Path) -> None:
    """Files that nobody wants in particular are checked as well."""
    checksums.verify(folder, {"a.tar"})


def test_one_changed_bit_is_named(folder: Path) -> None:
    """The size is the same; only the content differs."""
    (folder / "a.tar").write_bytes(b"a" * 99_999 + b"c")
    with pytest.raises(StackError) as caught:
        checksums.verify(folder, set())
    said = f"{folder} is broken: a.tar is not what SHA256SUMS says; use another backup"
    assert str(caught.value) == said


@pytest.mark.parametrize("name", ["b.tar", checksums.NAME])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """Also that of the checksums itself."""
    (folder / name).unlink()
    with pytest.raises(StackError) as caught:
        checksums.verify(folder, set())
    assert str(caught.value) == f"{folder} is incomplete: {name} is missing; use another backup"


def test_a_file_that_nobody_vouches_for_is_named(folder: Path) -> None:
    """Whoever wants it gets none without a checksum."""
    (folder / "c.tar").write_bytes(b"c")
    with pytest.raises(StackError) as caught:
        checksums.verify(folder, {"c.tar"})
    assert str(caught.value) == f"{folder} is broken: SHA256SUMS does not list c.tar; use another backup"
