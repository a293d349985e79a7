"""Whatever a file holds, reading it ends in a tree or in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators.spec import yaml_nodes

if TYPE_CHECKING:
    from pathlib import Path

DEEP = "more than 50 lists and mappings stand in one another; close them"
UNREADABLE = {
    "lists": ("a: " + "[" * 2000, DEEP),
    "mappings": ("{a: " * 300_000, DEEP),
    "blocks": ("\n".join(" " * level + "a:" for level in range(60)), DEEP),
    "tab": (
        "a:\n\t- b",
        "this is not YAML (a tab stands where spaces must); check the indentation and quotes here",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_no_tree_is_one_sentence(case: str, tmp_path: Path) -> None:
    """Also where the parser itself would call itself without end."""
    text, said = UNREADABLE[case]
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(yaml_nodes.UnreadableError) as error:
        yaml_nodes.root(tmp_path / "a.yaml")
    assert str(error.value) == said


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """As is a file that may not be read, which root cannot try."""
    said = r"^this file cannot be read \(Is a directory\); put a file that you may read in its place$"
    with pytest.raises(yaml_nodes.UnreadableError, match=said):
        yaml_nodes.root(tmp_path)


@pytest.mark.parametrize("text", ["9" * 5000, "1e999", "-1e999", ".inf", "nan", "1_000", "05", "0x10"])
def test_what_no_number_can_hold_stays_text(text: str) -> None:
    """So that it is refused as it was written, not as `inf`."""
    assert yaml_nodes.scalar(text, quoted=False) == text
