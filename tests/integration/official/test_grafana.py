"""The official Grafana on our provisioning: what is generated is there, and nobody else gets in."""

from __future__ import annotations

import json
import re
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

from generators import names
from integration.official import standins
from operate import certificates, pins, trust
from operate.paths import ROOT

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

    from integration.official.rig import Rig

# Pulling counts, too.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(1800)]

SERVICES = ("grafana", "prometheus")
FILES = sorted((ROOT / "grafana" / "generated" / "dashboards").glob("*.json"))
PROVISIONING = ROOT / "grafana" / "provisioning"
PROVISION_SECONDS = 90
BUILT_IN = "-- Grafana --"
"""Grafana's own data source, which no file provisions."""


@pytest.fixture(scope="module", params=["stand-in", "official"])
def grafana(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Yield a client that is signed in as the administrator."""
    with ExitStack() as running:
        if request.param == "official":
            rig: Rig = request.getfixturevalue("rig")
            for service in ("prometheus", "alertmanager", "reverse-proxy", "grafana"):
                rig.start(service)
            url, password = rig.url("grafana"), rig.password("grafana_admin_password")
            trusted: ssl.SSLContext | bool = trust.context(rig.secrets / certificates.STACK.certificate)
        else:
            url, password = running.enter_context(standins.Grafana()).url, standins.PASSWORD
            trusted = True
        auth = ("admin", password)
        client = running.enter_context(httpx.Client(base_url=url, auth=auth, verify=trusted, timeout=30))
        _wait(client)
        yield client


def _wait(client: httpx.Client) -> None:
    """Wait until Grafana has read the dashboards, which it does after it says that it is healthy."""
    end = time.monotonic() + PROVISION_SECONDS
    paths = [f"/api/dashboards/uid/{json.loads(path.read_text())['uid']}" for path in FILES]
    while not all(client.get(path).is_success for path in paths) and time.monotonic() < end:
        time.sleep(1)


def panels(dashboard: dict[str, Any]) -> list[int]:
    """Return the ids of all panels of a dashboard, those inside closed rows too."""
    every = [inner for panel in dashboard["panels"] for inner in (panel, *(panel.get("panels") or []))]
    return sorted(panel["id"] for panel in every)


def sources(value: Any) -> set[tuple[str, str]]:
    """Return type and uid of every data source that a dashboard names."""
    if isinstance(value, list):
        return {one for item in value for one in sources(item)}
    if not isinstance(value, dict):
        return set()
    named = value.get("datasource")
    own = {(named["type"], named["uid"])} if isinstance(named, dict) else set()
    return {one for item in value.values() for one in sources(item)} | own


def queries(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every query of a dashboard's panels as a browser sends it, each variable set to "All"."""
    every = [inner for panel in dashboard["panels"] for inner in (panel, *(panel.get("panels") or []))]
    targets = [target for panel in every for target in panel.get("targets", [])]
    asked = []
    for number, target in enumerate(targets):
        text = target.get("expr", target.get("query", ""))
        text = re.sub(r"\$\{\w+:lucene\}", "*", text)
        text = re.sub(r"\$(?!__)(?:\w+|\{\w+(?::\w+)?\})", ".*", text)
        key = "expr" if "expr" in target else "query"
        own = {"refId": f"Q{number}", "intervalMs": 15000, "maxDataPoints": 500}
        asked.append({**target, key: text, **own})
    return asked


def test_grafana_is_healthy_and_of_the_pinned_version(grafana: httpx.Client) -> None:
    """With its database, and without a sign-in: the health check of Compose asks the same."""
    health = grafana.get("/api/health", auth=None).raise_for_status().json()
    assert health["database"] == "ok"
    assert health["version"] == pins.version(pins.read()["GRAFANA_IMAGE"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_generated_dashboard_is_there_with_every_panel(grafana: httpx.Client, path: Path) -> None:
    """By the uid that links of alerts use, in our folder, with the panels of its file and no other."""
    wanted = json.loads(path.read_text())
    answer = grafana.get(f"/api/dashboards/uid/{wanted['uid']}").raise_for_status().json()
    assert answer["dashboard"]["title"] == wanted["title"]
    assert panels(answer["dashboard"]) == panels(wanted)
    provider = yaml.safe_load((PROVISIONING / "dashboards" / "amaie.yaml").read_text())["providers"][0]
    assert answer["meta"]["folderUid"] == provider["folderUid"]


def test_every_data_source_that_a_dashboard_names_is_provisioned(grafana: httpx.Client) -> None:
    """Under that uid, of that type, and not to be edited."""
    named = {one for path in FILES for one in sources(json.loads(path.read_text()))}
    ours = sorted((kind, uid) for kind, uid in named if uid != BUILT_IN)
    assert ours
    found = [grafana.get(f"/api/datasources/uid/{uid}").raise_for_status().json() for _, uid in ours]
    assert [(one["type"], one["uid"], one["readOnly"]) for one in found] == [(*one, True) for one in ours]


def test_the_data_sources_are_those_of_our_file(grafana: httpx.Client) -> None:
    """Each with its address, and no other."""
    file = yaml.safe_load((PROVISIONING / "datasources" / "amaie.yaml").read_text())["datasources"]
    found = grafana.get("/api/datasources").raise_for_status().json()
    assert {one["uid"]: one["url"] for one in found} == {one["uid"]: one["url"] for one in file}


@pytest.mark.parametrize("uid", [names.PROMETHEUS_UID, names.ELASTICSEARCH_UID])
def test_a_data_source_works(grafana: httpx.Client, uid: str) -> None:
    """Its plugin is there and it reaches its server: Grafana calls itself healthy without either."""
    health = grafana.get(f"/api/datasources/uid/{uid}/health")
    assert (health.status_code, health.json()["status"]) == (200, "OK"), health.text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_query_of_a_dashboard_is_answered(grafana: httpx.Client, path: Path) -> None:
    """Through Grafana's own plugins, as a browser asks; an empty answer is one, a refusal is not."""
    asked = queries(json.loads(path.read_text()))
    answer = grafana.post("/api/ds/query", json={"queries": asked, "from": "now-1h", "to": "now"})
    results = answer.json()["results"]
    assert results.keys() == {one["refId"] for one in asked}
    assert {name: one["error"] for name, one in results.items() if "error" in one} == {}


def test_grafana_signs_in_to_elasticsearch_as_the_reader(grafana: httpx.Client) -> None:
    """With the password of its secret file: Elasticsearch says whom it sees, through Grafana's proxy."""
    path = "/api/datasources/proxy/uid/elasticsearch/_security/_authenticate"
    assert grafana.get(path).raise_for_status().json()["username"] == "amaie_reader"


@pytest.mark.parametrize(
    "path",
    [
        "/api/search",
        "/api/dashboards/uid/amaie-overview",
        "/api/datasources",
        "/api/datasources/uid/prometheus",
    ],
)
def test_whoever_is_not_signed_in_gets_nothing(grafana: httpx.Client, path: str) -> None:
    """Anonymous access is off."""
    assert grafana.get(path, auth=None).status_code == 401


@pytest.mark.parametrize("password", ["admin", ""])
def test_no_password_but_the_generated_one_opens_grafana(grafana: httpx.Client, password: str) -> None:
    """Not that of a fresh Grafana, for one; two wrong ones are few enough not to be locked out."""
    answer = grafana.get("/api/datasources", auth=("admin", password))
    assert answer.status_code == 401


def test_a_missing_panel_dashboard_or_source_and_an_open_door_are_noticed() -> None:
    """Against a stand-in with each of these faults, the tests above fail."""
    path = FILES[0]
    uid = json.loads(path.read_text())["uid"]
    with (
        standins.Grafana() as faulty,
        httpx.Client(base_url=faulty.url, auth=("admin", standins.PASSWORD)) as client,
    ):
        faulty.dashboards[uid]["panels"].pop()
        with pytest.raises(AssertionError):
            test_a_generated_dashboard_is_there_with_every_panel(client, path)
        faulty.dashboards.pop(uid)
        with pytest.raises(httpx.HTTPStatusError):
            test_a_generated_dashboard_is_there_with_every_panel(client, path)
        faulty.lost.add(names.PROMETHEUS_UID)
        with pytest.raises(AssertionError):
            test_a_data_source_works(client, names.PROMETHEUS_UID)
        with pytest.raises(AssertionError):
            test_every_query_of_a_dashboard_is_answered(client, path)
        faulty.sources["prometheus"]["readOnly"] = False
        with pytest.raises(AssertionError):
            test_every_data_source_that_a_dashboard_names_is_provisioned(client)
        faulty.sources.pop("prometheus")
        with pytest.raises(httpx.HTTPStatusError):
            test_every_data_source_that_a_dashboard_names_is_provisioned(client)
        with pytest.raises(AssertionError):
            test_the_data_sources_are_those_of_our_file(client)
        faulty.open = True
        with pytest.raises(AssertionError):
            test_whoever_is_not_signed_in_gets_nothing(client, "/api/search")
