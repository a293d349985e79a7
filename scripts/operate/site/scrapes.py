"""Where Prometheus finds the services of a site, and what it must show to be let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from operate.paths import ROOT

if TYPE_CHECKING:
    from operate.site.shape import LongTerm, Service, Site

HOST = "host.docker.internal"
"""The name by which a container reaches this machine; compose/metrics.yaml gives it to Prometheus."""
SECRETS = "/run/secrets/services"
JOB = "services"


def targets(site: Site) -> list[dict[str, Any]]:
    """Return the groups for `file_sd_configs`: services that let anybody in who reaches them."""
    return [_group(one) for one in site.services if not (one.tls or one.credentials or one.pushed)]


def jobs(site: Site) -> list[dict[str, Any]]:
    """Return a scrape configuration for each service that asks for TLS or credentials."""
    apart = [one for one in site.services if (one.tls or one.credentials) and not one.pushed]
    usual = like(JOB) if apart else {}
    return [_job(one, usual) for one in apart]


def place(service: Service) -> str:
    """Return the address of a service as Prometheus reaches it."""
    if service.host:
        return f"{HOST}:{service.host}"
    return service.compose or service.container or service.address or ""


def _group(service: Service) -> dict[str, Any]:
    labels = {"service": service.name, "role": service.role, "__metrics_path__": service.path}
    return {"targets": [place(service)], "labels": labels}


def like(name: str) -> dict[str, Any]:
    """Return a job of prometheus.yml, limits included, without its name and what it finds its targets by."""
    config = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    found = next(job for job in config["scrape_configs"] if job["job_name"] == name)
    return {key: value for key, value in found.items() if key not in ("job_name", "file_sd_configs")}


def access(asked: Service | LongTerm) -> dict[str, Any]:
    """Return how Prometheus verifies whom it asks and proves who it is, by files of the operator."""
    found: dict[str, Any] = {}
    if tls := asked.tls:
        given = {"ca_file": tls.ca_file and f"{SECRETS}/{tls.ca_file}", "server_name": tls.server_name}
        found["tls_config"] = {key: value for key, value in given.items() if value}
    if sign_in := asked.credentials:
        if sign_in.token_file:
            found["authorization"] = {"credentials_file": f"{SECRETS}/{sign_in.token_file}"}
        else:
            file = f"{SECRETS}/{sign_in.password_file}"
            found["basic_auth"] = {"username": sign_in.user, "password_file": file}
    return found


def _job(service: Service, usual: dict[str, Any]) -> dict[str, Any]:
    """Return a job like `services`, whose series carry that job's name."""
    job = {"job_name": f"{JOB}/{service.name}", "static_configs": [_group(service)]} | usual
    job["relabel_configs"] = [{"target_label": "job", "replacement": JOB}]
    return job | ({"scheme": "https"} if service.tls else {}) | access(service)
