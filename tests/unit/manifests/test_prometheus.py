"""The same rules under the same job names; a service that a cluster cannot find is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from operate.errors import StackError
from operate.manifests import prometheus
from operate.manifests.objects import Cluster
from operate.paths import ROOT
from operate.site.shape import Site

if TYPE_CHECKING:
    Found = dict[tuple[str, str], dict[str, Any]]

HERE = Cluster("here")
CONFIG = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())


def scrapes(*services: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ScrapeConfigs of some services."""
    return list(prometheus.scrapes(CONFIG, Site.model_validate({"services": services}), HERE))


def test_the_rules_are_the_generated_ones(found: Found) -> None:
    """Every group of every file, to the letter; the site's own rules in one more."""
    groups: list[Any] = []
    for path in sorted((ROOT / "prometheus/generated/rules").glob("*.yml")):
        groups += yaml.safe_load(path.read_text())["groups"]
    kept = [one["spec"]["groups"] for (kind, name), one in found.items() if kind == "PrometheusRule"]
    site = found["PrometheusRule", "amaie-site"]["spec"]["groups"]
    alike = [group for one in kept if one != site for group in one]
    by_name = {group["name"]: group for group in alike}
    assert by_name.keys() == {group["name"] for group in groups}
    # An installation's links and channels stand in annotations and in the heartbeat's expression.
    assert [_measured(group) for group in alike] == [_measured(group) for group in groups]
    assert [group["name"] for group in site] == ["site", "limits"]


def _measured(group: dict[str, Any]) -> Any:
    kept = ("record", "alert", "for", "keep_firing_for", "labels")
    return group["name"], group.get("interval"), [{k: rule.get(k) for k in kept} for rule in group["rules"]]


def test_rules_larger_than_the_operator_takes_are_refused() -> None:
    """It refuses a PrometheusRule above half a megabyte, so nothing is written."""
    text = yaml.safe_dump({"groups": [{"name": "a", "rules": [{"record": "b", "expr": "1" * 600_000}]}]})
    with pytest.raises(StackError) as caught:
        list(prometheus.rules({"recording.yml": text}, HERE))
    assert str(caught.value).startswith("the PrometheusRule amaie-recording would hold 600")


def test_a_service_is_scraped_under_the_job_that_the_rules_know(found: Found) -> None:
    """With our limits, its own path, and the labels `service` and `role`."""
    assert found["ScrapeConfig", "amaie-service-btc-bot"]["spec"] == {
        "jobName": "services",
        "metricRelabelings": [{"sourceLabels": ["__name__"], "regex": ".+_created", "action": "drop"}],
        "sampleLimit": 5000,
        "labelLimit": 20,
        "labelNameLengthLimit": 100,
        "labelValueLengthLimit": 200,
        "metricsPath": "/facts",
        "staticConfigs": [
            {"targets": ["btc-bot.bots.svc:9301"], "labels": {"service": "btc.bot", "role": "amaie-trader"}}
        ],
    }
    assert ("ScrapeConfig", "amaie-service-hidden") not in found


def test_what_watches_is_scraped_as_stack(found: Found) -> None:
    """Each under the name of its service in Compose, so that the rules about the stack hold."""
    spec = found["ScrapeConfig", "amaie-stack"]["spec"]
    assert spec["jobName"] == "stack"
    names = [group["labels"]["service"] for group in spec["staticConfigs"]]
    compose = (ROOT / "compose/metrics.yaml").read_text()
    assert [name for name in names if f"\n  {name}:\n" not in compose] == []


def test_passwords_are_references(found: Found) -> None:
    """To keys of one Secret; TLS is verified by an authority of it."""
    far = found["ScrapeConfig", "amaie-service-far"]["spec"]
    secret = {"name": "amaie-services"}
    assert far["scheme"] == "HTTPS"
    assert far["tlsConfig"] == {"ca": {"secret": secret | {"key": "far_ca.pem"}}, "serverName": "far"}
    assert far["basicAuth"] == {
        "username": secret | {"key": "far_password.user"},
        "password": secret | {"key": "far_password"},
    }
    token = found["ScrapeConfig", "amaie-service-token"]["spec"]
    assert token["authorization"] == {"credentials": secret | {"key": "t_token"}}


def test_services_of_this_machine_are_refused_all_at_once() -> None:
    """A container's name and a port of this host mean nothing in a cluster."""
    with pytest.raises(StackError) as caught:
        scrapes(
            {"name": "a", "role": "launcher", "host": 9301},
            {"name": "b", "role": "launcher", "compose": "b:9301"},
        )
    text = (
        "is on this machine, where a cluster does not find it; "
        "cure: write address: name.namespace.svc:port in its place"
    )
    assert str(caught.value) == f"services[a] {text}\nservices[b] {text}"


def test_two_services_that_would_be_one_object_are_refused() -> None:
    """Names of objects know neither capitals nor underscores."""
    with pytest.raises(StackError) as caught:
        scrapes(
            {"name": "A_b", "role": "launcher", "address": "a:1"},
            {"name": "a.b", "role": "launcher", "address": "b:1"},
        )
    assert str(caught.value) == "two services would both be the object a-b; cure: rename one in site.yaml"
