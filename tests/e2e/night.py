"""A night of eight hours in which the simulated AMAIE lives through every scenario, one after the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from amaie_demo.scenarios import SCENARIOS, Chapter
from integration.demo.pages import FIRING, inputs, promised, sample
from integration.demo.series import SCRAPE, SEED, scraped
from operate.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BEGINS: Final = 1_772_575_200
"""2026-03-03 22:00 UTC."""
QUIET, PLAYS, AFTER = 360, 900, 1470
"""Seconds: before the first scenario, of each, and between two."""
STORIES: Final = [name for name in SCENARIOS if name != "normal"]
SECONDS: Final = QUIET + len(STORIES) * (PLAYS + AFTER)
SPEED: Final = 100
OF_A_NIGHT: Final = {"restart": {("ServiceBudgetBurnsFast", "critical")}}
"""What fires besides what a page promises, since more than the last hour is known by then."""
ONLY_WHEN_YOUNG: Final = {"queue_jam": {("QueueGrowing", "warning")}}
"""What a page promises of a young Prometheus: 90 seconds of growth are a trend if nothing before is known."""


def starts() -> dict[str, int]:
    """Return when each scenario begins, in seconds since the night began."""
    return {name: QUIET + number * (PLAYS + AFTER) for number, name in enumerate(STORIES)}


def chapters() -> tuple[Chapter, ...]:
    """Return the night as the simulation reads it."""
    told = [Chapter(0, "normal")]
    for name, start in starts().items():
        told += [Chapter(BEGINS + start, name), Chapter(BEGINS + start + PLAYS, "normal")]
    return tuple(told)


def expected(name: str) -> set[tuple[str, str]]:
    """Return the alerts and severities that fire in the time of a scenario."""
    return {*promised(name), *OF_A_NIGHT.get(name, ())} - ONLY_WHEN_YOUNG.get(name, set())


def write_rule_test(folder: Path) -> Path:
    """Write a test of promtool: in the time of each scenario just what it promises fires."""
    (folder / "rules").mkdir()
    for file in (ROOT / "prometheus" / "generated" / "rules").glob("*.yml"):
        (folder / "rules" / file.name).write_text(file.read_text("utf-8"), "utf-8")
    ever = f"group by (alertname, severity) (max_over_time({FIRING}[{PLAYS + AFTER}s]))"
    looks = [
        {
            "expr": ever,
            "eval_time": f"{start + PLAYS + AFTER}s",
            "exp_samples": [sample(alert) for alert in sorted(expected(name))],
        }
        for name, start in starts().items()
    ]
    test = {
        "name": "a night",
        "interval": f"{SCRAPE}s",
        "input_series": inputs(scraped(chapters(), BEGINS, SECONDS)),
        "promql_expr_test": looks,
    }
    content = {"rule_files": ["rules/*.yml"], "evaluation_interval": f"{SCRAPE}s", "tests": [test]}
    path = folder / "night.yml"
    path.write_text(json.dumps(content), "utf-8")
    return path


def arguments(role: str) -> list[str]:
    """Return what `night_story.py` is started with."""
    told = [[chapter.start, chapter.scenario] for chapter in chapters()]
    return [role, json.dumps(told), str(SEED), str(BEGINS), str(SECONDS), str(SPEED)]
