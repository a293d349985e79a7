"""What follows from a long-term store: Prometheus writes to it, and Grafana reads from it.

Everything is sent, for the dashboards show raw series beside the recorded ones: with a part of them some
panels would be empty. Rules, and so alerts, stay with Prometheus: they need no store.
Source: Prometheus, configuration (remote_write); VictoriaMetrics, deduplication; Grafana, provisioning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from operate.hashes import STORE_USER
from operate.paths import ROOT
from operate.site import scrapes

if TYPE_CHECKING:
    from operate.site.shape import LongTerm

SERVICE = "victoria-metrics"
PORT = 8428
JOB = "long-term"
REPLICA = "prometheus_replica"
FOLDER = "/etc/prometheus"
SECRETS = "/run/secrets"
AUTHORITY = f"{SECRETS}/stack_ca.pem"
SOURCES = ROOT / "grafana" / "provisioning" / "datasources" / "amaie.yaml"


def prometheus(store: LongTerm) -> dict[str, Any]:
    """Return prometheus.yml with the store in it; paths that were relative to its folder name it."""
    config: dict[str, Any] = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text("utf-8"))
    config["rule_files"] = [_whole(path) for path in config["rule_files"]]
    for job in config["scrape_configs"]:
        for found in job.get("file_sd_configs", []):
            found["files"] = [_whole(path) for path in found["files"]]
    return config | {"remote_write": [_write(store)]}


def jobs(store: LongTerm | None) -> list[dict[str, Any]]:
    """Return how the stack's own store is scraped; another one is watched by whoever runs it."""
    if not store or not store.retention:
        return []
    found = {"targets": [f"{SERVICE}:{PORT}"], "labels": {"service": SERVICE}}
    return [scrapes.like("monitors") | {"job_name": JOB, "static_configs": [found]} | _signed_in()]


def sources(store: LongTerm) -> dict[str, Any]:
    """Return Grafana's data sources: the one that all dashboards name reads from the store.

    A store that can only be written to changes nothing. Beside it stays Prometheus, under a name of its own.
    """
    document: dict[str, Any] = yaml.safe_load(SOURCES.read_text("utf-8"))
    first, *others = document["datasources"]
    beside = first | {"name": "Prometheus (recent)", "uid": "prometheus-recent", "isDefault": False}
    if store.retention:
        reads = first | {"url": f"https://reverse-proxy:{PORT}"}
    elif store.read:
        reads = {key: value for key, value in first.items() if key not in ("basicAuth", "basicAuthUser")}
        reads |= {"url": store.read, "secureJsonData": {}, "jsonData": dict(first["jsonData"])}
        _signs_in(reads, store)
    else:
        return document
    return document | {"datasources": [reads, *others, beside]}


def _signs_in(source: dict[str, Any], store: LongTerm) -> None:
    """Let a data source of Grafana prove who it is at a store elsewhere, and verify who that is."""
    settings, secret = source["jsonData"], source["secureJsonData"]
    settings["tlsAuthWithCACert"] = bool(store.tls and store.tls.ca_file)
    if store.tls and store.tls.ca_file:
        secret["tlsCACert"] = f"$__file{{{scrapes.SECRETS}/{store.tls.ca_file}}}"
    if store.tls and store.tls.server_name:
        settings["serverName"] = store.tls.server_name
    if not store.credentials:
        return
    if store.credentials.token_file:
        settings["httpHeaderName1"] = "Authorization"
        secret["httpHeaderValue1"] = f"Bearer $__file{{{scrapes.SECRETS}/{store.credentials.token_file}}}"
    else:
        source |= {"basicAuth": True, "basicAuthUser": store.credentials.user}
        secret["basicAuthPassword"] = f"$__file{{{scrapes.SECRETS}/{store.credentials.password_file}}}"


def _write(store: LongTerm) -> dict[str, Any]:
    """Return the entry of `remote_write`.

    To the stack's own store both of a pair write the same series, of which it keeps one sample an interval.
    Another one gets the label that says which of the two has written: those that know pairs ask for it.
    """
    if store.retention:
        url = f"https://{SERVICE}:{PORT}/api/v1/write"
        same = {"write_relabel_configs": [{"regex": REPLICA, "action": "labeldrop"}]}
        return {"name": JOB, "url": url} | _signed_in() | same
    return {"name": JOB, "url": store.url} | scrapes.access(store)


def _signed_in() -> dict[str, Any]:
    return {
        "basic_auth": {"username": STORE_USER, "password_file": f"{SECRETS}/long_term_password"},
        "tls_config": {"ca_file": AUTHORITY},
    }


def _whole(path: str) -> str:
    return path if path.startswith("/") else f"{FOLDER}/{path}"
