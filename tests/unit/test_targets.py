"""Scrape targets follow from the labels of the compose file."""

from __future__ import annotations

import re
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


def test_a_compose_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing compose file gets one sentence, not a traceback."""
    with pytest.raises(SpecError) as error:
        targets.read(tmp_path / "compose.yaml")
    assert str(error.value) == "compose/compose.yaml:1: there is no such file; create it or correct the path"


def test_targets_are_sorted_and_carry_their_service(small: Model) -> None:
    """The file that Prometheus watches has one group for each service, in the order of names."""
    assert targets.render(small).keys() == {"prometheus/generated/targets/services.yml"}
    text = targets.render(small)[targets.PATH]
    assert text.startswith(f"# {output.mark(output.COMPOSE)}\n")
    assert yaml.safe_load(text) == [
        {"targets": ["scales:9200"], "labels": {"service": "scales", "__metrics_path__": "/weights"}},
        {"targets": ["till:9101"], "labels": {"service": "till", "__metrics_path__": "/metrics"}},
    ]


def complaint(root: Path, scrapes: tuple[Scrape, ...]) -> str:
    """Return what to change, if Prometheus could lose one of AMAIE's services without an alert."""
    config = yaml.safe_load((root / "prometheus" / "prometheus.yml").read_text())
    [job] = [job for job in config["scrape_configs"] if job["job_name"] == "services"]
    [others] = [rule["regex"] for rule in job["relabel_configs"] if rule["action"] == "drop"]
    own = sorted(scrape.service for scrape in scrapes if not re.fullmatch(others, scrape.service))
    alerts = [alert for kpi in spec.load(root / output.KPIS).kpis for alert in kpi.alerts]
    [level] = next(alert.levels for alert in alerts if alert.name == "ScrapeTargetsMissing")
    if level.bound == len(own):
        return ""
    return (
        f"{output.COMPOSE} has {len(own)} services in Prometheus' job 'services' ({', '.join(own)}), "
        f"but the bound of ScrapeTargetsMissing in {output.KPIS} is {level.bound:g}; "
        f'write "bound: {len(own)}" and run "make generate"'
    )


def test_the_alert_on_missing_targets_expects_every_service(root: Path) -> None:
    """Its bound is the number of AMAIE's own services with the label; the message says what to change."""
    scrapes = targets.read(root / output.COMPOSE)
    more = (*scrapes, Scrape(service="amaie-risk", port=9107), Scrape(service="new-exporter", port=9200))

    assert not (text := complaint(root, scrapes)), text
    assert complaint(root, more) == (
        "compose/compose.yaml has 4 services in Prometheus' job 'services' "
        "(amaie-core, amaie-risk, amaie-trader, launcher), "
        "but the bound of ScrapeTargetsMissing in spec/kpis.yaml is 3; "
        'write "bound: 4" and run "make generate"'
    )
