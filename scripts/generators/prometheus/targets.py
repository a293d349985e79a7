"""Scrape targets of Prometheus: one group for each service whose labels say where to scrape it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.shared import output

if TYPE_CHECKING:
    from generators.spec.model import Model

PATH = "prometheus/generated/targets/services.yml"


def render(model: Model) -> dict[str, str]:
    """Return the file that Prometheus' `file_sd_configs` watches: one group for each scraped service."""
    groups = [
        {
            "targets": [f"{scrape.service}:{scrape.port}"],
            "labels": {"service": scrape.service, "__metrics_path__": scrape.path},
        }
        for scrape in sorted(model.scrapes, key=lambda scrape: scrape.service)
    ]
    return {PATH: output.yaml_text(groups, names.COMPOSE)}
