"""The paces of Prometheus stand in the spec; what is written by hand keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from generators import names
from generators.spec import kpispec

if TYPE_CHECKING:
    from pathlib import Path


def test_prometheus_scrapes_and_evaluates_as_often_as_the_spec_says(root: Path) -> None:
    """Checks of windows and patience would be about another Prometheus otherwise."""
    settings = kpispec.load(root / names.KPIS).settings
    own = yaml.safe_load((root / "prometheus/prometheus.yml").read_text())["global"]
    assert (own["scrape_interval"], own["evaluation_interval"]) == (
        settings.scrape_interval,
        settings.evaluation_interval,
    ), "write settings.scrape_interval and settings.evaluation_interval of spec/kpis.yaml into prometheus.yml"
