"""The Compose files of a pair and of the long-term store, merged with the others as Compose does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from operate import build, compose_cli
from operate.certificates import GOSSIPS
from operate.compose_cli import Stack
from operate.paths import ROOT
from operate.site.shape import HighAvailability, LongTerm, Site
from unit.test_compose import CONTROLS

if TYPE_CHECKING:
    from pathlib import Path

Service = dict[str, Any]
ADDED = {"prometheus-2", "alertmanager-2", "victoria-metrics"}
BOTH = Site(high_availability=HighAvailability(prometheus=True), long_term=LongTerm(retention="5y"))


def merged(variant: str, folder: Path, site: Site) -> dict[str, Service]:
    """Return the services of a stack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose_cli, "RUN", folder)
        stack = Stack("amaie-test", variant, site=site)
        stack.save(build.images_of(variant))
        found: dict[str, Service] = stack.config()["services"]
        return found


@pytest.fixture(scope="module", params=build.VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    """Return each variant in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def services(variant: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Service]:
    """Return the services of a pair with a store."""
    return merged(variant, tmp_path_factory.mktemp("run"), BOTH)


def option(service: Service, name: str) -> list[str]:
    """Return the values of an option on a command line."""
    words = [*service["entrypoint"], *service["command"]]
    return [word.partition("=")[2] for word in words if word.lstrip("-").partition("=")[0] == name]


def test_they_add_three_services_and_one_machine_has_none(
    variant: str, services: dict[str, Service], tmp_path: Path
) -> None:
    """Who does not ask for them runs what ran before: an Alertmanager that gossips with nobody."""
    alone = merged(variant, tmp_path, Site())
    assert services.keys() - alone.keys() == ADDED
    assert alone.keys() <= services.keys()
    assert option(alone["alertmanager"], "cluster.listen-address") == [""]
    assert option(alone["prometheus"], "config.file") == ["/etc/prometheus/prometheus.yml"]


@pytest.mark.parametrize("name", sorted(ADDED))
@pytest.mark.parametrize("control", CONTROLS)
def test_they_are_closed_as_the_others_are(services: dict[str, Service], name: str, control: str) -> None:
    """Every control of every service."""
    assert CONTROLS[control](services[name])


@pytest.mark.parametrize("name", ["prometheus", "alertmanager"])
def test_the_second_differs_in_name_key_and_volume_alone(services: dict[str, Service], name: str) -> None:
    """So both say the same; neither is reached from outside, and each has its own key."""
    first, second = services[name], services[f"{name}-2"]
    same = ("image", "command", "user", "mem_limit", "healthcheck", "read_only")
    assert {key: first[key] for key in same} == {key: second[key] for key in same}
    assert not first.get("ports")
    assert not second.get("ports")
    for one, own in ((first, name), (second, f"{name}-2")):
        keys = {secret["source"] for secret in one["secrets"] if secret["source"].endswith("_key.pem")}
        volumes = {mount["source"] for mount in one["volumes"] if mount["type"] == "volume"}
        assert (keys, volumes) == ({f"{own}_key.pem"}, {own})
    seen = [{secret["target"].rpartition("/")[2] for secret in one["secrets"]} for one in (second,)]
    assert f"{name}_key.pem" in seen[0]


def test_each_alertmanager_calls_the_other_and_knows_it_by_its_name(services: dict[str, Service]) -> None:
    """It is called by the name of the address that it gives; its certificate names the service."""
    for own, other in (GOSSIPS, GOSSIPS[::-1]):
        [peer] = option(services[own], "cluster.peer")
        aliases = services[other]["networks"]["edge"]["aliases"]
        assert peer == f"{aliases[0]}:9094"
        [path] = option(services[own], "cluster.tls-config")
        config = yaml.safe_load((ROOT / path.removeprefix("/etc/")).read_text())
        assert config["tls_server_config"]["client_auth_type"] == "RequireAndVerifyClientCert"
        assert config["tls_client_config"]["server_name"] == other
        assert "insecure_skip_verify" not in str(config)


def test_no_alertmanager_gossips_under_a_name_that_lasts(services: dict[str, Service]) -> None:
    """Whoever comes back under it at another address is refused while the other one still knows the old one.

    Measured with Alertmanager 0.33: 37 s, in which they do not agree on who tells (memberlist, aliveNode).
    """
    for name in ("alertmanager", "alertmanager-2"):
        assert option(services[name], "cluster.listen-address") == ["0.0.0.0:9094"]
        assert option(services[name], "cluster.peer-name") == []


def test_prometheus_ends_in_time_without_the_store(services: dict[str, Service]) -> None:
    """It waits for a store that is gone, by default longer than Compose waits for it, and was killed."""
    for name in ("prometheus", "prometheus-2"):
        assert option(services[name], "storage.remote.flush-deadline") == ["20s"]
        assert services[name]["stop_grace_period"] == "30s"
    assert services["prometheus"]["depends_on"]["victoria-metrics"]["condition"] == "service_started"


def test_both_prometheus_know_both_of_each(services: dict[str, Service]) -> None:
    """What the file of the pair names runs; each of the two mounts it, and has a number of its own."""
    for name in ("prometheus", "prometheus-2"):
        assert "/etc/amaie/pair" in {mount["target"] for mount in services[name]["volumes"]}
    numbers = {services[name]["environment"]["PROMETHEUS_REPLICA"] for name in ("prometheus", "prometheus-2")}
    assert len(numbers) == 2
    named = {
        target.partition(":")[0]
        for path in (ROOT / "prometheus" / "pair").glob("*.yml")
        for group in yaml.safe_load(path.read_text())
        for target in group["targets"]
    }
    assert named == {"prometheus-2", "alertmanager-2"}


def test_all_that_a_reload_reaches_is_reloaded() -> None:
    """A changed limit holds at both."""
    assert Stack("amaie-test", site=BOTH).reloaded == [
        *("prometheus", "prometheus-2"),
        *("alertmanager", "alertmanager-2"),
    ]
    assert Stack("amaie-test").reloaded == ["prometheus", "alertmanager"]


def test_the_store_asks_for_a_login_that_stands_in_a_file(services: dict[str, Service]) -> None:
    """It speaks TLS to whoever is not in its own container, and lies where only metrics are."""
    store = services["victoria-metrics"]
    assert option(store, "httpAuth.password") == ["file:///run/secrets/long_term_password"]
    listens = dict(zip(option(store, "httpListenAddr"), option(store, "tls"), strict=True))
    assert {address for address, tls in listens.items() if tls == "false"} == {"127.0.0.1:8427"}
    assert set(store["networks"]) == {"metrics"}
    assert option(store, "retentionPeriod") == ["5y"]
    holders = {
        name
        for name, one in services.items()
        if "long_term_password" in {secret["source"] for secret in one.get("secrets", [])}
    }
    assert holders == {"prometheus", "prometheus-2", "victoria-metrics"}
