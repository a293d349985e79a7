"""What `make up` writes from a site: scrapes, limits, who is told, links, and what Compose adds."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from operate.paths import DEMO_SITE, ROOT
from operate.site import files, load, overlay, scrapes
from operate.site.scrapes import SECRETS
from operate.site.shape import HighAvailability, Service, Site, Tls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generators.spec.model import Model

    Read = Callable[[str], Site]

ALERTMANAGER = "alertmanager/generated/alertmanager.yml"
TRADERS = """
services:
  - {name: btc-bot, role: amaie-trader, compose: "btc-bot:9301", interval: 5m}
  - {name: eth-bot, role: amaie-trader, host: 9302, path: /facts}
"""
FAR = """
services:
  - name: far
    role: launcher
    address: "far.example:9303"
    tls: {ca_file: far_ca.pem}
    credentials: {user: prometheus, password_file: far_password}
"""
SLACK = 'channels: {slack: {channel: "#a", webhook_url_file: slack_webhook_url}}\n'
WEEKEND = "severities: [warning, critical], windows: [{from: friday 16:00, to: sunday 17:00}]"


def written(model: Model, site: Site, path: str) -> Any:
    """Return one of the files, read as YAML."""
    return yaml.safe_load(files.render(model, site)[path])


def test_the_demo_writes_what_is_committed(model: Model) -> None:
    """Its site changes nothing: the same spec, the same bytes."""
    rendered = files.render(model, load.read(DEMO_SITE, model.spec), demo=True)
    committed = {path: text for path, text in rendered.items() if (ROOT / path).exists()}
    assert {path.partition("/generated/")[0] for path in committed} == {
        *("alertmanager", "docs/runbooks", "elasticsearch", "grafana", "prometheus")
    }
    assert committed == {path: (ROOT / path).read_text(encoding="utf-8") for path in committed}


def test_each_service_is_a_target_with_its_name_and_its_role(model: Model, read: Read) -> None:
    """A process of this machine is reached by the name that Compose gives the machine."""
    assert written(model, read(TRADERS), "prometheus/site/targets.yml") == [
        {
            "targets": ["btc-bot:9301"],
            "labels": {"service": "btc-bot", "role": "amaie-trader", "__metrics_path__": "/metrics"},
        },
        {
            "targets": ["host.docker.internal:9302"],
            "labels": {"service": "eth-bot", "role": "amaie-trader", "__metrics_path__": "/facts"},
        },
    ]


def test_a_service_with_tls_and_a_password_has_a_job_of_its_own(model: Model, read: Read) -> None:
    """It keeps the limits of the others, and its series carry their job."""
    [job] = written(model, read(FAR), "prometheus/site/scrapes.yml")["scrape_configs"]
    assert job["scheme"] == "https"
    assert job["tls_config"] == {"ca_file": f"{SECRETS}/far_ca.pem"}
    assert job["basic_auth"] == {"username": "prometheus", "password_file": f"{SECRETS}/far_password"}
    assert job["relabel_configs"] == [{"target_label": "job", "replacement": "services"}]
    assert job["sample_limit"]
    assert written(model, read(FAR), "prometheus/site/targets.yml") == []


def test_the_scrape_of_all_services_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand services with TLS took twenty seconds."""
    real, reads = yaml.safe_load, []

    def counted(text: str) -> Any:
        reads.append(text)
        return real(text)

    monkeypatch.setattr("operate.site.scrapes.yaml.safe_load", counted)
    far = [Service(name=name, role="launcher", address=f"{name}:1", tls=Tls()) for name in "abc"]
    assert len(scrapes.jobs(Site(services=tuple(far)))) == 3
    assert len(reads) == 1


def test_services_and_limits_become_series(model: Model, read: Read) -> None:
    """An account's own limit names it; the site's default names no account."""
    site = read(
        TRADERS
        + "limits: {daily_loss: 900}\n"
        + "accounts:\n- {name: main, currency: USDT, limits: {daily_loss: 500}, peak_reset: 7}\n"
    )
    services, limits = written(model, site, "prometheus/site/rules.yml")["groups"]
    assert [rule["labels"]["service"] for rule in services["rules"]] == ["btc-bot", "btc-bot", "eth-bot"]
    assert services["rules"][1]["expr"] == "vector(300)"
    assert limits["rules"] == [
        {"record": "amaie_limit", "expr": "vector(900)", "labels": {"limit": "daily_loss"}},
        {
            "record": "amaie_limit",
            "expr": "vector(500)",
            "labels": {"account": "main", "currency": "USDT", "limit": "daily_loss"},
        },
        {"record": "amaie_peak_reset", "expr": "vector(7)", "labels": {"account": "main"}},
    ]


def test_alerts_open_the_logs_of_whoever_plays_the_role(model: Model, read: Read) -> None:
    """No link names a role where services have names of their own."""
    rules = files.render(model, read(TRADERS))["prometheus/generated/rules/alerts-trading.yml"]
    assert "service:(%22btc-bot%22%20or%20%22eth-bot%22)%20and%20level" in rules
    assert "%22amaie-trader%22" not in rules


def test_alerts_carry_the_links_of_the_site(model: Model, read: Read) -> None:
    """On a phone, an address of this machine opens nothing."""
    rendered = files.render(model, read('links: {dashboard: "https://amaie.example"}'))
    rules = rendered["prometheus/generated/rules/alerts-trading.yml"]
    assert "https://amaie.example/runbooks/" in rules
    assert "http://127.0.0.1:8080" not in rules


def test_without_channels_nobody_is_told_and_nothing_fails(model: Model) -> None:
    """Every receiver is empty, so that no notification can fail and raise an alarm of its own."""
    config = written(model, Site(), ALERTMANAGER)
    assert config["receivers"] == [{"name": "unrouted"}, {"name": "nobody"}]
    assert config["route"]["routes"] == [{"receiver": "nobody", "matchers": ['severity="none"']}]


def test_the_channels_of_a_site_tell_of_everything(model: Model, read: Read) -> None:
    """With one channel, both severities go over it; the beat goes to nobody, for no watchman is set up."""
    routes = written(model, read(SLACK), ALERTMANAGER)["route"]["routes"]
    assert [(route["matchers"][0], route["receiver"]) for route in routes] == [
        ('severity="none"', "nobody"),
        ('severity="critical"', "slack"),
        ('severity="warning"', "slack"),
    ]


def test_the_heartbeat_stops_when_the_site_s_own_ways_fail(model: Model, read: Read) -> None:
    """The formula that stops it watches the ways over which critical alerts go here, not the spec's."""
    site = read(SLACK.replace("}}", "}, heartbeat: {url_file: u}}"))
    spec = overlay.spec_of(model.spec, site)
    assert spec.routing.channels.heartbeat is not None
    assert spec.routing.channels.heartbeat.stopped_by == ("NobodyIsPaged",)
    assert 'integration=~"slack"' in next(kpi for kpi in spec.kpis if kpi.name == "paging_failures").expr


def test_retention_of_logs_reaches_the_templates(model: Model, read: Read) -> None:
    """Elasticsearch keeps each stream as long as the site says."""
    rendered = files.render(model, read("retention: {logs: 61d}"))
    assert '"data_retention": "61d"' in rendered["elasticsearch/generated/logs-amaie.json"]
    assert '"data_retention": "90d"' in rendered["elasticsearch/generated/logs-amaie.rejected.json"]


def test_compose_adds_networks_folders_and_the_group_of_the_files(
    model: Model, read: Read, tmp_path: Path
) -> None:
    """Prometheus joins the other project's network; the shipper joins the group that may read the logs."""
    (tmp_path / "logs").mkdir(exist_ok=True)
    site = read(
        "services:\n- {name: a, role: launcher, container: 'a:1', network: other_default}\nlogs: [TMP/logs]\n"
    )
    (tmp_path / "logs" / "a.jsonl").touch()
    expected = sorted({path.stat().st_gid for path in (tmp_path / "logs").rglob("*")} - {0})
    if os.geteuid() == 0:
        os.chown(tmp_path / "logs" / "a.jsonl", 1234, 4321)
        expected = [4321]
    assert written(model, site, files.OVERRIDE) == {
        "services": {
            "prometheus": {"networks": {"site-other_default": {}}},
            "ingest": {
                "volumes": [f"{tmp_path}/logs:/var/log/site-1:ro"],
                "group_add": [str(group) for group in expected],
            },
        },
        "networks": {"site-other_default": {"external": True, "name": "other_default"}},
    }


def test_both_of_a_pair_join_the_networks_of_other_projects(model: Model, read: Read) -> None:
    """Else the second would page for a service that it cannot reach."""
    site = read(
        "services:\n- {name: a, role: launcher, container: 'a:1', network: other_default}\n"
        "high_availability: {prometheus: true}"
    )
    joins: dict[str, Any] = {"networks": {"site-other_default": {}}}
    assert written(model, site, files.OVERRIDE)["services"] == {"prometheus": joins, "prometheus-2": joins}


def test_the_shipper_is_told_who_writes_plain_text(model: Model, read: Read) -> None:
    """It makes records of it, whoever judges them."""
    site = read(
        "services: [{name: a, role: launcher, host: 1, text: true}, {name: b, role: launcher, host: 2}]"
    )
    assert written(model, site, files.OVERRIDE) == {
        "services": {"ingest": {"environment": {"AMAIE_TEXT": "a"}}}
    }


def test_a_folder_holds_exactly_what_was_rendered(tmp_path: Path) -> None:
    """What an earlier site needed goes; what did not change is not touched; anybody may read it."""
    umask = os.umask(0o077)
    try:
        assert files.write(tmp_path / "x", {"a/b.yml": "1\n", "c.yml": "2\n"}) == ["a/b.yml", "c.yml"]
        assert files.write(tmp_path / "x", {"a/b.yml": "1\n"}) == ["c.yml"]
    finally:
        os.umask(umask)
    assert not files.differ(tmp_path / "x", {"a/b.yml": "1\n"})
    assert files.differ(tmp_path / "x", {"a/b.yml": "2\n"})
    assert (tmp_path / "x" / "a").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "x" / "a" / "b.yml").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("text", ["{}", TRADERS, FAR, SLACK])
def test_what_runs_is_read_back_as_it_was(text: str, read: Read, tmp_path: Path) -> None:
    """`make status` and `make down` know the site of the stack, whatever became of site.yaml since."""
    site = read(text)
    files.write(tmp_path / "x", {files.SITE: files.dump(site)})
    assert files.applied(tmp_path / "x") == site


def test_mutes_are_the_sites_own_and_stand_in_the_runbooks(model: Model, read: Read) -> None:
    """The spec's are the demo's; who reads a runbook at night sees what would have been quiet."""
    mute = f"mutes: [{{name: closed, description: While it is closed., exchanges: [cme], {WEEKEND}}}]\n"
    runbook = "docs/runbooks/generated/MarketDataMissing.md"
    told = "Muted (warning and critical, exchange cme) during `closed`: While it is closed."
    assert [one["name"] for one in written(model, read(SLACK + mute), ALERTMANAGER)["time_intervals"]] == [
        "closed"
    ]
    assert told in files.render(model, read(mute))[runbook]
    assert written(model, read(SLACK), ALERTMANAGER)["time_intervals"] == []
    assert "Muted" not in files.render(model, read(SLACK))[runbook]
    assert read(mute) == Site.model_validate_json(files.dump(read(mute)))


@pytest.mark.parametrize(
    ("wanted", "copies", "rules"),
    [
        (False, {"index.auto_expand_replicas": "0-1"}, []),
        (
            True,
            {
                "index.auto_expand_replicas": "false",
                "index.number_of_replicas": 2,
                "index.write.wait_for_active_shards": "2",
            },
            [{"record": "amaie_site_elasticsearch_nodes", "expr": "vector(3)", "labels": {}}],
        ),
    ],
)
def test_a_cluster_keeps_each_record_on_all_nodes_and_takes_none_with_one(
    model: Model, *, wanted: bool, copies: dict[str, Any], rules: list[dict[str, Any]]
) -> None:
    """And Prometheus is told how many nodes there should be; of a single node nothing is said."""
    rendered = files.render(model, Site(high_availability=HighAvailability(elasticsearch=wanted)))
    keys = ("auto_expand_replicas", "number_of_replicas", "write.wait_for_active_shards")
    templates = [text for path, text in rendered.items() if path.startswith("elasticsearch/")]
    assert len(templates) == 2
    for text in templates:
        settings = json.loads(text)["template"]["settings"]
        found = {f"index.{key}": settings[f"index.{key}"] for key in keys if f"index.{key}" in settings}
        assert found == copies
    groups = yaml.safe_load(rendered["prometheus/site/rules.yml"])["groups"]
    assert [rule for group in groups for rule in group["rules"]] == rules
