"""Scrape targets follow from the labels of the compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from generators import output, spec, targets
from generators.model import Model, Scrape
from generators.strict_yaml import SpecError

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str) -> tuple[Scrape, ...]:
    """Return what is to be scraped according to a compose file."""
    path = folder / "compose.yaml"
    path.write_text(text)
    return targets.read(path)


def test_both_notations_of_labels_are_read(tmp_path: Path) -> None:
    """Compose allows a mapping and a list; a service without the label is not scraped."""
    text = """
    services:
      a: {labels: {metrics.port: "9101"}}
      b: {labels: ["metrics.port=9102", "metrics.path=/federate"]}
      c: {image: none}
    """
    assert read(tmp_path, text) == (
        Scrape(service="a", port=9101),
        Scrape(service="b", port=9102, path="/federate"),
    )


def test_labels_through_an_anchor_are_read(tmp_path: Path) -> None:
    """Compose files share labels by anchors and merge keys; both are what Compose makes of them."""
    text = """
    x-base: &base {labels: {metrics.port: 9101}}
    services:
      a: {<<: *base}
    """
    assert read(tmp_path, text) == (Scrape(service="a", port=9101),)


@pytest.mark.parametrize("port", ["many", "0", "65536", ""])
def test_a_label_that_is_no_port_is_told_with_its_line(port: str, tmp_path: Path) -> None:
    """A wrong port is told with its service and the way to write it."""
    with pytest.raises(SpecError) as error:
        read(tmp_path, f'services:\n  a:\n    labels:\n      metrics.port: "{port}"\n')
    assert str(error.value) == (
        f"{output.COMPOSE}:4: services[a].labels[metrics.port]: '{port}' is not a port; "
        'write it like "9101"'
    )


def test_included_files_are_read_and_named_in_what_is_wrong(tmp_path: Path) -> None:
    """A service may stand in any of them; a missing one is told by its own name."""
    (tmp_path / "more.yaml").write_text("services:\n  b: {labels: {metrics.port: 9102}}\n")
    text = "include: [more.yaml]\nservices:\n  a: {labels: {metrics.port: 9101}}\n"
    assert read(tmp_path, text) == (Scrape(service="a", port=9101), Scrape(service="b", port=9102))
    (tmp_path / "more.yaml").write_text("services:\n  b: {labels: {metrics.port: no}}\n")
    with pytest.raises(SpecError, match=r"^compose/more.yaml:2: services\[b\]"):
        read(tmp_path, text)
    (tmp_path / "more.yaml").unlink()
    with pytest.raises(SpecError, match=r"^compose/more.yaml:1: there is no such file;"):
        read(tmp_path, text)
    with pytest.raises(SpecError) as error:
        read(tmp_path, "include:\n  - path: more.yaml\n")
    assert str(error.value) == (
        "compose/compose.yaml:2: include: an included file is written in another way than by its name; "
        "write just the name"
    )


def test_an_unknown_job_is_told(tmp_path: Path) -> None:
    """Prometheus scrapes two jobs; a third one would never be scraped."""
    with pytest.raises(SpecError) as error:
        read(tmp_path, "services:\n  a:\n    labels: {metrics.port: 9101, metrics.job: stak}\n")
    assert str(error.value) == (
        "compose/compose.yaml:3: services[a].labels[metrics.job]: 'stak' is not a job; "
        "write services or stack"
    )


def test_a_compose_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing compose file gets one sentence, not a traceback."""
    with pytest.raises(SpecError) as error:
        targets.read(tmp_path / "compose.yaml")
    assert str(error.value) == "compose/compose.yaml:1: there is no such file; create it or correct the path"


def test_targets_are_sorted_by_job_and_carry_their_service(small: Model) -> None:
    """The file of a job that Prometheus watches has one group for each service, in the order of names."""
    rendered = targets.render(small)
    assert all(text.startswith(f"# {output.mark(output.COMPOSE)}\n") for text in rendered.values())
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
    assert watched == {job: f"generated/targets/{job}.yml" for job in targets.JOBS}


def complaint(root: Path, scrapes: tuple[Scrape, ...]) -> str:
    """Return what to change, if Prometheus could lose one of AMAIE's services without an alert."""
    own = sorted(scrape.service for scrape in scrapes if scrape.job == "services")
    alerts = [alert for kpi in spec.load(root / output.KPIS).kpis for alert in kpi.alerts]
    [level] = next(alert.levels for alert in alerts if alert.name == "ScrapeTargetsMissing")
    if level.bound == len(own):
        return ""
    return (
        f"compose/ has {len(own)} services in Prometheus' job 'services' ({', '.join(own)}), "
        f"but the bound of ScrapeTargetsMissing in {output.KPIS} is {level.bound:g}; "
        f'write "bound: {len(own)}" and run "make generate"'
    )


def test_the_alert_on_missing_targets_expects_every_service(root: Path) -> None:
    """Its bound is the number of AMAIE's own services with the label; the message says what to change."""
    scrapes = targets.read(root / output.COMPOSE)
    new = Scrape(service="new-exporter", port=9200, job="stack")
    more = (*scrapes, Scrape(service="amaie-risk", port=9107), new)

    assert not (text := complaint(root, scrapes)), text
    assert complaint(root, more) == (
        "compose/ has 4 services in Prometheus' job 'services' "
        "(amaie-core, amaie-risk, amaie-trader, launcher), "
        "but the bound of ScrapeTargetsMissing in spec/kpis.yaml is 3; "
        'write "bound: 4" and run "make generate"'
    )
