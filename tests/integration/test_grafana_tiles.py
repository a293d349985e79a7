"""The colours of Grafana's tiles, asked of a real Prometheus: by the account's own limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generators import names
from generators.grafana import own
from generators.grafana.board import Source
from generators.grafana.dashboards import ALL
from support.grafana_lab import SPEC

if TYPE_CHECKING:
    from pathlib import Path

    from support.containers import Tool

pytestmark = pytest.mark.integration

ODD = "a.b|c \"d\" 'e'"
DRAWDOWN = next(kpi for kpi in SPEC.kpis if kpi.name == "drawdown")
RETURN = next(kpi for kpi in SPEC.kpis if kpi.name == "return_day")


def series(name: str, account: str, value: float, **more: str) -> dict[str, str]:
    """Return a series that has one value for a minute."""
    labels = {"account": account, "currency": "USDT", **more}
    quoted = ",".join(f"{key}={_quoted(one)}" for key, one in labels.items())
    return {"series": f"{name}{{{quoted}}}", "values": f"{value}x4"}


def asked(text: str, chosen: str) -> str:
    """Return a query as Grafana's `regex` format fills it in."""
    return text.replace("${account:regex}", chosen).replace("${currency:regex}", ALL[Source.PROMETHEUS])


def coloured(
    promtool: Tool,
    folder: Path,
    kpi: Any,
    values: dict[str, float],
    bounds: dict[str, dict[str, float]],
    chosen: str,
) -> dict[str, str]:
    """Return account -> colour of a tile, which no account may lack or have twice."""
    found = [series(names.recorded(kpi), account, value) for account, value in values.items()]
    found += [
        series(names.LIMIT_IN_FORCE, account, value, limit=limit)
        for account, limits in bounds.items()
        for limit, value in limits.items()
    ]
    looks = [
        {"expr": asked(text, chosen), "eval_time": "1m", "exp_samples": []} for _, text in own.questions(kpi)
    ]
    folder.joinpath("rules.yml").write_text("groups: []\n")
    test = {"interval": "15s", "input_series": found, "promql_expr_test": looks}
    folder.joinpath("test.yml").write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": [test]}))
    said = promtool("test", "rules", "test.yml", folder=folder)
    output = said.stdout + said.stderr
    assert "error" not in output, output
    colours: dict[str, str] = {}
    for (colour, _), look in zip(own.questions(kpi), looks, strict=True):
        part = output.partition(f"expr: {_quoted(str(look['expr']))},")[2].partition("expr:")[0]
        for account in values:
            if f"account={_quoted(account)}" in part:
                assert account not in colours, output
                colours[account] = colour
    return colours


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def test_each_account_has_the_colour_of_its_own_limit(promtool: Tool, tmp_path: Path) -> None:
    """The same drawdown is red for one, orange for another and green for a third."""
    tmp_path.chmod(0o755)
    values = dict.fromkeys(("meek", "common", ODD), 0.06)
    limits = ("drawdown_critical_ratio", "drawdown_warning_ratio")
    bounds = {
        "meek": dict(zip(limits, (0.05, 0.045), strict=True)),
        "common": dict(zip(limits, (0.1, 0.05), strict=True)),
        ODD: dict(zip(limits, (0.3, 0.2), strict=True)),
    }

    every = coloured(promtool, tmp_path, DRAWDOWN, values, bounds, ALL[Source.PROMETHEUS])
    assert every == {"meek": "red", "common": "orange", ODD: "green"}
    alone = coloured(promtool, tmp_path, DRAWDOWN, values, bounds, "a\\.b\\|c \"d\" 'e'")
    assert alone == {ODD: "green"}


def test_a_loss_is_blue_within_its_limit(promtool: Tool, tmp_path: Path) -> None:
    """Green is for a gain only."""
    tmp_path.chmod(0o755)
    limits = {"daily_loss_critical_ratio": 0.03, "daily_loss_warning_ratio": 0.02}
    values = {"gain": 0.01, "loss": -0.01, "warned": -0.025, "beyond": -0.04}

    found = coloured(
        promtool, tmp_path, RETURN, values, dict.fromkeys(values, limits), ALL[Source.PROMETHEUS]
    )
    assert found == {"gain": "green", "loss": "blue", "warned": "orange", "beyond": "red"}
