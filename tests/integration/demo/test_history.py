"""What a scenario fires where the day before is known, as in the demo: only then a jump is unusual."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from amaie_demo import world
from amaie_demo.facts import ACCOUNT
from amaie_demo.scenarios import Chapter
from integration.demo.pages import PAGES, promised
from integration.demo.series import SEED
from integration.demo.test_scenarios import BEGINS

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
RECORDED: Final = re.compile(r"\w+:\w+:\w+")
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


def read_by(alert: str, folder: Path) -> list[dict[str, Any]]:
    """Return the groups with the rules of an alert and all that these read: a day of every rule is slow."""
    files = [
        yaml.safe_load((folder / name).read_text("utf-8")) for name in ("recording.yml", "alerts-trading.yml")
    ]
    groups = [group for file in files for group in file["groups"]]
    recorded = {
        rule["record"]: rule["expr"] for group in groups for rule in group["rules"] if "record" in rule
    }
    wanted, new = (
        {alert},
        [rule["expr"] for group in groups for rule in group["rules"] if rule.get("alert") == alert],
    )
    while new:
        read = {name for expr in new for name in RECORDED.findall(expr)} - wanted
        wanted |= read
        new = [recorded[name] for name in read]
    kept = [
        group
        | {"rules": [rule for rule in group["rules"] if rule.get("record", rule.get("alert")) in wanted]}
        for group in groups
    ]
    return [group for group in kept if group["rules"]]


@pytest.mark.parametrize("name", ["drawdown", "flash_crash", "emergency_stop", "deposit"])
def test_an_unusual_jump_fires_with_history_where_the_page_says_so(
    name: str, promtool: Tool, root: Path, tmp_path: Path
) -> None:
    """Both severities about when the page says; neither in a quiet day, nor for money that is paid in."""
    groups = read_by("UnusualPnlJump", root / "prometheus" / "generated" / "rules")
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    test = {
        "name": name,
        "interval": f"{STEP}s",
        "input_series": moves(name),
        "promql_expr_test": looks(name),
    }
    tests = {"rule_files": ["rules.yml"], "evaluation_interval": f"{STEP}s", "tests": [test]}
    (tmp_path / "history.yml").write_text(json.dumps(tests), encoding="utf-8")

    done = promtool("test", "rules", "history.yml", folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
