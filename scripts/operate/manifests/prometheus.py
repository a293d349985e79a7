"""Rules and scrapes for prometheus-operator."""

from __future__ import annotations

from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, Any

import yaml

from generators.shared.yaml_text import dump
from operate.errors import StackError
from operate.manifests import objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from operate.manifests.objects import Cluster
    from operate.site.shape import Service, Site

RULES = ("monitoring.coreos.com/v1", "PrometheusRule")
SCRAPES = ("monitoring.coreos.com/v1alpha1", "ScrapeConfig")
LARGEST = objects.LIMIT // 2
"""Bytes of a PrometheusRule (`MaxConfigMapDataSize` of the operator, which makes ConfigMaps of them)."""
CREDENTIALS = "amaie-services"
"""The Secret with what services ask of Prometheus: the files of compose/secrets/services."""
STACK = {
    "alertmanager": "alertmanager-operated:9093",
    "blackbox-exporter": "blackbox-exporter:9115",
    "elasticsearch-exporter": "elasticsearch-exporter:9114",
    "node-exporter": "node-exporter:9100",
    "prometheus": "prometheus-operated:9090",
}
"""What watches AMAIE in a cluster. The operator names the Services of the first and the last itself."""
LIMITS = {
    "sample_limit": "sampleLimit",
    "label_limit": "labelLimit",
    "label_name_length_limit": "labelNameLengthLimit",
    "label_value_length_limit": "labelValueLengthLimit",
}
"""Those of a job that a ScrapeConfig has; `body_size_limit` is not among them."""


def rules(files: Mapping[str, str], cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Yield one PrometheusRule a file of rules, with its groups unchanged.

    Raises:
        StackError: A file is larger than the operator takes.
    """
    for path, text in sorted(files.items()):
        groups = yaml.safe_load(text)["groups"]
        if groups:
            name = f"amaie-{path.rpartition('/')[2].removesuffix('.yml')}"
            objects.fitting(f"the PrometheusRule {name}", {"spec": dump({"groups": groups})}, LARGEST)
            yield objects.new(cluster, RULES, name, spec={"groups": groups})


def scrapes(config: Mapping[str, Any], site: Site, cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Yield a ScrapeConfig for the stack and for each service, with the limits of our own jobs.

    `config` is prometheus.yml. Series get the job names that the rules know.

    Raises:
        StackError: A service is where a cluster does not find it.
    """
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    watching = [_static(place, service=name) for name, place in STACK.items()]
    yield objects.new(
        cluster, SCRAPES, "amaie-stack", spec=_spec(jobs, "stack") | {"staticConfigs": watching}
    )
    asked = [service for service in site.services if not service.pushed]
    if lost := [service.name for service in asked if not service.address]:
        raise StackError(
            *(
                f"services[{name}] is on this machine, where a cluster does not find it; "
                "cure: write address: name.namespace.svc:port in its place"
                for name in lost
            )
        )
    labels = [label(service.name) for service in asked]
    if twice := {name for name in labels if labels.count(name) > 1}:
        raise StackError(f"two services would both be the object {min(twice)}; cure: rename one in site.yaml")
    for service in asked:
        spec = _spec(jobs, "services") | _target(service) | _trust(service) | _sign_in(service)
        yield objects.new(cluster, SCRAPES, f"amaie-service-{label(service.name)}", spec=spec)


def label(name: str) -> str:
    """Return a service's name as names of objects are written: small letters, digits and dashes."""
    return "".join(one if one in ascii_lowercase + digits else "-" for one in name.lower()).strip("-")


def _spec(jobs: Mapping[str, Any], job: str) -> dict[str, Any]:
    """Return what our own job of that name says of limits and of series that are left out."""
    ours = jobs[job]
    left_out = [
        {"sourceLabels": rule["source_labels"], "regex": rule["regex"], "action": rule["action"]}
        for rule in ours["metric_relabel_configs"]
    ]
    limits = {name: ours[key] for key, name in LIMITS.items()}
    return {"jobName": job, "metricRelabelings": left_out, **limits}


def _static(place: str, **labels: str) -> dict[str, Any]:
    return {"targets": [place], "labels": labels}


def _target(service: Service) -> dict[str, Any]:
    found = _static(service.address or "", service=service.name, role=service.role)
    return {"metricsPath": service.path, "staticConfigs": [found]}


def _trust(service: Service) -> dict[str, Any]:
    if service.tls is None:
        return {}
    tls: dict[str, Any] = {}
    if service.tls.ca_file:
        tls["ca"] = {"secret": _key(service.tls.ca_file)}
    if service.tls.server_name:
        tls["serverName"] = service.tls.server_name
    return {"scheme": "HTTPS", "tlsConfig": tls}


def _sign_in(service: Service) -> dict[str, Any]:
    given = service.credentials
    if given is None:
        return {}
    if given.token_file:
        return {"authorization": {"credentials": _key(given.token_file)}}
    names = {"username": _key(f"{given.password_file}.user"), "password": _key(given.password_file or "")}
    return {"basicAuth": names}


def _key(name: str) -> dict[str, str]:
    return {"name": CREDENTIALS, "key": name}
