"""Replays facts into a real Prometheus engine, with the recording rules of the repository, by promtool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import yaml

from generators.shared.conditions import seconds
from operate.paths import ROOT
from support import needed_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from integration.kpi.scenarios import Path as Values
    from support.containers import Tool

    Found = dict[tuple[str, int], dict[tuple[str, ...], float]]

    class Scraped(Protocol):
        """What was scraped of an account, on a grid of times in seconds."""

        @property
        def times(self) -> NDArray[np.int64]:
            """The grid."""

        def facts(self) -> Iterator[tuple[str, Values]]:
            """Yield each series: selector and values on the grid, NaN where nothing was scraped."""


RECORDING = ROOT / "prometheus" / "generated" / "rules" / "recording.yml"

_LOOK = re.compile(r'expr: "(?P<expr>[^"]+)", time: (?P<time>\w+),\s+exp: nil\s+got: (?P<got>.+)')
_SAMPLE = re.compile(r"\{([^}]*)\} (\S+?)(?:, |$)")


def replay(
    promtool: Tool,
    folder: Path,
    accounts: Iterable[Scraped],
    series: Iterable[str],
    moments: Iterable[int],
    by: tuple[str, ...] = ("account", "currency"),
) -> Found:
    """Return what Prometheus records: (series, moment) -> values of the labels `by` -> value.

    promtool prints what it got wherever a test expects nothing, at full precision; where it got nothing,
    it is content and prints nothing.
    """
    accounts, series, moments = tuple(accounts), tuple(series), tuple(moments)
    groups = needed_rules.of(trading_groups(), series)
    step = int(accounts[0].times[1])
    folder.joinpath("rules.yml").write_text(yaml.safe_dump({"groups": groups}))
    order = ", ".join(group["name"] for group in groups)
    lines = ["rule_files: [rules.yml]", f"evaluation_interval: {step}s"]
    lines += [f"group_eval_order: [{order}]", "tests:"]
    lines += [f"- interval: {step}s", "  input_series:"]
    for account in accounts:
        for selector, values in account.facts():
            lines.append(f"  - series: '{selector}'\n    values: '{notation(values)}'")
    lines.append("  promql_expr_test:")
    lines += [f"  - {{expr: '{name}', eval_time: {moment}s}}" for name in series for moment in moments]
    folder.joinpath("test.yml").write_text("\n".join(lines) + "\n")
    done = promtool("test", "rules", "test.yml", folder=folder)
    output = done.stdout + done.stderr
    if "error" in output or not ("FAILED" in output or "SUCCESS" in output):
        raise RuntimeError(output)
    return read(output, by)


def trading_groups() -> list[dict[str, Any]]:
    """Return the groups of recording rules of the trading family; what others read comes first."""
    groups = yaml.safe_load(RECORDING.read_text())["groups"]
    own = (group for group in groups if group["name"].startswith("amaie-trading-"))
    return sorted(own, key=lambda group: seconds(group["interval"]))


def notation(values: np.ndarray) -> str:
    """Return values in promtool's notation, exactly; `_` where nothing was scraped."""
    return " ".join("_" if np.isnan(value) else repr(float(value)) for value in values)


def read(output: str, by: tuple[str, ...]) -> Found:
    """Return the samples that promtool printed."""
    found: Found = {}
    for look in _LOOK.finditer(output):
        samples = {}
        for labels, value in _SAMPLE.findall(look["got"].strip()):
            named = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            samples[tuple(named[label] for label in by if label in named)] = float(value)
        found[look["expr"], round(seconds(look["time"]))] = samples
    return found
