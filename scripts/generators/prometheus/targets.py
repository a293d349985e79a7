"""Scrape targets of Prometheus: one group for each service whose labels say where to scrape it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.shared import output

if TYPE_CHECKING:
    from generators.spec.model import Model

FOLDER = "prometheus/generated/targets"


def render(model: Model) -> dict[str, str]:
    """Return the files that Prometheus' `file_sd_configs` watch: one a job, with a group for each service."""
    groups: dict[str, list[dict[str, object]]] = {}
    for scrape in sorted(model.scrapes, key=lambda scrape: scrape.service):
        labels: object = {"service": scrape.service, "__metrics_path__": scrape.path}
        group = {"targets": [f"{scrape.service}:{scrape.port}"], "labels": labels}
        groups.setdefault(scrape.job, []).append(group)
    return {f"{FOLDER}/{job}.yml": output.yaml_text(groups[job], names.COMPOSE) for job in sorted(groups)}
