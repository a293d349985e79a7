"""The file of the stack's own scrape targets, and the files that Prometheus watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from generators import names
from generators.prometheus import targets
from generators.shared import output

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Model

SITE = "/etc/amaie/site"
"""Where compose/metrics.yaml mounts what `make up` has written from site.yaml."""


def test_targets_are_sorted_and_carry_their_service(small: Model) -> None:
    """The file that Prometheus watches has one group for each service, in the order of names."""
    [(path, text)] = targets.render(small).items()
    assert path == targets.PATH
    assert text.startswith(f"# {output.mark(names.COMPOSE)}\n")
    assert yaml.safe_load(text) == [
        {
            "targets": [target],
            "labels": {"service": service, "__scheme__": scheme, "__metrics_path__": path},
        }
        for target, service, scheme, path in (
            ("scales:9200", "scales", "https", "/weights"),
            ("till:9101", "till", "http", "/metrics"),
        )
    ]


def test_prometheus_watches_what_is_generated_and_what_the_site_says(root: Path) -> None:
    """And nothing else but the twins of a pair: what a label or site.yaml says reaches a scrape."""
    config = yaml.safe_load((root / "prometheus" / "prometheus.yml").read_text())
    watched = {
        job["job_name"]: file
        for job in config["scrape_configs"]
        for found in job.get("file_sd_configs", [])
        for file in found["files"]
    }
    assert watched == {
        "services": f"{SITE}/targets.yml",
        "stack": targets.PATH.removeprefix("prometheus/"),
        "monitors": "/etc/amaie/pair/monitors.yml",
    }
    assert config["scrape_config_files"] == [f"{SITE}/scrapes*.yml"]
    assert f"{SITE}/rules*.yml" in config["rule_files"]
