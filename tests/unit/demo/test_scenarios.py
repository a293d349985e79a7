"""Scenario files and the disturbances that chapters add up to."""

from __future__ import annotations

import pytest

from amaie_demo.scenarios import (
    SCENARIOS,
    Chapter,
    Disturbance,
    ScenarioError,
    current,
    deposits,
    disturbance,
    parse,
    ramp,
)


def test_a_file_is_read_line_by_line() -> None:
    """A line carries its time; a last line without one begins when the file was changed."""
    text = "# a comment\n\n100 normal\n200 drawdown\nslow_feed\n"

    assert parse(text, 300) == (Chapter(100, "normal"), Chapter(200, "drawdown"), Chapter(300, "slow_feed"))


def test_an_earlier_line_without_a_time_has_been_running_ever_since() -> None:
    """`normal` followed by `200 drawdown` keeps the drawdown as the running chapter."""
    assert parse("normal\n200 drawdown\n", 300) == (Chapter(0, "normal"), Chapter(200, "drawdown"))


def test_an_unknown_scenario_is_refused_with_the_names_of_all() -> None:
    """The error lists what may be written."""
    with pytest.raises(ScenarioError) as error:
        parse("100 drawdwn", 0)

    assert str(error.value) == f"'100 drawdwn' names no scenario; write one of {', '.join(SCENARIOS)}"


def test_a_bad_time_is_refused_with_an_example() -> None:
    """The error shows what a time looks like."""
    with pytest.raises(ScenarioError) as error:
        parse("yesterday drawdown", 0)

    assert str(error.value) == "'yesterday' is no Unix time; write for instance '1767225600 drawdown'"


def test_too_many_words_are_refused() -> None:
    """A line with a remark after the name is no scenario."""
    with pytest.raises(ScenarioError) as error:
        parse("100 200 drawdown", 0)

    assert str(error.value).startswith("'100 200 drawdown' names no scenario; write one of normal, ")


def test_nothing_disturbs_before_the_first_chapter() -> None:
    """Without chapters, and before the first, the world is quiet."""
    assert disturbance((), 100) == Disturbance()
    assert disturbance((Chapter(200, "drawdown"),), 100) == Disturbance()
    assert current((Chapter(200, "drawdown"),), 100) == "normal"


def test_an_ended_drawdown_fades_without_a_jump() -> None:
    """One second after its end most of it is left; after ten minutes nothing."""
    chapters = (Chapter(0, "drawdown"), Chapter(600, "normal"))

    assert disturbance(chapters, 599).wealth == pytest.approx(-0.065)
    assert disturbance(chapters, 601).wealth == pytest.approx(-0.065, rel=0.04)
    assert disturbance(chapters, 1200).wealth == pytest.approx(0, abs=1e-9)


def test_switches_go_off_at_once() -> None:
    """An exchange is either there or away: no half outage while the chapter fades."""
    chapters = (Chapter(0, "exchange_outage"), Chapter(600, "normal"))

    assert [disturbance(chapters, time).exchange_down for time in (599, 601)] == [1.0, 0.0]


def test_deposits_stay_after_their_chapter() -> None:
    """Money that was paid in is there for good."""
    chapters = (Chapter(0, "deposit"), Chapter(60, "normal"), Chapter(120, "deposit"))

    assert deposits(chapters) == ((10, 5000.0), (130, 5000.0))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_starts_quietly(name: str) -> None:
    """In its first second a scenario disturbs nothing, so that a start is never a jump."""
    assert SCENARIOS[name].course(0) == Disturbance()


def test_a_ramp_runs_from_nothing_to_all() -> None:
    """0 before its start, 1 after its end, a half in the middle."""
    assert [ramp(at, 10, 20) for at in (0, 10, 15, 20, 99)] == [0, 0, 0.5, 1, 1]
