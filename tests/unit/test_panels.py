"""The command that asks every dashboard's questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import panels
from unit.grafana_lab import SPEC, kpi, render, tiny

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


@pytest.mark.parametrize("uid", list(render(SPEC)))
def test_every_query_of_a_dashboard_is_a_question(uid: str) -> None:
    """Panels, annotations and variables; nothing is forgotten."""
    dashboard: dict[str, Any] = render(SPEC)[uid]

    asked = list(panels.questions(dashboard))
    targets = sum(len(panel.get("targets", [])) for panel in dashboard["panels"])
    marks = sum("target" in mark for mark in dashboard["annotations"]["list"])
    assert len(asked) == targets + marks + len(dashboard["templating"]["list"])


def test_only_alerts_complaints_and_marks_may_be_empty() -> None:
    """A figure without data is a fault; that nothing fires is none."""
    asked = list(panels.questions(tiny(kpi())))

    assert {question.panel for question in asked if question.may_be_empty} == {
        "Alerts that fire or are about to",
        "Alerts over time",
        "Warnings and errors",
        "annotation Alerts",
        "annotation Deployments and restarts",
        "annotation Emergency stops",
    }


def test_a_server_that_does_not_answer_fails_every_question(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is listed with the reason, and the exit code is 1."""
    assert run(folder, "--json") == 1

    answers = json.loads(capsys.readouterr().out)
    assert {answer["state"] for answer in answers} == {"error"}
    assert {answer["detail"] for answer in answers} == {"[Errno 111] Connection refused"}


def test_the_table_counts_what_has_no_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last line is the sum."""
    assert run(folder, "--allow-empty", "P&L") == 1

    assert (
        capsys.readouterr()
        .out.rstrip()
        .endswith("13 queries: 0 with data, 0 rightly empty, 13 without an answer.")
    )


def test_a_missing_password_is_said_with_its_cure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is asked."""
    (folder / "password").unlink()

    assert run(folder) == 2
    assert capsys.readouterr().err == (
        f"[Errno 2] No such file or directory: '{folder}/password'; "
        "cure: start the stack (make up), or give --password-file and --since\n"
    )
