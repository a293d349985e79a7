"""What the services log: each scenario page's story, one trace per decision, and no secret of ours."""

from __future__ import annotations

import logging
import math
import re
from functools import cache
from pathlib import Path

import pytest

from amaie_demo import incidents, story, world
from amaie_demo.scenarios import SCENARIOS, Chapter
from amaie_telemetry import contract

NOON = 1_795_521_600
PAGES = Path(__file__).resolve().parents[3] / "docs" / "scenarios"


@cache
def told(name: str, seconds: int = 420) -> list[story.Event]:
    """Return all records of the first minutes of a scenario."""
    chapters = (Chapter(0, "normal"), Chapter(NOON, name))
    return [
        event
        for second in range(NOON, NOON + seconds)
        for event in incidents.events(7, chapters, world.at(7, chapters, second))
    ]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_log_story_of_a_page_is_told_in_its_order(name: str) -> None:
    """Each line of the page's story is a record of that service and level, after the line before it."""
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    lines = re.findall(r"^(amaie-core|amaie-trader|launcher) ([A-Z]+) (.+)$", page, re.MULTILINE)
    records = iter(told(name))

    assert lines
    for service, level, message in lines:
        assert any(
            (record.service, logging.getLevelName(record.level)) == (service, level)
            and record.message.startswith(message)
            for record in records
        ), message


def test_the_flood_raises_the_core_s_log_rate_by_two_orders_of_magnitude() -> None:
    """As its page says: records per second of the DEBUG level that the demo runs at, once it has begun."""
    quiet, flooded = (
        sum(event.service == story.CORE for event in told(name)) for name in ("normal", "log_flood")
    )

    assert 2 <= math.log10(flooded / quiet) < 2.5


def test_every_scenario_has_a_page_and_a_row_in_the_list() -> None:
    """The folder holds one page per scenario and nothing else, and its list names them all."""
    index = (PAGES / "README.md").read_text(encoding="utf-8")

    assert {path.stem for path in PAGES.glob("*.md")} == {*SCENARIOS, "README"}
    assert re.findall(r"^\| \[(\w+)\]", index, re.MULTILINE) == list(SCENARIOS)


def test_one_trace_joins_the_records_of_three_services() -> None:
    """A decision's belief, policy, order, fill, booking and settlement carry one trace id."""
    chapters = (Chapter(0, "normal"),)
    records = [
        event
        for second in range(NOON, NOON + 60)
        for event in incidents.events(7, chapters, world.at(7, chapters, second))
        if event.decision is not None
    ]
    decision = next(event.decision for event in records if event.message.startswith("Order placed"))
    of_one = [event for event in records if event.decision == decision]

    assert {event.service for event in of_one} == {"amaie-core", "amaie-trader", "launcher"}
    assert len({story.trace(7, event)["trace_id"] for event in of_one}) == 1
    assert len({event.fields["order_id"] for event in of_one if "order_id" in event.fields}) == 1


def test_records_carry_only_fields_of_the_contract() -> None:
    """Whatever the scenarios log fits the log contract, but for what poison_logs says on purpose."""
    known = set(contract.load().fields)
    foreign = {
        (field, event.message)
        for name in SCENARIOS
        if name != "poison_logs"
        for event in told(name)
        for field in event.fields
        if field not in known
    }

    assert foreign == set()


def test_a_stopped_service_is_silent() -> None:
    """While the trader is down it logs nothing; the launcher speaks about it."""
    chapters = (Chapter(0, "normal"), Chapter(NOON, "restart"))
    moments = (world.at(7, chapters, second) for second in range(NOON + 11, NOON + 100))
    records = [event for moment in moments for event in incidents.events(7, chapters, moment)]

    assert "amaie-trader" not in {event.service for event in records}


def test_poison_lines_break_the_contract_in_three_ways() -> None:
    """A line without a timestamp, one with a bad level, and one that is cut off."""
    moment = world.at(7, (Chapter(NOON, "poison_logs"),), NOON + 30)

    assert len(incidents.poison(7, moment)) == 3
    assert incidents.poison(7, world.at(7, (), NOON)) == ()
