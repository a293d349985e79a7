"""Scrape targets of Prometheus in the stack itself: one group for each service with a label for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.shared import output

if TYPE_CHECKING:
    from generators.spec.model import Model

PATH = "prometheus/generated/targets/stack.yml"


def render(model: Model) -> dict[str, str]:
    """Return the file that Prometheus' `file_sd_configs` watch: a group for each service of the stack."""
    groups = [
        {
            "targets": [f"{scrape.service}:{scrape.port}"],
            "labels": {
                "service": scrape.service,
                "__scheme__": scrape.scheme,
                "__metrics_path__": scrape.path,
            },
        }
        for scrape in sorted(model.scrapes, key=lambda scrape: scrape.service)
    ]
    return {PATH: output.yaml_text(groups, names.COMPOSE)}
