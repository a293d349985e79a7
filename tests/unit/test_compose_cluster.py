"""The Compose file of a cluster, merged with the others as Compose understands it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from operate import build, catalogue, certificates, compose_cli, preflight
from operate.certificates import NODES
from operate.compose_cli import Stack
from operate.paths import ROOT
from operate.site.shape import HighAvailability, Site

if TYPE_CHECKING:
    from pathlib import Path

Service = dict[str, Any]
EACH = [f"https://elasticsearch-{number}:9200" for number in (1, 2, 3)]
ENTRYPOINT = (ROOT / "elasticsearch" / "container" / "entrypoint.sh").read_text()


def merged(variant: str, folder: Path, *, cluster: bool = True) -> dict[str, Any]:
    """Return the configuration of a demo."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose_cli, "RUN", folder)
        site = Site(high_availability=HighAvailability(elasticsearch=cluster))
        stack = Stack("amaie-test", variant, demo=True, site=site)
        stack.save(build.images_of(variant))
        return stack.config()


@pytest.fixture(scope="module", params=build.VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    """Return each variant in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def config(variant: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the configuration of a demo with a cluster."""
    return merged(variant, tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def services(config: dict[str, Any]) -> dict[str, Service]:
    """Return its services."""
    found: dict[str, Service] = config["services"]
    return found


def mounts(service: Service) -> dict[str, str]:
    """Return what is mounted, by its place."""
    return {mount["target"]: mount["source"] for mount in service["volumes"]}


def test_a_cluster_adds_two_nodes_and_nothing_else(
    variant: str, config: dict[str, Any], tmp_path: Path
) -> None:
    """Besides, it is the stack of one machine."""
    alone = merged(variant, tmp_path, cluster=False)
    assert config["services"].keys() - alone["services"].keys() == set(NODES[1:])
    assert config["volumes"].keys() - alone["volumes"].keys() == set(NODES[1:])


def test_nodes_are_alike_but_for_their_number_data_and_keys(services: dict[str, Service]) -> None:
    """What holds the first one holds the others: no root, read-only, limits, checks, restarts."""
    own = ("environment", "networks", "ports", "secrets", "volumes")
    plain = [{key: value for key, value in services[node].items() if key not in own} for node in NODES]
    assert plain[0] == plain[1] == plain[2]
    assert [services[node]["environment"].pop("NODE") for node in NODES] == ["1", "2", "3"]
    environments = [services[node]["environment"] for node in NODES]
    assert environments[0] == environments[1] == environments[2]
    places = [mounts(services[node]) for node in NODES]
    assert [one.pop("/usr/share/elasticsearch/data") for one in places] == list(NODES)
    assert places[0] == places[1] == places[2]


def test_snapshots_are_written_where_all_nodes_see_them(services: dict[str, Service]) -> None:
    """A repository of files must be one folder: in the first node's volume, which `make backup` reads."""
    assert {mounts(services[node])["/usr/share/elasticsearch/shared"] for node in NODES} == {NODES[0]}
    assert '"-Epath.repo=${home}/shared/backup"' in ENTRYPOINT


def test_each_node_has_its_own_key_under_the_name_that_all_read(services: dict[str, Service]) -> None:
    """And nobody else's."""
    for node in NODES:
        found = {
            one["source"]: one["target"].removeprefix("/run/secrets/") for one in services[node]["secrets"]
        }
        assert found.pop(certificates.key(node)) == certificates.key(NODES[0])
        assert found.pop(certificates.certificate(node)) == certificates.certificate(NODES[0])
        assert not [source for source in found if source.endswith("_key.pem")]


def test_nodes_meet_on_a_network_where_nobody_else_is(
    config: dict[str, Any], services: dict[str, Service]
) -> None:
    """Their door for each other is bound to it alone, by the name in their certificates."""
    assert {name for name, one in services.items() if "nodes" in one.get("networks", {})} == set(NODES)
    assert config["networks"]["nodes"]["internal"] is True
    aliases = [services[node]["networks"]["nodes"]["aliases"] for node in NODES]
    assert aliases == [["node-1"], ["node-2"], ["node-3"]]
    assert '"-Etransport.host=node-${NODE}"' in ENTRYPOINT
    assert "-Ediscovery.seed_hosts=node-1,node-2,node-3" in ENTRYPOINT


def test_only_the_first_node_has_a_published_port(services: dict[str, Service]) -> None:
    """What a person opens on this machine is one address."""
    published = {
        name for name, one in services.items() if one.get("ports") and name.startswith("elasticsearch")
    }
    assert published == {NODES[0]}
    assert catalogue.url("elasticsearch") == "https://127.0.0.1:9200"


def test_every_address_leads_to_whichever_node_runs(services: dict[str, Service]) -> None:
    """Who can keep a list has all three; who has one address has the name that all nodes answer to."""
    names = [{node, *services[node]["networks"]["logs"]["aliases"]} for node in NODES]
    assert all("elasticsearch" in found for found in names)
    assert [sorted(found - {"elasticsearch"}) for found in names] == [
        [f"elasticsearch-{number}"] for number in (1, 2, 3)
    ]
    told = {
        name: re.findall(
            r"https://elasticsearch[0-9-]*:9200", json.dumps([one.get("environment"), one.get("command")])
        )
        for name, one in services.items()
    }
    assert {name: found for name, found in told.items() if len(found) > 1} == {
        name: EACH
        for name in ("elasticsearch-setup", "history-logs", "ingest", "kibana", "logstash")
        if name in services
    }
    single = {name: found for name, found in told.items() if len(found) == 1}
    assert single == {
        name: ["https://elasticsearch:9200"] for name in ("dashboard", "elasticsearch-exporter")
    }


def test_a_service_starts_when_all_nodes_are_there(services: dict[str, Service]) -> None:
    """The setup puts copies on three nodes; all others wait for it."""
    assert set(services["elasticsearch-setup"]["depends_on"]) == set(NODES)


@pytest.mark.parametrize(("count", "expected"), [(65530, "false"), (262144, "true")])
def test_files_are_mapped_into_memory_where_the_machine_allows_it(
    count: int, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster refuses to start with a low `vm.max_map_count`, unless it maps nothing."""
    file = tmp_path / "max_map_count"
    file.write_text(f"{count}\n")
    monkeypatch.setattr(preflight, "MAP_COUNT_FILE", file)
    variables = Stack("amaie-test").variables(build.images_of("official"))
    assert variables["ELASTICSEARCH_MEMORY_MAPPED"] == expected
