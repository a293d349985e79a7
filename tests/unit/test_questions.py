"""Every query of a dashboard as a question."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from operate import questions
from support.grafana_lab import SPEC, kpi, render, tiny


@pytest.mark.parametrize("uid", list(render(SPEC)))
def test_every_query_of_a_dashboard_is_a_question(uid: str) -> None:
    """Panels, the traced examples of heatmaps, annotations and variables; nothing is forgotten."""
    dashboard: dict[str, Any] = render(SPEC)[uid]

    asked = list(questions.questions(dashboard))
    targets = [target for panel in dashboard["panels"] for target in panel.get("targets", [])]
    traced = sum(target.get("exemplar", False) for target in targets)
    marks = sum("target" in mark for mark in dashboard["annotations"]["list"])
    assert len(asked) == len(targets) + traced + marks + len(dashboard["templating"]["list"])


def test_only_alerts_complaints_and_marks_may_be_empty() -> None:
    """A figure without data is a fault; that nothing fires is none."""
    asked = list(questions.questions(tiny(kpi())))

    assert {question.panel for question in asked if question.may_be_empty} == {
        "Alerts that fire or are about to",
        "Alerts over time",
        "Warnings and errors",
        "annotation Alerts",
        "annotation Deployments and restarts",
        "annotation Emergency stops",
    }


def test_a_limit_in_amounts_may_be_unset_and_one_in_shares_may_not() -> None:
    """The latter has a default, so its absence is a fault of the rules."""
    asked = [one for one in questions.questions(render(SPEC)["amaie-trading"]) if "in_force" in one.text]
    asked = [
        one for one in asked if not one.of_colour and one.panel.startswith(("P&L", "Return", "Drawdown"))
    ]

    assert {one.may_be_empty for one in asked if "_ratio" in one.text} == {False}
    assert {one.may_be_empty for one in asked if "_ratio" not in one.text} == {True}


def test_a_colour_of_a_tile_that_no_account_has_is_no_fault() -> None:
    """All accounts are within their limits on a good day; the curve of the figure has data all the same."""
    asked = [one for one in questions.questions(render(SPEC)["amaie-trading"]) if one.of_colour]

    assert {one.panel for one in asked} >= {"Drawdown", "Return today"}
    assert all(one.may_be_empty for one in asked)


def test_a_server_that_does_not_answer_is_an_answer_to_each_question() -> None:
    """A server that goes away in the middle costs its own answers only."""
    with httpx.Client(base_url="http://127.0.0.1:9") as nobody:
        asker = questions.Asker(nobody, nobody, 600)
        answers = [asker.ask(question) for question in questions.questions(tiny(kpi()))]

    assert {answer.state for answer in answers} == {questions.ERROR}
    assert {answer.detail for answer in answers} == {"[Errno 111] Connection refused"}
    assert not any(answer.good for answer in answers)
