"""What an evaluation of the rules costs: the samples that a real Prometheus reads, for each account."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from generators.spec import kpispec
from operate.paths import ROOT
from support import rule_cost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.containers import Prometheus

pytestmark = pytest.mark.integration

MOST = 500
"""Samples that one evaluation of a group may read for an account, however long its history is."""

NOON = 43_800
PAIRS = 2


def test_an_evaluation_reads_few_samples_for_an_account_whatever_its_history(
    prometheus: Callable[..., Prometheus], tmp_path: Path
) -> None:
    """A month of history costs each group less than 500 samples an account; the alerts a tenth of that."""
    spec = kpispec.load(ROOT / "spec" / "kpis.yaml")
    now = round(time.time()) // 86_400 * 86_400 - 86_400 + NOON
    tmp_path.chmod(0o755)
    rule_cost.lay_out(spec, PAIRS, now, tmp_path)
    running = prometheus(tmp_path, "--storage.tsdb.retention.time=100d", history=rule_cost.HISTORY)
    found = rule_cost.cost(spec, running.url, now)
    each = {group: sum(rules.values()) / PAIRS for group, rules in found.items()}
    assert {group: samples for group, samples in each.items() if samples > MOST} == {}, found
    assert 0 < each["amaie-trading-alerts"] <= MOST / 10
    assert sum(each.values()) > MOST, "the history is not read"
