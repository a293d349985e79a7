"""Which files of a folder are log files, and in which order they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from amaie_ingest import files
from amaie_ingest.errors import IngestError

OLDEST_FIRST = (
    "amaie-core.jsonl.10",
    "amaie-core.jsonl.2",
    "amaie-core.jsonl.1",
    "amaie-core.jsonl",
    "amaie-trader.jsonl.1",
    "amaie-trader.jsonl",
    "amaie-trader.spill.jsonl",
)
OTHERS = ("amaie-core.jsonl.gz", "amaie-core.jsonl.1.tmp", "notes.txt", ".jsonl", "positions.json")


def test_a_folder_gives_its_log_files_the_rotated_ones_first(tmp_path: Path) -> None:
    """By the number at the end, not by its digits; spilt records are read, other files are not."""
    for name in (*OTHERS, *reversed(OLDEST_FIRST)):
        (tmp_path / name).touch()
    assert [path.name for path in files.in_folder(tmp_path)] == list(OLDEST_FIRST)


def test_named_files_are_taken_as_they_are_and_folders_are_looked_into(tmp_path: Path) -> None:
    """In the order in which they were named: a file may have any name."""
    folder, single = tmp_path / "logs", tmp_path / "old.log"
    folder.mkdir()
    for path in (single, folder / "a.jsonl", folder / "a.jsonl.1"):
        path.touch()
    assert files.expand([single, folder]) == [single, folder / "a.jsonl.1", folder / "a.jsonl"]
    with pytest.raises(IngestError) as raised:
        files.expand([folder, tmp_path / "none"])
    cure = "name a log file or a folder of *.jsonl files"
    assert str(raised.value) == f"{tmp_path / 'none'} does not exist; {cure}"


@pytest.mark.parametrize(
    ("name", "active"), [("a.jsonl", True), ("a.jsonl.1", False), ("a.jsonl.12", False), ("old.log", True)]
)
def test_a_file_with_a_number_at_its_end_is_written_no_more(name: str, *, active: bool) -> None:
    """What rotation has renamed is complete: half a line there stays half."""
    assert files.active(Path(name)) is active
