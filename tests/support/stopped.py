"""The tables of docs/operations.md that say who tells of a stopped service, and of a full volume."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
SECTION = "## What stops, who tells\n"
FULL = "## What is full, who tells\n"
WATCHMAN = "the heartbeat's watchman"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        service: What stops, or which volume is full.
        alert: What fires, or None where only the heartbeat's silence tells.
        of: The service that the alert names.
        follows: Alerts that may fire besides.
        demo: Whether the service runs in the demo only.
        asked: Whether it runs only where site.yaml asks for it.
    """

    service: str
    alert: str | None
    of: str
    follows: frozenset[str]
    demo: bool
    asked: bool


def rows(page: str | None = None, section: str = SECTION) -> dict[str, Row]:
    """Return the lines of a table by their service or volume."""
    text = (PAGE.read_text("utf-8") if page is None else page).partition(section)[2].partition("\n## ")[0]
    lines = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| `")]
    found = [_row(*cells) for cells in lines]
    return {row.service: row for row in found}


def _row(first: str, told: str, follows: str, *_happens: str) -> Row:
    service, words = _quoted(first)[0], _quoted(told)
    if not words and told.strip() != WATCHMAN:
        raise ValueError(f"{service}: {told.strip()} is no alert; write one in backticks, or {WATCHMAN}")
    alert, of = (*words, service)[:2] if words else (None, service)
    where = first.rpartition("`")[2].strip()
    asked = where in {"(cluster)", "(pair)", "(long term)"}
    return Row(service, alert, of, frozenset(_quoted(follows)), where == "(demo)", asked)


def _quoted(cell: str) -> list[str]:
    return cell.split("`")[1::2]
