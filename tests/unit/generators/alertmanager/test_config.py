"""Alertmanager's tree: everybody who must know is told, over paths that do not hang on one another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generators.alertmanager import config as alertmanager
from generators.spec import kpispec
from generators.spec.channels.channel import Inbox
from generators.spec.model import Severity, Spec

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = Path(__file__).parents[3] / "golden" / "small" / "spec" / "kpis.yaml"


@pytest.fixture(scope="module")
def shop() -> Spec:
    """Return the small spec of the golden files."""
    return kpispec.load(SMALL)


@pytest.fixture(scope="module")
def production(shop: Spec) -> dict[str, Any]:
    """Return the configuration for the real providers."""
    return alertmanager.config(shop)


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every plain value of a tree with the key that it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, key)
    else:
        yield key, value


def test_every_channel_has_a_route_and_a_receiver_of_its_own(production: dict[str, Any]) -> None:
    """A channel that hangs blocks its own receiver only, because no two channels share one."""
    routes = [(route["matchers"][0], route["receiver"]) for route in production["route"]["routes"]]
    assert routes == [
        ('severity="critical"', "pagerduty"),
        ('severity="critical"', "sms"),
        ('severity="warning"', "slack"),
        ('severity="warning"', "email"),
        ('severity="none"', "heartbeat"),
    ]
    assert all(route["continue"] for route in production["route"]["routes"])
    integrations = {one["name"]: sorted(set(one) - {"name"}) for one in production["receivers"]}
    assert integrations == {
        "unrouted": ["email_configs", "slack_configs"],
        "pagerduty": ["pagerduty_configs"],
        "sms": ["sns_configs"],
        "slack": ["slack_configs"],
        "email": ["email_configs"],
        "heartbeat": ["webhook_configs"],
    }


def test_an_alert_about_a_failing_channel_never_goes_over_that_channel(production: dict[str, Any]) -> None:
    """Every route refuses the alerts whose `integration` label names its own integration."""
    refused = {route["receiver"]: route["matchers"][-1] for route in production["route"]["routes"]}
    assert refused == {
        "pagerduty": 'integration!="pagerduty"',
        "sms": 'integration!="sns"',
        "slack": 'integration!="slack"',
        "email": 'integration!="email"',
        "heartbeat": 'integration!="webhook"',
    }


def test_what_no_route_takes_is_told_to_people(production: dict[str, Any]) -> None:
    """The root has a receiver that sends, so an alert with an unknown severity is not lost."""
    assert production["route"]["receiver"] == "unrouted"
    unrouted = next(one for one in production["receivers"] if one["name"] == "unrouted")
    assert unrouted["slack_configs"]
    assert unrouted["email_configs"]


def test_a_spec_with_critical_alerts_only_tells_people_what_no_route_takes(shop: Spec) -> None:
    """Without any warning, what no route takes goes the least urgent way that there is."""
    urgent = tuple(one for one in shop.routing.deliveries if one.severity is not Severity.WARNING)
    routing = shop.routing.model_copy(update={"deliveries": urgent, "mutes": ()})
    config = alertmanager.config(shop.model_copy(update={"routing": routing}))
    unrouted = next(one for one in config["receivers"] if one["name"] == "unrouted")
    assert sorted(unrouted) == ["name", "pagerduty_configs", "sns_configs"]
    assert config["route"]["group_by"] == ["alertname"]


def test_critical_is_told_at_once_and_warnings_are_gathered(production: dict[str, Any]) -> None:
    """The timing of each severity is that of the spec."""
    timing = {
        route["receiver"]: (route["group_by"], route["group_wait"], route["group_interval"])
        for route in production["route"]["routes"]
    }
    assert timing["pagerduty"] == timing["sms"] == (["alertname"], "0s", "1m")
    assert timing["slack"] == timing["email"] == (["family"], "30s", "5m")


def test_a_critical_alert_mutes_its_own_warning_only(production: dict[str, Any]) -> None:
    """Inhibition wants the same alert and the same labels, every label of any alerting KPI included."""
    assert production["inhibit_rules"] == [
        {
            "source_matchers": ['severity="critical"'],
            "target_matchers": ['severity="warning"'],
            "equal": ["alertname", "drawer", "instance", "job"],
        }
    ]


def test_the_heartbeat_stops_while_nobody_can_be_told(shop: Spec) -> None:
    """An alert that nobody hears mutes Watchdog, so that the watchman outside notices by the silence."""
    heartbeat = shop.routing.channels.heartbeat
    assert heartbeat
    stopped = heartbeat.model_copy(update={"stopped_by": ("Deaf", "Dumb")})
    channels = shop.routing.channels.model_copy(update={"heartbeat": stopped})
    spoken = shop.model_copy(update={"routing": shop.routing.model_copy(update={"channels": channels})})
    assert alertmanager.config(spoken)["inhibit_rules"][1:] == [
        {"source_matchers": ['alertname=~"Deaf|Dumb"'], "target_matchers": ['alertname="Watchdog"']}
    ]


def test_production_reads_every_secret_from_a_file(production: dict[str, Any]) -> None:
    """No field that could hold a secret is in the configuration; each has its `_file` twin."""
    leaves = list(_leaves(production["receivers"]))
    secret = {"routing_key", "api_url", "auth_password", "access_key", "secret_key", "password", "token"}
    assert not secret & {key for key, _ in leaves}
    files = {key: value for key, value in leaves if key.endswith("_file")}
    assert files == {
        "routing_key_file": "/run/secrets/pagerduty_routing_key",
        "api_url_file": "/run/secrets/slack_webhook_url",
        "auth_password_file": "/run/secrets/smtp_password",
        "url_file": "/run/secrets/heartbeat_url",
    }


def test_the_demo_has_the_same_tree_and_every_end_is_the_inbox(
    shop: Spec, production: dict[str, Any]
) -> None:
    """Only addresses and credentials differ from production, and none of them leaves the machine."""
    demo = alertmanager.config(shop, Inbox())
    ends = {"url", "url_file", "api_url", "api_url_file", "smarthost", "require_tls", "sigv4"}
    ends |= {"routing_key", "routing_key_file", "auth_username", "auth_password_file"}

    def without_ends(config: dict[str, Any]) -> dict[str, Any]:
        told = [
            {
                name: [{key: field for key, field in one.items() if key not in ends} for one in configs]
                for name, configs in receiver.items()
                if name != "name"
            }
            for receiver in config["receivers"]
        ]
        return {**config, "receivers": told}

    assert without_ends(demo) == without_ends(production)
    addresses = {value for key, value in _leaves(demo["receivers"]) if key in {"url", "api_url", "smarthost"}}
    assert addresses == {
        "http://inbox:8025/v2/enqueue",
        "http://inbox:8025/sns",
        "http://inbox:8025/slack",
        "http://inbox:8025/heartbeat",
        "inbox:2525",
    }


def test_the_heart_beats_at_every_interval(production: dict[str, Any]) -> None:
    """The heartbeat's repeat is shorter than its interval: an equal one would miss every second beat."""
    beat = next(route for route in production["route"]["routes"] if route["receiver"] == "heartbeat")
    assert beat["matchers"][:2] == ['severity="none"', 'alertname="Watchdog"']
    assert (beat["repeat_interval"], beat["group_interval"]) == ("50s", "1m")
