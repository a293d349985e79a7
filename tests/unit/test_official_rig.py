"""The tests of official images start the stack's own definition, changed where they must and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration.official.rig import NAMESPACE, Rig
from operate import build, pins
from operate.compose_cli import Stack

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = build.OFFICIAL_ONLY
CHANGED = {"grafana": set(), "kibana": set(), "logstash": {"environment", "networks", "ports"}}
"""What the override may change in each service."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the rig."""
    return tmp_path_factory.mktemp("rig")


@pytest.fixture(scope="module")
def config(folder: Path) -> dict[str, Any]:
    """Return the rig's configuration as Docker Compose understands it."""
    rig = Rig(folder=folder, secrets=folder / "secrets")
    rig.prepare()
    return rig.config()


@pytest.fixture(scope="module")
def original(folder: Path) -> dict[str, Any]:
    """Return the stack's configuration with the same settings."""

    class Plain(Rig):
        files = Stack.files

    plain = folder / "plain"
    plain.mkdir()
    stack = Plain(folder=plain, secrets=folder / "secrets")
    stack.prepare()
    return stack.config()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_that_of_the_stack_but_for_what_a_test_needs(
    config: dict[str, Any], original: dict[str, Any], service: str
) -> None:
    """The pinned image, its user, limits, mounts and health check: what is tested is what is shipped."""
    found, wanted = config["services"][service], original["services"][service]
    assert found["image"] == pins.read()[pins.variable(service)]
    assert {key for key in found | wanted if found.get(key) != wanted.get(key)} == CHANGED[service]


@pytest.mark.parametrize("service", SERVICES)
def test_no_password_of_the_operator_is_used(config: dict[str, Any], folder: Path, service: str) -> None:
    """Each secret comes from the test's folder, so that a test changes nothing of a stack that runs."""
    secrets = [one["source"] for one in config["services"][service]["secrets"]]
    assert secrets
    files = [config["secrets"][name]["file"] for name in secrets]
    assert files == [str(folder / "secrets" / name) for name in secrets]


def test_logstash_is_within_reach_and_writes_to_a_stream_of_its_own(config: dict[str, Any]) -> None:
    """The input for our shipper and the API, which the stack does not publish, are on loopback."""
    logstash = config["services"]["logstash"]
    assert logstash["environment"]["AMAIE_NAMESPACE"] == NAMESPACE
    ports = [(one["host_ip"], one["target"]) for one in logstash["ports"]]
    assert ports == [("127.0.0.1", 8081), ("127.0.0.1", 9600)]


def test_the_rig_runs_beside_a_stack(config: dict[str, Any], folder: Path) -> None:
    """Under a name and on ports of its own, its settings not among the operator's."""
    assert config["name"] == "amaie-official"
    ports = {name: config["services"][name]["ports"][0]["published"] for name in ("grafana", "kibana")}
    assert ports == {"grafana": "13000", "kibana": "15601"}
    assert Rig(folder=folder, secrets=folder).env_file.parent == folder
