"""Every scenario fires the alerts that its page promises, when it says, and no other; then all resolve."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from amaie_demo.scenarios import SCENARIOS, Chapter
from integration.demo.pages import FIRING, inputs, promised, sample
from integration.demo.series import SCRAPE, scraped

if TYPE_CHECKING:
    from pathlib import Path

    from support.containers import Tool

pytestmark = pytest.mark.integration

BEGINS: Final = 1_772_532_000  # 2026-03-03 10:00 UTC: promtool's zero
QUIET: Final = 360  # seconds before the scenario
PLAYS: Final = 720
AFTER: Final = 840
TOLERANCE: Final = 30  # seconds: promtool evaluates groups in any order, so a figure may be one step older


def on_time(alert: str, severity: str, after: int, end: int) -> str:
    """Return an expression that is 1 if the alert fired first when it should."""
    fired = f'timestamp(ALERTS{{alertstate="firing",alertname="{alert}",severity="{severity}"}})'
    first = f"min by (alertname, severity) (min_over_time({fired}[{end}s:{SCRAPE}s]))"
    return f"abs({first} - {QUIET + after}) <= bool {TOLERANCE}"


def rule_test(name: str) -> dict[str, Any]:
    """Return promtool's test of one scenario: its series, and when which alert fired first."""
    start = BEGINS + QUIET
    chapters = (Chapter(0, "normal"), Chapter(start, name), Chapter(start + PLAYS, "normal"))
    end = QUIET + PLAYS + AFTER
    series = scraped(chapters, BEGINS, end)
    ever = f"group by (alertname, severity) (max_over_time({FIRING}[{end}s]))"
    expected = {alert: sample(alert) for alert in promised(name)}
    return {
        "name": name,
        "interval": f"{SCRAPE}s",
        "input_series": inputs(series),
        "promql_expr_test": [
            {"expr": ever, "eval_time": f"{end}s", "exp_samples": [*expected.values()]},
            *(
                {
                    "expr": on_time(*alert, after, end),
                    "eval_time": f"{end}s",
                    "exp_samples": [expected[alert]],
                }
                for alert, after in promised(name).items()
            ),
            {"expr": FIRING, "eval_time": f"{end}s", "exp_samples": []},
        ],
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_fires_what_its_page_promises_and_nothing_else(
    name: str, promtool: Tool, root: Path, tmp_path: Path
) -> None:
    """Each alert and severity fires first when promised; fourteen minutes after the end none fires."""
    rules = tmp_path / "rules"
    rules.mkdir()
    for file in (root / "prometheus" / "generated" / "rules").glob("*.yml"):
        (rules / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    tests = {"rule_files": ["rules/*.yml"], "evaluation_interval": f"{SCRAPE}s", "tests": [rule_test(name)]}
    (tmp_path / "scenario.yml").write_text(json.dumps(tests), encoding="utf-8")

    done = promtool("test", "rules", "scenario.yml", folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_quiet_scenario_promises_no_alert() -> None:
    """The page of `normal` has no row, so that the test above holds it to silence."""
    assert promised("normal") == {}
