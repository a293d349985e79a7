"""All manifests of an installation, from what is generated and what is written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from generators.shared.yaml_text import dump
from operate import pins
from operate.manifests import alertmanager, elastic, objects, prometheus, wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from operate.manifests.objects import Cluster
    from operate.site.shape import Site

BY_HAND = (
    "alertmanager/templates",
    "elasticsearch/config/roles.yml",
    "logstash/config",
    "logstash/generated",
    "logstash/pipeline",
    "prometheus/prometheus.yml",
)
"""What is read beside the files that a site renders."""
HEADER = (
    "# Written by `make kubernetes` from spec/ and site.yaml. Do not edit: change those and run it again.\n"
)


def render(
    files: Mapping[str, str], site: Site, images: Mapping[str, str], cluster: Cluster
) -> dict[str, str]:
    """Return name -> text of every manifest, and of the list of Secrets that a person must create.

    Args:
        files: path -> text of what a site renders (`site/files.py`) and of BY_HAND.
        site: What differs in this installation.
        images: The pinned images.
        cluster: Where the objects go.

    Raises:
        StackError: The cluster could not take or not reach something.
    """
    version = pins.elastic_version(dict(images))
    config = yaml.safe_load(files["prometheus/prometheus.yml"])
    rules = below(files, "prometheus/generated/rules/") | {"site.yml": files["prometheus/site/rules.yml"]}
    messages = alertmanager.manifests(
        files["alertmanager/generated/alertmanager.yml"],
        below(files, "alertmanager/templates/"),
        pins.version(images["ALERTMANAGER_IMAGE"]),
        cluster,
    )
    pipeline = below(files, "logstash/pipeline/")
    logs = elastic.logstash(
        pipeline,
        below(files, "logstash/generated/"),
        yaml.safe_load(files["logstash/config/logstash.yml"]),
        yaml.safe_load(files["logstash/config/pipelines.yml"]),
        version,
        cluster,
    )
    found: dict[str, Iterable[dict[str, Any]]] = {
        "prometheus-rules.yaml": prometheus.rules(rules, cluster),
        "prometheus-scrapes.yaml": prometheus.scrapes(config, site, cluster),
        "alertmanager.yaml": messages,
        "grafana-dashboards.yaml": dashboards(below(files, "grafana/generated/dashboards/"), cluster),
        "elasticsearch.yaml": elastic.elasticsearch(
            files["elasticsearch/config/roles.yml"], version, cluster
        ),
        "kibana.yaml": [elastic.kibana(version, cluster)],
        "logstash.yaml": logs,
    }
    written = {name: HEADER + "---\n".join(map(dump, made)) for name, made in found.items()}
    return written | {"secrets.md": wanted.page(files, pipeline, site, cluster)}


def below(files: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the files of a folder by their path in it."""
    return {path.removeprefix(folder): text for path, text in files.items() if path.startswith(folder)}


def dashboards(files: Mapping[str, str], cluster: Cluster) -> Iterable[dict[str, Any]]:
    """Yield a ConfigMap a dashboard, with the label by which Grafana's sidecar finds it."""
    for name, text in sorted(files.items()):
        made = f"dashboard-{name.removesuffix('.json')}"
        yield objects.config_map(cluster, made, {name: text}, labels={"grafana_dashboard": "1"})
