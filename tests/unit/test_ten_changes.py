"""CONTRIBUTING's list of changes: what it names exists, and an edit of the spec reaches what follows."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

import generate
from unit.test_one_edit import sources

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = 10
FIELD = """  - name: venue_order_id
    group: trading
    type: keyword
    max_length: 256
    redaction: identifier
    description: Identifier of the order at the venue.
    example: V-1
"""


def rows(root: Path) -> list[list[str]]:
    """Return the cells of the table's rows."""
    _, _, rest = (root / "CONTRIBUTING.md").read_text("utf-8").partition("## Ten changes")
    table = rest.partition("\n\n")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def test_the_list_has_ten_changes(root: Path) -> None:
    """Each says what to edit and what to run."""
    assert len(rows(root)) == CHANGES
    assert all(len(row) == 3 and all(row) for row in rows(root))


def test_every_file_and_target_of_the_list_exists(root: Path) -> None:
    """A reader opens what the list names, and types what it says."""
    makefile = (root / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.MULTILINE))
    for row in rows(root):
        for quoted in re.findall(r"`([^`]+)`", " ".join(row)):
            if quoted.startswith("make "):
                assert set(quoted.split()[1:]) <= targets, quoted
            elif "/" in quoted or quoted.endswith((".toml", ".md")):
                assert (root / quoted).exists(), quoted


TEMPLATE = "elasticsearch/generated/logs-amaie.json"
ENV = "compose/generated/spec.env"
RULES = "prometheus/generated/rules/alerts-trading.yml"
EDITS = {
    "log field": ("logs", "  - name: trade_id\n", f"{FIELD}  - name: trade_id\n", TEMPLATE, "venue_order_id"),
    "retention of logs": ("logs", "retention: 30d", "retention: 31d", TEMPLATE, '"31d"'),
    "retention of metrics": (
        "kpis",
        "retention: 90d",
        "retention: 91d",
        "compose/generated/spec.env",
        "=91d",
    ),
    "limit": ("kpis", "bound: 90,", "bound: 91.5,", RULES, "91.5"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_the_spec_reaches_what_follows(edit: str, root: Path, tmp_path: Path) -> None:
    """One file is edited, nothing else: `make generate` does the rest."""
    for source in sources(root):
        (tmp_path / source).parent.mkdir(exist_ok=True)
        shutil.copy(root / source, tmp_path / source)
    name, old, new, generated, text = EDITS[edit]
    spec = tmp_path / "spec" / f"{name}.yaml"
    before = spec.read_text("utf-8")
    assert old in before
    spec.write_text(before.replace(old, new, 1), "utf-8")
    assert generate.main(["--root", str(tmp_path)]) == 0
    assert text in (tmp_path / generated).read_text("utf-8")
