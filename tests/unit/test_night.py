"""The night of `make chaos-stack`: eight hours, every scenario once, with time to end before the next."""

from __future__ import annotations

from amaie_demo.scenarios import SCENARIOS, current
from e2e import night


def test_a_night_is_eight_hours_of_every_scenario_in_turn() -> None:
    """From 22:00 to 06:00 UTC, so that a midnight is in it."""
    assert night.SECONDS == 8 * 3600
    seen = [current(night.chapters(), night.BEGINS + second) for second in range(0, night.SECONDS, 30)]
    turns = [name for name, before in zip(seen, ["", *seen], strict=False) if name != before]
    quiet = ["normal"] * len(night.STORIES)
    assert turns == ["normal", *(one for pair in zip(night.STORIES, quiet, strict=True) for one in pair)]
    assert {*turns} == {*SCENARIOS}


def test_a_night_expects_what_the_pages_promise_but_for_what_is_said_here() -> None:
    """One alert needs an hour, another a Prometheus that is younger than ten minutes."""
    assert night.expected("restart") == {("ServiceDown", "critical"), ("ServiceBudgetBurnsFast", "critical")}
    assert ("QueueGrowing", "warning") not in night.expected("queue_jam")
    assert night.expected("normal") == set()
