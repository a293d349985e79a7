"""What promtool of the running Prometheus says of its configuration, its rules and their unit tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from generators.shared.conditions import seconds
from generators.spec import kpispec
from operate.paths import ROOT
from support import needed_rules

if TYPE_CHECKING:
    from pathlib import Path

    from support.containers import Tool

pytestmark = pytest.mark.integration

PROMETHEUS = ROOT / "prometheus"
ALERT_TESTS = sorted(path.name for path in (PROMETHEUS / "generated" / "tests").glob("*.yml"))
FORMULAS = ROOT / "tests" / "promql"
FORMULA_TESTS = sorted(path.name for path in FORMULAS.glob("*.yml"))
LIMITS = (
    "sample_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "body_size_limit",
)


def test_configuration_and_rules_are_valid(promtool: Tool) -> None:
    """Promtool accepts prometheus.yml and every rule file that it names."""
    done = promtool("check", "config", "prometheus.yml", folder=PROMETHEUS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rule files found" in done.stdout


@pytest.mark.parametrize("name", ALERT_TESTS)
def test_alerts_do_what_the_spec_says(name: str, promtool: Tool) -> None:
    """Each alert fires, stays silent, waits and ends as computed from the spec, with its texts in full."""
    done = promtool("test", "rules", f"generated/tests/{name}", folder=PROMETHEUS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FORMULA_TESTS)
def test_formulas_give_figures_worked_out_by_hand(name: str, promtool: Tool, tmp_path: Path) -> None:
    """The recording rules turn the facts of a test file into the figures written beside them."""
    test = needed_rules.write_test(FORMULAS / name, tmp_path)
    done = promtool("test", "rules", test, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FORMULA_TESTS)
def test_figures_do_not_hang_on_the_order_of_groups(name: str) -> None:
    """A test file orders its groups: left open, promtool takes any order, another from run to run."""
    path = FORMULAS / name
    groups = [group["name"] for group in needed_rules.groups_of(path)]
    assert sorted(yaml.safe_load(path.read_text())["group_eval_order"]) == sorted(groups)


def test_every_scrape_job_has_limits() -> None:
    """No job can fill the memory of Prometheus with samples, labels or bytes."""
    jobs = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    assert jobs
    assert [(job["job_name"], limit) for job in jobs for limit in LIMITS if limit not in job] == []


def test_scrapes_and_evaluations_keep_the_pace_of_the_spec() -> None:
    """The hand-written configuration scrapes and evaluates as often as the spec says."""
    settings = kpispec.load(ROOT / "spec" / "kpis.yaml").settings
    paces = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["global"]
    assert seconds(paces["scrape_interval"]) == seconds(settings.scrape_interval)
    assert seconds(paces["evaluation_interval"]) == seconds(settings.evaluation_interval)
