"""A backup that is broken, incomplete or too new is refused in one sentence that says why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from operate.backup import checksums, manifest
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

HERE = "9.5.2"


@pytest.fixture
def made() -> manifest.Manifest:
    """Return the manifest of a small backup."""
    return manifest.Manifest(
        version="0.1.0",
        project="amaie",
        demo=False,
        offset=0,
        moment=1795681173.5,
        elasticsearch=HERE,
        prometheus="3.5.3+ds1",
        counts=manifest.Counts(documents={"logs-amaie-default": 7}, series=3, silences={"a": 1795699171.9}),
        bytes={manifest.SNAPSHOT: 4, manifest.METRICS: 4},
    )


@pytest.fixture
def folder(tmp_path: Path, made: manifest.Manifest) -> Path:
    """Return a whole backup."""
    for name in (manifest.SNAPSHOT, manifest.METRICS, manifest.SETTINGS):
        (tmp_path / name).write_bytes(b"data")
    made.write(tmp_path)
    checksums.write(tmp_path)
    return tmp_path


def refusal(folder: Path) -> str:
    """Return the sentence that a backup is refused with."""
    with pytest.raises(StackError) as caught:
        manifest.read(folder, HERE)
    return str(caught.value).replace(str(folder), "FOLDER")


def change(folder: Path, **values: object) -> None:
    """Write a manifest with other values, as another version would have."""
    path = folder / manifest.NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    checksums.write(folder)


def test_what_was_written_is_read(folder: Path, made: manifest.Manifest) -> None:
    """Every value comes back, and what a later version of the same format adds does no harm."""
    change(folder, added_later=1)
    assert manifest.read(folder, HERE) == made


def test_a_folder_without_a_manifest_is_no_backup(folder: Path) -> None:
    """The cure says which folder is meant."""
    (folder / manifest.NAME).unlink()
    said = "FOLDER is no backup: manifest.json is missing; give the folder that make backup named"
    assert refusal(folder) == said


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "x"}', '{"version": "1"}', "\udcff"])
def test_a_manifest_that_cannot_be_read_is_told(folder: Path, text: str) -> None:
    """Whatever stands in the file."""
    (folder / manifest.NAME).write_bytes(text.encode(errors="surrogateescape"))
    assert refusal(folder) == "FOLDER is broken: manifest.json is not readable; use another backup"


def test_a_format_of_a_newer_version_is_refused_before_anything_else_of_it_is_read(folder: Path) -> None:
    """Nothing of it may be as we know it; the version to use is told."""
    (folder / manifest.NAME).write_text('{"format": 2, "version": "3.1.0"}')
    assert refusal(folder) == (
        "FOLDER has format 2, and this version knows 1 at most; "
        "restore it with version 3.1.0 of this project or a newer one"
    )


@pytest.mark.parametrize("version", ["9.5.3", "9.10.0", "10.0.0"])
def test_a_newer_elasticsearch_is_refused(folder: Path, version: str) -> None:
    """Its snapshots cannot be read here; versions are compared as numbers."""
    change(folder, elasticsearch=version)
    assert refusal(folder) == (
        f"FOLDER was made with Elasticsearch {version}, which 9.5.2 cannot read; "
        "restore it with the version of this project that made it or a newer one"
    )


@pytest.mark.parametrize("version", ["9.5.1", "9.2.10", "8.19.0", "9.5.2-SNAPSHOT"])
def test_an_older_elasticsearch_is_none_of_our_business(folder: Path, version: str) -> None:
    """Elasticsearch itself says how far back it reads."""
    change(folder, elasticsearch=version)
    assert manifest.read(folder, HERE).elasticsearch == version


def test_a_wrong_value_is_named_by_its_place(folder: Path) -> None:
    """The project goes into names of files and containers."""
    change(folder, project="../x")
    assert refusal(folder) == "FOLDER is broken: project of manifest.json is wrong; use another backup"


def test_a_file_that_was_cut_off_is_named_with_its_sizes(folder: Path) -> None:
    """As a full disk or a broken copy leaves it."""
    (folder / manifest.METRICS).write_bytes(b"d")
    assert refusal(folder) == (
        "FOLDER is broken: prometheus.tar has 1 bytes instead of 4; use another backup"
    )


@pytest.mark.parametrize("name", [manifest.SNAPSHOT, manifest.METRICS, manifest.SETTINGS])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """Also if its checksum was removed with it."""
    (folder / name).unlink()
    checksums.write(folder)
    assert refusal(folder) == f"FOLDER is incomplete: {name} is missing; use another backup"


def test_a_changed_manifest_is_noticed(folder: Path, made: manifest.Manifest) -> None:
    """Its checksum is beside those of the files."""
    made.model_copy(update={"offset": 1}).write(folder)
    said = "FOLDER is broken: manifest.json is not what SHA256SUMS says; use another backup"
    assert refusal(folder) == said
