"""The command that asks every dashboard's questions."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

import panels
from operate.questions import DATA, EMPTY, ERROR, Answer
from support.grafana_lab import kpi, tiny

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one dashboard and a password."""
    (tmp_path / "amaie-trading.json").write_text(json.dumps(tiny(kpi())), encoding="utf-8")
    (tmp_path / "password").write_text("secret\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *more: str) -> int:
    """Run the command on that folder against servers that are not there."""
    servers = ("--prometheus", NOBODY, "--elasticsearch", NOBODY)
    return panels.main(
        [*servers, "--dashboards", str(folder), "--password-file", str(folder / "password"), *more]
    )


def test_a_server_that_does_not_answer_is_said_with_its_cure(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is asked, instead of one error for each query."""
    assert run(folder, "--json") == 2

    assert capsys.readouterr().err == (
        f"{NOBODY} does not answer ([Errno 111] Connection refused); "
        "cure: start the stack (make up), or give --prometheus\n"
    )


def test_the_table_names_what_has_no_answer_and_counts_the_rest() -> None:
    """What is excused by a pattern is rightly empty."""
    answers = [
        Answer("amaie-trading", "P&L today", "pnl", DATA, 1),
        panels.excused(Answer("amaie-trading", "Sharpe ratio", "sharpe", EMPTY), "Sharpe"),
        panels.excused(Answer("amaie-agent", "Planner", "planner", EMPTY), "Sharpe"),
        Answer("amaie-stack", "Heap", "heap", ERROR, detail="400: parse error"),
    ]
    console = Console(file=io.StringIO(), width=100)

    panels.show(answers, console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "P&L today" not in said
    assert "Sharpe" not in said
    assert [line.split()[5] for line in said.splitlines() if "amaie-" in line] == ["empty", "error"]
    assert said.endswith("4 queries: 1 with data, 1 rightly empty, 2 without an answer.\n")


def test_a_missing_password_is_said_with_its_cure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is asked."""
    (folder / "password").unlink()

    assert run(folder) == 2
    assert capsys.readouterr().err == (
        f"[Errno 2] No such file or directory: '{folder}/password'; "
        "cure: start the stack (make up), or give --password-file and --since\n"
    )
