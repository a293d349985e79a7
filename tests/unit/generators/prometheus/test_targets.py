"""The file of scrape targets, and that none of AMAIE's own services can be lost without an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from generators import names
from generators.prometheus import targets
from generators.shared import output
from generators.spec import kpispec, scrapes
from generators.spec.model import Model, Scrape

if TYPE_CHECKING:
    from pathlib import Path


def test_targets_are_sorted_by_job_and_carry_their_service(small: Model) -> None:
    """The file of a job that Prometheus watches has one group for each service, in the order of names."""
    rendered = targets.render(small)
    assert all(text.startswith(f"# {output.mark(names.COMPOSE)}\n") for text in rendered.values())
    assert {path.rpartition("/")[2]: yaml.safe_load(text) for path, text in rendered.items()} == {
        "services.yml": [
            {"targets": ["till:9101"], "labels": {"service": "till", "__metrics_path__": "/metrics"}}
        ],
        "stack.yml": [
            {"targets": ["scales:9200"], "labels": {"service": "scales", "__metrics_path__": "/weights"}}
        ],
    }


def test_prometheus_watches_the_file_of_each_job(root: Path) -> None:
    """And no other: what a label says reaches a scrape."""
    config = yaml.safe_load((root / "prometheus" / "prometheus.yml").read_text())
    watched = {
        job["job_name"]: file
        for job in config["scrape_configs"]
        for found in job.get("file_sd_configs", [])
        for file in found["files"]
    }
    assert watched == {job: f"generated/targets/{job}.yml" for job in scrapes.JOBS}


def complaint(root: Path, scraped: tuple[Scrape, ...]) -> str:
    """Return what to change, if Prometheus could lose one of AMAIE's services without an alert."""
    own = sorted(scrape.service for scrape in scraped if scrape.job == "services")
    alerts = [alert for kpi in kpispec.load(root / names.KPIS).kpis for alert in kpi.alerts]
    [level] = next(alert.levels for alert in alerts if alert.name == "ScrapeTargetsMissing")
    if level.bound == len(own):
        return ""
    return (
        f"compose/ has {len(own)} services in Prometheus' job 'services' ({', '.join(own)}), "
        f"but the bound of ScrapeTargetsMissing in {names.KPIS} is {level.bound:g}; "
        f'write "bound: {len(own)}" and run "make generate"'
    )


def test_the_alert_on_missing_targets_expects_every_service(root: Path) -> None:
    """Its bound is the number of AMAIE's own services with the label; the message says what to change."""
    scraped = scrapes.read(root / names.COMPOSE)
    new = Scrape(service="new-exporter", port=9200, job="stack")
    more = (*scraped, Scrape(service="amaie-risk", port=9107), new)

    assert not (text := complaint(root, scraped)), text
    assert complaint(root, more) == (
        "compose/ has 4 services in Prometheus' job 'services' "
        "(amaie-core, amaie-risk, amaie-trader, launcher), "
        "but the bound of ScrapeTargetsMissing in spec/kpis.yaml is 3; "
        'write "bound: 4" and run "make generate"'
    )
