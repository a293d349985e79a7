"""Whatever stops or is full, somebody is told: docs/operations.md says by which alert, and it sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

import generate
from e2e.chaos import SILENCE_SECONDS
from operate import build, compose_cli
from operate.compose_cli import Stack
from operate.paths import ROOT
from operate.site import long_term
from operate.site.shape import Gateway, HighAvailability, LongTerm, Site
from support import stopped

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Alert

ROWS = stopped.rows()
FULL = stopped.rows(section=stopped.FULL)
PREFERENCES = {"grafana", "kibana"}
"""Volumes of which nobody needs to hear: the page that cannot write them says so."""
PAST = "history"
"""The volume of the simulation's past, which is written once."""
PROMETHEUS = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())
MINUTES = 5


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the configuration of either variant, with the demo and all that a site may ask for."""
    gateway = Gateway(address="127.0.0.1", names=("here",))
    twice, store = HighAvailability(elasticsearch=True, prometheus=True), LongTerm(retention="5y")
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose_cli, "RUN", tmp_path_factory.mktemp("run"))
        for variant in build.VARIANTS:
            stack = Stack(
                "amaie-test",
                variant,
                demo=True,
                site=Site(gateway=gateway, high_availability=twice, long_term=store),
            )
            stack.save(build.images_of(variant))
            found.append(stack.config())
    return found


@pytest.fixture(scope="module")
def running(configured: list[dict[str, Any]]) -> set[str]:
    """Return every service that is meant to stay."""
    each = (one for config in configured for one in config["services"].items())
    return {name for name, one in each if one.get("restart") == "always"}


@pytest.fixture(scope="module")
def alerts() -> dict[str, Alert]:
    """Return every alert of the spec."""
    return {alert.name: alert for kpi in generate.load(ROOT).spec.kpis for alert in kpi.alerts}


def job(name: str) -> dict[str, Any]:
    """Return a job of prometheus.yml."""
    found: dict[str, Any] = next(one for one in PROMETHEUS["scrape_configs"] if one["job_name"] == name)
    return found


def named(name: str) -> set[str]:
    """Return the services that a job finds by their names."""
    return {one for found in job(name)["dns_sd_configs"] for one in found["names"]}


def test_every_service_has_a_row_and_every_row_a_service(running: set[str]) -> None:
    """A new service is told of, too."""
    assert set(ROWS) == running


def test_every_volume_has_a_row_and_every_row_a_volume(configured: list[dict[str, Any]]) -> None:
    """A new volume may be full, too; that of a twin is told of as that of the first."""
    volumes = {
        name.removesuffix("-2").removesuffix("-3") for config in configured for name in config["volumes"]
    }
    assert {*FULL, *PREFERENCES, PAST} == volumes
    assert not FULL.keys() & {*PREFERENCES, PAST}


def test_every_alert_of_the_tables_is_there_and_soon_enough(alerts: dict[str, Alert]) -> None:
    """Its first level fires with a minute to spare for the scrape, the rules and the name service."""
    for row in (*ROWS.values(), *FULL.values()):
        assert row.follows <= alerts.keys(), row
        if row.alert:
            waits = [level.for_ for level in alerts[row.alert].levels]
            assert min(map(seconds, waits)) <= (MINUTES - 1) * 60, row


def seconds(duration: str) -> int:
    """Return a duration of one unit in seconds."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]


def test_what_an_alert_is_said_to_see_is_what_prometheus_looks_at() -> None:
    """TargetDown sees scraped services, ProbeFailed probed pages, ServiceDown the services of the site."""
    targets = yaml.safe_load((ROOT / "prometheus/generated/targets/stack.yml").read_text())
    groups = [*targets, *job("monitors")["static_configs"]]
    groups += yaml.safe_load((ROOT / "prometheus/pair/monitors.yml").read_text())
    groups += long_term.jobs(LongTerm(retention="5y"))[0]["static_configs"]
    scraped = {group["labels"]["service"] for group in groups} | named("ingest")
    site = yaml.safe_load((ROOT / "compose/demo.site.yaml").read_text())["services"]
    seen = {
        "TargetDown": scraped,
        "ProbeFailed": named("probes"),
        "ServiceDown": {service["name"] for service in site},
    }
    for row in ROWS.values():
        if row.alert in seen:
            assert row.of in seen[row.alert], row
    assert seen["ProbeFailed"] <= ROWS.keys()


def test_only_what_carries_the_alerts_is_left_to_the_watchman() -> None:
    """Who brings the alert of his own end to nobody needs a watchman outside."""
    assert {row.service for row in ROWS.values() if row.alert is None} == {"prometheus", "alertmanager"}


def test_a_row_that_names_nobody_is_refused(tmp_path: Path) -> None:
    """A word without backticks is no alert."""
    assert tmp_path
    page = f"{stopped.SECTION}\n| `a` | somebody | |\n"
    with pytest.raises(ValueError, match="a: somebody is no alert; write one in backticks, or the heart"):
        stopped.rows(page)


def test_the_watchman_raises_alarm_in_time() -> None:
    """Alertmanager keeps an alert for four delays (rules/alerting.go of Prometheus); his minutes follow."""
    command = yaml.safe_load((ROOT / "compose/metrics.yaml").read_text().replace("!override", ""))["services"]
    delay = next(
        word.partition("=")[2] for word in command["prometheus"]["command"] if "resend-delay" in word
    )
    assert "(period 1 minute, grace 2 minutes: " in (ROOT / "docs/alerting.md").read_text()
    assert 4 * seconds(delay) + SILENCE_SECONDS <= MINUTES * 60
