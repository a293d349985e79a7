"""Every generator by the name that `generate.py --only` takes: the only place of registration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.alertmanager import config
from generators.dashboard import catalogue
from generators.docs import logfields, runbooks, tables
from generators.elastic import kibana, templates
from generators.grafana import dashboards
from generators.logstash import contract, seed_words
from generators.prometheus import promtests, retention, rules, targets
from generators.telemetry import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from generators.spec.model import Model

GENERATORS: dict[str, Callable[[Model], dict[str, str]]] = {
    "alertmanager": config.render,
    "contract": contract.render,
    "dashboard": catalogue.render,
    "elasticsearch": templates.render,
    "grafana": dashboards.render,
    "kibana": kibana.render,
    "logfields": logfields.render,
    "prometheus": rules.render,
    "promtests": promtests.render,
    "retention": retention.render,
    "runbooks": runbooks.render,
    "seed_words": seed_words.render,
    "tables": tables.render,
    "targets": targets.render,
    "telemetry": metrics.render,
}
"""Each is a pure function of the model: it returns path -> text, and does nothing else."""
