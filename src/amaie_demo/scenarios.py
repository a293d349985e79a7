"""The stories that the demo can play: each tells, for every second since its start, what is disturbed.

A disturbance is a set of numbers that add up, so stories may follow each other while running: one that has
ended fades away within a few minutes, and the alerts it fired resolve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FADE_SECONDS: Final = 30.0
_FORGOTTEN: Final = 1e-9  # weight below which an ended chapter no longer counts
ON: Final = 0.99
DEPOSIT: Final = 5_000.0  # quote currency
_SWITCHES: Final = ("exchange_down", "inference_failures", "emergency_stop", "trader_down", "flood", "poison")


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What a scenario adds to the quiet world; every figure is zero in normal times."""

    wealth: float = 0.0  # added to the logarithm of the account's value
    price: float = 0.0  # added to the logarithm of every price
    exchange_down: float = 0.0  # share of exchange calls that fail
    feed_delay: float = 0.0  # seconds added to the age of market data
    inference_delay: float = 0.0  # seconds added to an inference
    inference_failures: float = 0.0  # share of inferences that fail
    planner_delay: float = 0.0  # seconds added to a plan
    uncertainty: float = 0.0  # nats added to the entropy of the belief state
    rejections: float = 0.0  # policies rejected per decision
    backlog: float = 0.0  # entries that wait in the order and data queues
    emergency_stop: float = 0.0  # 1: the safety system has stopped trading
    trader_down: float = 0.0  # 1: the trader's process is gone
    flood: float = 0.0  # further log records per second
    poison: float = 0.0  # bad and secret-bearing records per second

    def scaled(self, weight: float) -> Disturbance:
        """Return it weakened; switches go off at once."""
        values = {f.name: getattr(self, f.name) * weight for f in fields(self)}
        switched = {name: getattr(self, name) * float(weight > ON) for name in _SWITCHES}
        return Disturbance(**values | switched)

    def __add__(self, other: Disturbance) -> Disturbance:
        """Return both at once."""
        return Disturbance(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def ramp(elapsed: float, start: float, end: float) -> float:
    """Return 0 before *start*, 1 after *end*, and a smooth way between."""
    share = min(1.0, max(0.0, (elapsed - start) / (end - start)))
    return share * share * (3 - 2 * share)


def begun(elapsed: float, start: float) -> float:
    """Return 0 before *start*, then 1."""
    return float(elapsed >= start)


def _normal(_elapsed: float) -> Disturbance:
    return Disturbance()


def _drawdown(elapsed: float) -> Disturbance:
    fall = ramp(elapsed, 5, 60)
    return Disturbance(wealth=-0.065 * fall, uncertainty=0.4 * fall)


def _flash_crash(elapsed: float) -> Disturbance:
    depth = ramp(elapsed, 5, 20) * (1 - 0.75 * ramp(elapsed, 90, 300))
    return Disturbance(wealth=-0.062 * depth, price=-0.14 * depth, uncertainty=0.9 * depth)


def _exchange_outage(elapsed: float) -> Disturbance:
    return Disturbance(exchange_down=begun(elapsed, 10))


def _slow_feed(elapsed: float) -> Disturbance:
    return Disturbance(feed_delay=0.32 * ramp(elapsed, 5, 30))


def _model_failure(elapsed: float) -> Disturbance:
    slow = ramp(elapsed, 5, 15)
    return Disturbance(
        inference_delay=1.4 * slow, inference_failures=begun(elapsed, 240), uncertainty=0.5 * slow
    )


def _policy_storm(elapsed: float) -> Disturbance:
    storm = ramp(elapsed, 5, 20)
    return Disturbance(rejections=7 * storm, planner_delay=0.8 * storm, uncertainty=0.6 * storm)


def _queue_jam(elapsed: float) -> Disturbance:
    return Disturbance(backlog=195 * ramp(elapsed, 5, 90))


def _emergency_stop(elapsed: float) -> Disturbance:
    fall = ramp(elapsed, 5, 50)
    return Disturbance(wealth=-0.086 * fall, uncertainty=0.7 * fall, emergency_stop=begun(elapsed, 45))


def _restart(elapsed: float) -> Disturbance:
    return Disturbance(trader_down=begun(elapsed, 10) - begun(elapsed, 110))


def _log_flood(elapsed: float) -> Disturbance:
    return Disturbance(flood=150 * begun(elapsed, 5))


def _poison_logs(elapsed: float) -> Disturbance:
    return Disturbance(poison=begun(elapsed, 5))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story: its name on the command line, one sentence, and its course."""

    name: str
    summary: str
    course: Callable[[float], Disturbance]


SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario("normal", "A quiet market: every figure inside its bounds, no alert.", _normal),
        Scenario("drawdown", "The account loses 6 % within a minute and stays there.", _drawdown),
        Scenario("flash_crash", "Prices fall by 14 % in 15 seconds and mostly come back.", _flash_crash),
        Scenario("exchange_outage", "One exchange refuses every call; its feed ends.", _exchange_outage),
        Scenario("slow_feed", "Market data arrive a third of a second late.", _slow_feed),
        Scenario(
            "model_failure", "Inference grows slow, then fails; the agent stops deciding.", _model_failure
        ),
        Scenario("policy_storm", "The risk check rejects most policies; planning takes long.", _policy_storm),
        Scenario("queue_jam", "Orders and market data wait in queues that fill up.", _queue_jam),
        Scenario(
            "emergency_stop", "Losses pass the hard limit; the safety system halts trading.", _emergency_stop
        ),
        Scenario("deposit", "5,000 USDT are paid in: equity jumps, P&L and drawdown must not.", _normal),
        Scenario("restart", "The trader dies and comes back 100 seconds later.", _restart),
        Scenario("log_flood", "The agent logs 150 further records per second.", _log_flood),
        Scenario("poison_logs", "Broken, oversized and secret-bearing log lines arrive.", _poison_logs),
    )
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A scenario and the second (Unix time) at which it began."""

    start: float
    scenario: str


class ScenarioError(ValueError):
    """A scenario's name or its file is wrong; the text says what to write instead."""


def parse(text: str, changed: float) -> tuple[Chapter, ...]:
    """Read a scenario file: one line per change, `<Unix time> <name>`, or `<name>` alone.

    Args:
        text: The file's content; empty lines and lines starting with `#` are ignored.
        changed: When the file was changed: the start of a last line without a time. An earlier line
            without one has been running ever since.

    Raises:
        ScenarioError: A line is neither form, or names no scenario.
    """
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    chapters = [
        _chapter(words, changed if number == len(lines) else 0.0) for number, words in enumerate(lines, 1)
    ]
    return tuple(sorted(chapters, key=lambda chapter: chapter.start))


def _chapter(words: list[str], start: float) -> Chapter:
    *times, name = words
    if name not in SCENARIOS or len(times) > 1:
        known = ", ".join(SCENARIOS)
        raise ScenarioError(f"'{' '.join(words)}' names no scenario; write one of {known}")
    try:
        return Chapter(float(times[0]) if times else start, name)
    except ValueError:
        raise ScenarioError(f"'{times[0]}' is no Unix time; write for instance '1767225600 {name}'") from None


def disturbance(chapters: Iterable[Chapter], time: float) -> Disturbance:
    """Return what disturbs the world at *time*: the running chapter in full, ended ones fading."""
    begun = [chapter for chapter in chapters if chapter.start <= time]
    total = Disturbance()
    for chapter, end in zip(begun, [*(later.start for later in begun[1:]), math.inf], strict=False):
        lasted = min(time, end) - chapter.start
        weight = math.exp(-max(0.0, time - end) / FADE_SECONDS)
        if weight > _FORGOTTEN:
            total += SCENARIOS[chapter.scenario].course(lasted).scaled(weight)
    return total


def current(chapters: Iterable[Chapter], time: float) -> str:
    """Return the name of the running scenario."""
    names = [chapter.scenario for chapter in chapters if chapter.start <= time]
    return names[-1] if names else "normal"


def deposits(chapters: Iterable[Chapter]) -> tuple[tuple[float, float], ...]:
    """Return time and amount of what the chapters named deposit pay in; it stays for good."""
    return tuple((chapter.start + 10, DEPOSIT) for chapter in chapters if chapter.scenario == "deposit")
