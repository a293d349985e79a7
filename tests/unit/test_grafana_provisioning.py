"""Grafana's provisioning files, read the way Grafana reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import yaml

from generators import names
from generators.grafana import dashboards
from generators.spec import kpispec

FOLDER = Path(__file__).resolve().parents[2] / "grafana" / "provisioning"
DATA_SOURCES = (FOLDER / "datasources" / "amaie.yaml").read_text(encoding="utf-8")


def expand(text: str) -> str:
    """Replace `$$`, and refuse any other dollar but a secret's file: Grafana would take it for a variable."""
    parts = [re.sub(r"\$__file\{/run/secrets/[\w.]+\}", "secret", part) for part in text.split("$$")]
    assert not any("$" in part for part in parts)
    return "$".join(parts)


def sources() -> dict[str, dict[str, Any]]:
    """Return the data sources by name."""
    found = yaml.safe_load(expand(DATA_SOURCES))["datasources"]
    return {source["name"]: source for source in found}


def test_data_sources_have_the_uids_that_dashboards_name() -> None:
    """A dashboard of a source without its uid is a wall of errors."""
    uids = {source["type"]: source["uid"] for source in sources().values()}

    assert uids == {
        "prometheus": names.PROMETHEUS_UID,
        "elasticsearch": names.ELASTICSEARCH_UID,
        "alertmanager": names.ALERTMANAGER_UID,
    }
    assert all(uids[source["type"]] == source["uid"] for source in dashboards.SOURCES.values())


def test_data_sources_cannot_be_edited_in_grafana() -> None:
    """Sources that leave the file leave Grafana as well."""
    assert all(source["editable"] is False for source in sources().values())
    assert yaml.safe_load(DATA_SOURCES)["prune"] is True


def test_no_step_is_shorter_than_the_scrape_interval_of_the_spec(root: Path) -> None:
    """A shorter one would draw gaps, a longer one would hide peaks."""
    settings = kpispec.load(root / names.KPIS).settings
    assert sources()["Prometheus"]["jsonData"]["timeInterval"] == settings.scrape_interval


def test_every_source_is_verified_and_signed_in_to_by_files() -> None:
    """No password stands in the file or in the environment, and nothing is asked without TLS."""
    for source in sources().values():
        assert source["url"].startswith("https://")
        assert source["secureJsonData"] == {"basicAuthPassword": "secret", "tlsCACert": "secret"}
        assert source["jsonData"]["tlsAuthWithCACert"] is True
        assert source["basicAuth"] is True
        assert "tlsSkipVerify" not in source["jsonData"]
    found = re.findall(r"\$__file\{/run/secrets/([\w.]+)\}", DATA_SOURCES)
    reader, grafana, authority = "es_amaie_reader_password", "monitoring_grafana_password", "stack_ca.pem"
    assert sorted(found) == sorted([reader, grafana, grafana, *[authority] * 3])


def test_the_logs_of_the_contract_are_found_and_the_rejected_ones_are_not() -> None:
    """Rejected records have a stream of their own and would double every panel."""
    pattern = re.compile(sources()["Elasticsearch"]["jsonData"]["index"].replace("*", ".*"))

    assert pattern.fullmatch(names.LOGS_STREAM)
    assert not pattern.fullmatch(names.REJECTED_STREAM)


@pytest.mark.parametrize(
    ("source", "kind", "name"),
    [("Prometheus", "exemplarTraceIdDestinations", "name"), ("Elasticsearch", "dataLinks", "field")],
)
def test_a_trace_id_leads_to_its_logs(source: str, kind: str, name: str) -> None:
    """From a dot in a heatmap and from a log record: a query of the log data source, in Explore.

    The id is a phrase: one like `acme:42 (a)` would be a field, and two terms. Grafana puts a bare value into
    the address as it is; its format `percentencode` is JavaScript's encodeURIComponent, and more.
    """
    [link] = sources()[source]["jsonData"][kind]
    trace = "acme:42 (a)#b&c=50%2B+1"

    url = urlsplit(link["url"].replace("${__value.raw:percentencode}", quote(trace, safe="")))
    [pane] = json.loads(parse_qs(url.query)["panes"][0]).values()
    assert link[name] == "trace_id"
    assert url.path == "/explore"
    assert pane["datasource"] == names.ELASTICSEARCH_UID
    assert [query["query"] for query in pane["queries"]] == [f'trace_id:"{trace}"']
    assert [query["metrics"] for query in pane["queries"]] == [[{"id": "1", "type": "logs"}]]


def test_dashboards_come_from_files_and_cannot_be_changed_in_grafana() -> None:
    """Grafana reads the generated folder and saves nothing."""
    text = (FOLDER / "dashboards" / "amaie.yaml").read_text(encoding="utf-8")

    [provider] = yaml.safe_load(expand(text))["providers"]
    assert provider["type"] == "file"
    assert provider["allowUiUpdates"] is False
    assert provider["disableDeletion"] is True
    assert provider["options"]["path"] == "/etc/grafana/dashboards"
