"""What follows from a long-term store: what Prometheus writes where, what Grafana reads, who is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generators import names
from generators.spec.strict_yaml import SpecError
from operate.paths import ROOT
from operate.site import files, long_term

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generators.spec.model import Model
    from operate.site.shape import Site

    Read = Callable[[str], Site]

CONFIG = "prometheus/site/prometheus.yml"
SCRAPES = "prometheus/site/scrapes.yml"
OWN = "long_term: {retention: 5y}"
FAR = """
long_term:
  url: https://metrics.example/api/v1/write
  read: https://metrics.example/prometheus
  tls: {ca_file: far_ca.pem, server_name: far}
  credentials: {user: amaie, password_file: far_password}
"""


@pytest.fixture(autouse=True)
def _given(read: Read, tmp_path: Path) -> None:
    """Put in what another store asks for."""
    read("version: 1")
    for name in ("far_ca.pem", "far_password", "far_token"):
        (tmp_path / "secrets" / name).write_text("x")


def written(model: Model, site: Site, path: str) -> Any:
    """Return one of the files, read as YAML."""
    return yaml.safe_load(files.render(model, site)[path])


def test_without_a_store_nothing_is_written_and_no_source_changes(model: Model, read: Read) -> None:
    """Prometheus reads the committed file, Grafana the committed sources."""
    assert not {CONFIG, files.SOURCES} & files.render(model, read("version: 1")).keys()
    assert written(model, read("version: 1"), SCRAPES) == {"scrape_configs": []}


def test_with_a_store_the_configuration_differs_in_what_is_written_alone(model: Model, read: Read) -> None:
    """Its paths are whole, since the file lies elsewhere; all that is left out would be watched no more."""
    ours = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())
    found = written(model, read(OWN), CONFIG)
    [write] = found.pop("remote_write")
    text = str(found).replace("/etc/prometheus/generated/", "generated/")
    assert text == str(ours)
    assert write["url"].startswith("https://victoria-metrics:")
    assert write["basic_auth"] == {"username": "amaie", "password_file": "/run/secrets/long_term_password"}
    assert write["tls_config"] == {"ca_file": "/run/secrets/stack_ca.pem"}


def test_the_own_store_gets_the_same_series_of_both_of_a_pair(model: Model, read: Read) -> None:
    """It keeps one sample of each; another store is told which of the two has written."""
    dropped = {"regex": "prometheus_replica", "action": "labeldrop"}
    ours = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())
    assert list(ours["global"]["external_labels"]) == ["prometheus_replica"]
    assert written(model, read(OWN), CONFIG)["remote_write"][0]["write_relabel_configs"] == [dropped]
    assert "write_relabel_configs" not in written(model, read(FAR), CONFIG)["remote_write"][0]
    command = yaml.safe_load((ROOT / "compose/long-term.yaml").read_text())["services"]["victoria-metrics"]
    interval = next(word for word in command["command"] if "dedup" in word).partition("=")[2]
    assert interval == ours["global"]["scrape_interval"]


def test_the_own_store_is_scraped_and_another_one_is_not(model: Model, read: Read) -> None:
    """Its limits are those of the other monitors; who runs another one watches it."""
    [job] = written(model, read(OWN), SCRAPES)["scrape_configs"]
    assert job["static_configs"] == [
        {"targets": ["victoria-metrics:8428"], "labels": {"service": "victoria-metrics"}}
    ]
    assert (job["scheme"], job["sample_limit"]) == ("https", 20000)
    assert written(model, read(FAR), SCRAPES) == {"scrape_configs": []}


def test_another_store_is_written_to_as_it_asks(model: Model, read: Read) -> None:
    """By a user and a password, or by a token; verified by its own authority or the public ones."""
    [write] = written(model, read(FAR), CONFIG)["remote_write"]
    given = "/run/secrets/services"
    assert write["tls_config"] == {"ca_file": f"{given}/far_ca.pem", "server_name": "far"}
    assert write["basic_auth"] == {"username": "amaie", "password_file": f"{given}/far_password"}
    bearer = 'long_term: {url: "https://metrics.example/write", credentials: {token_file: far_token}}'
    [write] = written(model, read(bearer), CONFIG)["remote_write"]
    assert write["authorization"] == {"credentials_file": f"{given}/far_token"}
    assert "tls_config" not in write


@pytest.mark.parametrize(
    ("text", "url"), [(OWN, "https://reverse-proxy:8428"), (FAR, "https://metrics.example/prometheus")]
)
def test_the_source_that_dashboards_name_reads_from_the_store(
    model: Model, read: Read, text: str, url: str
) -> None:
    """Prometheus itself stays beside it; no password stands in the file."""
    found = {one["uid"]: one for one in written(model, read(text), files.SOURCES)["datasources"]}
    assert found[names.PROMETHEUS_UID]["url"] == url
    assert found[names.PROMETHEUS_UID]["isDefault"] is True
    assert found["prometheus-recent"]["url"] == "https://reverse-proxy:9090"
    assert found["prometheus-recent"]["isDefault"] is False
    assert {"elasticsearch", "alertmanager"} <= found.keys()
    for one in found.values():
        assert all(value.startswith("$__file{/run/secrets/") for value in one["secureJsonData"].values())
        assert one["basicAuth"] is True


def test_a_token_and_public_authorities_do_for_grafana_as_well(model: Model, read: Read) -> None:
    """It has no field for a token: the header is one, and the file's content stands in it."""
    text = 'long_term: {url: "https://a/w", read: "https://a.example", credentials: {token_file: far_token}}'
    source = written(model, read(text), files.SOURCES)["datasources"][0]
    assert source["jsonData"]["httpHeaderName1"] == "Authorization"
    assert source["secureJsonData"] == {"httpHeaderValue1": "Bearer $__file{/run/secrets/services/far_token}"}
    assert source["jsonData"]["tlsAuthWithCACert"] is False
    assert "basicAuth" not in source


def test_a_store_that_is_only_written_to_changes_no_source(model: Model, read: Read) -> None:
    """Dashboards go on reading Prometheus."""
    site = read('long_term: {url: "https://metrics.example/api/v1/write"}')
    assert written(model, site, files.SOURCES) == yaml.safe_load(long_term.SOURCES.read_text())


def test_grafana_is_replaced_when_the_store_is_another_one(model: Model, read: Read) -> None:
    """It reads its sources at its start only; what it must prove is mounted, too."""
    labels = set()
    for text in (OWN, FAR):
        grafana = written(model, read(text), files.OVERRIDE)["services"]["grafana"]
        labels.add(grafana["labels"]["amaie.long-term"])
        assert len(grafana["volumes"]) == 2
    assert len(labels) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("long_term: {}", "write retention, for a store of the stack's own, or url, for another one"),
        (
            'long_term: {retention: 5y, url: "https://a.example"}',
            "write retention, for a store of the stack's own, or url, for another one",
        ),
        (
            'long_term: {retention: 5y, read: "https://a.example"}',
            "read, tls and credentials are of another store; remove them, or write url for retention",
        ),
        ("long_term: {retention: 5m}", "'5m' is not how long data stay; write it like 5y, or 400d"),
        (
            'long_term: {url: "https://a.example", tls: {ca_file: none.pem}}',
            "there is no file compose/secrets/services/none.pem; put it there or correct the name",
        ),
        (
            'long_term: {url: "https://a.example", credentials: {user: a}}',
            "write user and password_file, or token_file alone",
        ),
    ],
)
def test_what_is_unclear_is_refused(read: Read, text: str, said: str) -> None:
    """One sentence with its cure."""
    with pytest.raises(SpecError) as error:
        read(text)
    [problem] = error.value.problems
    assert said in str(problem)
