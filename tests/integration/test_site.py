"""A site in real tools: what an empty stack says, how services are reached, what a changed limit does."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

import generate
from operate import credentials
from operate.paths import ROOT
from operate.site import files, load
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generators.spec.model import Model
    from support.containers import Prometheus, Tool

pytestmark = pytest.mark.integration

STACK = ("alertmanager", "containers", "node-exporter", "prometheus")
ALWAYS = {"Watchdog"}
"""Alerts that fire in a stack that is well."""


@pytest.fixture(scope="session")
def model() -> Model:
    """Return the real spec."""
    return generate.load(ROOT)


def lay_out(folder: Path, model: Model, site: Site) -> Path:
    """Write a site and what it mounts into as a folder for containers: `prometheus/` with `site/` in it."""
    files.write(folder / ".site", files.render(model, site))
    shutil.copytree(ROOT / "prometheus", folder / "prometheus")
    shutil.copytree(folder / ".site" / "prometheus", folder / "prometheus", dirs_exist_ok=True)
    config = folder / "prometheus" / "prometheus.yml"
    config.write_text(
        config.read_text().replace("/etc/amaie/site/", "site/").replace("/run/secrets/", "secrets/")
    )
    credentials.ensure(site, (), folder / "prometheus" / "secrets")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder / "prometheus"


def well() -> list[dict[str, str]]:
    """Return the facts of a stack that is well, an hour long."""
    facts = {
        **{f'up{{job="stack",service="{name}",instance="{name}"}}': "1x240" for name in STACK},
        'elasticsearch_scrape_success{collector="cluster-info"}': "1x240",
        'elasticsearch_cluster_health_status{color="green"}': "1x240",
        "prometheus_config_last_reload_successful": "1x240",
        "prometheus_notifications_alertmanagers_discovered": "1x240",
        "alertmanager_config_last_reload_successful": "1x240",
        'alertmanager_notifications_failed_total{integration="slack",reason="other"}': "0x240",
    }
    return [{"series": series, "values": values} for series, values in facts.items()]


def test_a_stack_without_services_calls_nobody(promtool: Tool, tmp_path: Path, model: Model) -> None:
    """After `make up` on a new machine no alert fires for an hour, save the beat for the watchman."""
    folder = lay_out(tmp_path, model, Site())
    alerts = sorted({alert.name for kpi in model.spec.kpis for alert in kpi.alerts} - ALWAYS)
    looks: list[dict[str, Any]] = [
        {"eval_time": at, "alertname": name, "exp_alerts": []} for name in alerts for at in ("10m", "60m")
    ]
    test: dict[str, Any] = {"interval": "15s", "input_series": well(), "alert_rule_test": looks}
    rules = [
        "site/rules.yml",
        *sorted(f"generated/rules/{path.name}" for path in (folder / "generated" / "rules").iterdir()),
    ]
    document = {"rule_files": rules, "evaluation_interval": "15s", "tests": [test]}
    (folder / "empty.yml").write_text(yaml.safe_dump(document))
    done = promtool("test", "rules", "empty.yml", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_every_way_in(promtool: Tool, tmp_path: Path, model: Model) -> None:
    """Promtool accepts the configuration with what a site of every kind of service adds to it."""
    (tmp_path / "secrets").mkdir()
    for name in ("ca.pem", "token"):
        (tmp_path / "secrets" / name).write_text("x")
    (tmp_path / "site.yaml").write_text(
        """
services:
  - {name: a, role: amaie-core, compose: "a:1"}
  - {name: b, role: amaie-trader, host: 2}
  - {name: c, role: launcher, address: "c.example:3", tls: {}, credentials: {token_file: token}}
limits: {daily_loss: 1}
"""
    )
    site = load.read(tmp_path / "site.yaml", model.spec, tmp_path / "secrets")
    folder = lay_out(tmp_path / "x", model, site)
    done = promtool("check", "config", "--syntax-only", "prometheus.yml", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert promtool("check", "rules", "site/rules.yml", folder=folder).returncode == 0


def limit(url: str) -> str:
    """Return the daily loss that Prometheus has on record for all accounts, or nothing."""
    query = {"query": 'amaie_limit{limit="daily_loss",account=""}'}
    found = httpx.get(f"{url}/api/v1/query", params=query).json()["data"]["result"]
    return str(found[0]["value"][1]) if found else ""


def test_a_changed_limit_holds_without_a_restart(
    prometheus: Callable[..., Prometheus], tmp_path: Path, model: Model
) -> None:
    """A file is replaced and Prometheus is told, as by `make up`: the new figure is there soon."""
    folder = lay_out(tmp_path, model, Site(limits={"daily_loss": 500}))
    config = folder / "prometheus.yml"
    config.write_text(config.read_text().replace("evaluation_interval: 15s", "evaluation_interval: 1s"))
    started = prometheus(folder)
    for value in ("500", "400"):
        changed = files.render(model, Site(limits={"daily_loss": float(value)}))
        path = f"{files.PROMETHEUS}/rules.yml"
        files.write(folder / "site", {"rules.yml": changed[path]})
        assert started.container.exec(["sh", "-c", "kill -HUP 1"]).exit_code == 0
        deadline = time.monotonic() + 30
        while limit(started.url) != value:
            assert time.monotonic() < deadline, limit(started.url)
            time.sleep(0.5)
