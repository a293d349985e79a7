"""What a scenario fires where the day before is known, as in the demo: only then a jump is unusual."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest

from amaie_demo import world
from amaie_demo.facts import ACCOUNT
from amaie_demo.scenarios import Chapter
from integration.demo.series import SEED
from integration.demo.test_scenarios import BEGINS, PAGES, promised

if TYPE_CHECKING:
    from pathlib import Path

    from support.containers import Tool

pytestmark = pytest.mark.integration

STEP: Final = 30
DAY: Final = 86_400  # of quiet samples before the scenario
PLAYS: Final = 600
WORD: Final = re.compile(
    r"^With the history of the demo `(\w+)` fires too, as soon as `(\w+)` does", re.MULTILINE
)
TARGET: Final = {"service": "amaie-trader", "instance": "amaie-trader:9102", "job": "services"}
JUMP: Final = 'ALERTS{alertstate="firing",alertname="UnusualPnlJump"}'


def moves(name: str) -> list[dict[str, str]]:
    """Return the account's facts as promtool's series: a quiet day, then the scenario."""
    chapters = (Chapter(0, "normal"), Chapter(BEGINS + DAY, name))
    facts = [world.account(SEED, chapters, BEGINS + second) for second in range(0, DAY + PLAYS + 1, STEP)]
    labels = ",".join(f'{label}="{value}"' for label, value in (ACCOUNT | TARGET).items())
    names = ("equity", "net_transfers", "wealth_index")
    return [
        {"series": f"amaie_trading_{fact}{{{labels}}}", "values": " ".join(map(repr, values))}
        for fact, values in zip(names, zip(*facts, strict=True), strict=True)
    ]


def looks(name: str) -> list[dict[str, Any]]:
    """Return what must be seen at the end: both severities, first when the page says, or nothing at all."""
    end = DAY + PLAYS
    word = WORD.search((PAGES / f"{name}.md").read_text(encoding="utf-8"))
    first = f"min by (severity) (min_over_time(timestamp({JUMP})[{PLAYS}s:{STEP}s]))"
    if word is None:
        return [{"expr": first, "eval_time": f"{end}s", "exp_samples": []}]
    assert word[1] == "UnusualPnlJump"
    after = min(seconds for (alert, _), seconds in promised(name).items() if alert == word[2])
    samples = [{"labels": f'{{severity="{severity}"}}', "value": 1} for severity in ("critical", "warning")]
    on_time = f"abs({first} - {DAY + after}) <= bool {2 * STEP}"
    return [
        {"expr": on_time, "eval_time": f"{end}s", "exp_samples": samples},
        {"expr": JUMP, "eval_time": f"{DAY - STEP}s", "exp_samples": []},
    ]


@pytest.mark.parametrize("name", ["drawdown", "flash_crash", "emergency_stop", "deposit"])
def test_an_unusual_jump_fires_with_history_where_the_page_says_so(
    name: str, promtool: Tool, root: Path, tmp_path: Path
) -> None:
    """Both severities about when the page says; neither in a quiet day, nor for money that is paid in."""
    for file in ("recording.yml", "alerts-trading.yml"):
        shutil.copy(root / "prometheus" / "generated" / "rules" / file, tmp_path / file)
    test = {
        "name": name,
        "interval": f"{STEP}s",
        "input_series": moves(name),
        "promql_expr_test": looks(name),
    }
    rules = ["recording.yml", "alerts-trading.yml"]
    tests = {"rule_files": rules, "evaluation_interval": f"{STEP}s", "tests": [test]}
    (tmp_path / "history.yml").write_text(json.dumps(tests), encoding="utf-8")

    done = promtool("test", "rules", "history.yml", folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
