"""Passwords, tokens and site.yaml come back as they were, and never over others without being told to."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from operate.backup import belongings
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def packed(tmp_path: Path) -> bytes:
    """Return the belongings of an installation."""
    (tmp_path / "old" / "receivers").mkdir(parents=True)
    (tmp_path / "old" / "dashboard_password").write_text("one")
    (tmp_path / "old" / "receivers" / "slack").write_text("two\n")
    (tmp_path / "site.yaml").write_text("version: 1\n")
    return belongings.pack(tmp_path / "site.yaml", tmp_path / "old")


def content(folder: Path) -> dict[str, str]:
    """Return every file below a folder."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_an_empty_installation_gets_everything(packed: bytes, tmp_path: Path) -> None:
    """Into the folders of here, whatever their names; closed to others."""
    new = tmp_path / "new"
    new.mkdir()
    belongings.put(belongings.unpack(packed), new / "my.yaml", new / "mine", force=False)
    assert content(new) == {
        "my.yaml": "version: 1\n",
        "mine/dashboard_password": "one",
        "mine/receivers/slack": "two\n",
    }
    assert (new / "mine").stat().st_mode & 0o777 == 0o700


def test_what_is_the_same_is_left_alone(packed: bytes, tmp_path: Path) -> None:
    """A secret that is written anew would have its services replaced."""
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "old").rglob("*") if path.is_file()}
    belongings.put(belongings.unpack(packed), None, tmp_path / "old", force=False)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_others_are_never_replaced_unasked(packed: bytes, tmp_path: Path) -> None:
    """The sentence names the first; nothing at all is written."""
    (tmp_path / "old" / "dashboard_password").write_text("newer")
    (tmp_path / "old" / "receivers" / "slack").unlink()
    with pytest.raises(StackError) as caught:
        belongings.put(belongings.unpack(packed), None, tmp_path / "old", force=False)
    assert str(caught.value) == (
        f"{tmp_path}/old/dashboard_password differs from the backup's (1 such files); move it away, "
        "or FORCE=1 replaces it"
    )
    assert content(tmp_path / "old") == {"dashboard_password": "newer"}


def test_force_replaces_them(packed: bytes, tmp_path: Path) -> None:
    """A secret of mode 0440 is replaced as well."""
    (tmp_path / "old" / "dashboard_password").write_text("newer")
    belongings.put(belongings.unpack(packed), None, tmp_path / "old", force=True)
    assert (tmp_path / "old" / "dashboard_password").read_text() == "one"


def test_an_installation_without_a_site_has_none_in_its_backup(tmp_path: Path) -> None:
    """The simulation brings its own."""
    (tmp_path / "dashboard_password").write_text("one")
    assert belongings.unpack(belongings.pack(None, tmp_path)) == {"secrets/dashboard_password": b"one"}


@pytest.mark.parametrize("name", ["secrets/../../x", "/etc/x", "x", "../site.yaml"])
def test_a_name_that_leads_elsewhere_is_left_out(name: str) -> None:
    """Who forged a backup and knew the passphrase still writes nowhere else."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    assert belongings.unpack(file.getvalue()) == {}
