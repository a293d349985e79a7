"""The writer: marks, stable text, and what it says about files on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from generators import names
from generators.shared import output

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"tool/generated/a.yml": "a: 1\n", "other/generated/deep/b.json": "{}\n"}


def test_the_mark_names_what_to_edit_instead() -> None:
    """A reader of a generated file learns which file a person edits."""
    assert output.mark() == (
        "Generated from spec/kpis.yaml by scripts/generate.py. "
        'Do not edit: change the spec and run "make generate".'
    )
    assert output.mark(names.COMPOSE) == (
        "Generated from compose/compose.yaml by scripts/generate.py. "
        'Do not edit: change that file and run "make generate".'
    )


def test_yaml_keeps_order_lines_and_repeats() -> None:
    """Keys stay in their order, a text of many lines is a block, a repeated value is written out again."""
    repeated = [1]
    text = output.yaml_text({"z": repeated, "a": repeated, "text": "one\ntwo\n"})
    assert text == f"# {output.mark()}\nz:\n- 1\na:\n- 1\ntext: |\n  one\n  two\n"


def test_yaml_is_read_back_as_it_was() -> None:
    """Texts that YAML takes for something else are quoted."""
    value = {"a": ["yes", "1:30", "0x1", "null", "", " x ", "é", "{{ $value }}", "5m", "#", "a: b"]}
    assert yaml.safe_load(output.yaml_text(value)) == value


def test_json_refuses_what_no_reader_knows() -> None:
    """NaN is no JSON, so it never gets into a file."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        output.json_text({"a": float("nan")})


def test_written_files_have_no_difference(tmp_path: Path) -> None:
    """What was just written is up to date, and the paths of new files are told."""
    assert output.write(tmp_path, FILES) == sorted(FILES)
    assert output.differences(tmp_path, FILES) == {}


def test_a_stale_a_missing_and_an_orphan_file_are_told(tmp_path: Path) -> None:
    """Each way in which files can differ from the spec has its own text."""
    output.write(tmp_path, {**FILES, "tool/generated/old.yml": "old"})
    (tmp_path / "tool/generated/a.yml").write_text("a: 2\n")
    (tmp_path / "other/generated/deep/b.json").unlink()
    assert output.differences(tmp_path, FILES) == {
        "other/generated/deep/b.json": "missing",
        "tool/generated/a.yml": "out of date",
        "tool/generated/old.yml": "no generator writes this file; delete it",
    }


def test_a_difference_in_line_ends_is_a_difference(tmp_path: Path) -> None:
    """Files are compared byte by byte."""
    output.write(tmp_path, FILES)
    (tmp_path / "tool/generated/a.yml").write_bytes(b"a: 1\r\n")
    assert output.differences(tmp_path, FILES) == {"tool/generated/a.yml": "out of date"}


def test_files_outside_generated_folders_are_nobody_s_business(tmp_path: Path) -> None:
    """Files of people, caches, and other roots with a spec of their own are no orphans."""
    for path in (
        "tool/by_hand.yml",
        "tool/generated/__pycache__/a.pyc",
        ".venv/generated/a.yml",
        "tests/small/spec/kpis.yaml",
        "tests/small/tool/generated/a.yml",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert output.differences(tmp_path, {}) == {}


def test_only_changed_files_are_touched(tmp_path: Path) -> None:
    """A file that is right already keeps its time, so that nothing reloads it."""
    output.write(tmp_path, FILES)
    path = tmp_path / "tool/generated/a.yml"
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert output.write(tmp_path, {**FILES, "other/generated/deep/b.json": "[]\n"}) == [
        "other/generated/deep/b.json"
    ]
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """A reader that has the old file open sees the old text whole, and nothing else stays behind."""
    output.write(tmp_path, FILES)
    with (tmp_path / "tool/generated/a.yml").open() as old:
        output.write(tmp_path, {"tool/generated/a.yml": "a: 2\n"})
        assert old.read() == "a: 1\n"
    assert [path.name for path in (tmp_path / "tool/generated").iterdir()] == ["a.yml"]


def test_orphans_are_removed_only_from_folders_that_are_still_written(tmp_path: Path) -> None:
    """What an earlier spec left goes away; a folder that no generator knows is left to a person."""
    old = {
        "tool/generated/old.yml": f"# {output.mark()}\n",
        "unknown/generated/x.yml": f"# {output.mark()}\n",
    }
    output.write(tmp_path, {**FILES, **old})
    assert output.remove_orphans(tmp_path, FILES) == ["tool/generated/old.yml"]
    assert output.differences(tmp_path, FILES) == {
        "unknown/generated/x.yml": "no generator writes this file; delete it"
    }
