"""What compose.yaml declares holds in the running containers, seen from outside and from inside."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from typing import TYPE_CHECKING

import docker
import pytest

from e2e.demo import PROJECT, ROOT, Demo
from operate import trust

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker.models.containers import Container

pytestmark = pytest.mark.e2e

SECRETS = ROOT / "compose" / "secrets"
HEALING_SECONDS = 120


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    """Yield a client of the engine."""
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="module")
def containers(demo: Demo, engine: docker.DockerClient) -> dict[str, Container]:
    """Return every container of the demo by its service, ended ones too."""
    assert demo.services
    found = engine.containers.list(all=True, filters={"label": f"com.docker.compose.project={PROJECT}"})
    return {one.labels["com.docker.compose.service"]: one for one in found}


@pytest.fixture(scope="module")
def running(containers: dict[str, Container]) -> dict[str, Container]:
    """Return the containers that are running."""
    return {service: one for service, one in containers.items() if one.status == "running"}


def read(container: Container, path: str) -> str:
    """Return a file of a container, read by a process inside."""
    code, said = container.exec_run(["cat", path])
    assert code == 0, said
    return b"".join([said] if isinstance(said, bytes) else said).decode()


def test_the_engine_holds_every_declared_limit(containers: dict[str, Container]) -> None:
    """Memory, processes, capabilities, root file system and log size are limited for each container."""
    for service, container in containers.items():
        host = container.attrs["HostConfig"]
        assert host["ReadonlyRootfs"] is True, service
        assert host["CapDrop"] == ["ALL"], service
        assert not host["CapAdd"], service
        assert host["SecurityOpt"] == ["no-new-privileges:true"], service
        assert host["Privileged"] is False, service
        assert 0 < host["Memory"] <= 2**31, service
        assert 0 < host["PidsLimit"] <= 1024, service
        assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-file": "5", "max-size": "10m"}}


def test_no_process_is_root_or_has_a_capability(running: dict[str, Container]) -> None:
    """The kernel says of the first process of each container: not root, no capability, no new privileges."""
    assert len(running) >= 12
    for service, container in running.items():
        status = dict(
            line.split(":", 1) for line in read(container, "/proc/1/status").splitlines() if ":" in line
        )
        assert all(int(uid) >= 472 for uid in status["Uid"].split()), service
        assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, service
        assert int(status["NoNewPrivs"]) == 1, service
        assert int(status["Seccomp"]) == 2, service


def test_no_root_file_system_can_be_written_to(running: dict[str, Container]) -> None:
    """An attacker inside cannot leave a file in the image's own folders."""
    for service, container in running.items():
        for folder in ("/", "/usr/bin", "/etc"):
            code, _ = container.exec_run(["sh", "-c", f"echo x > {folder}/canary"])
            assert code != 0, f"{service}: {folder}"


def test_no_published_port_answers_on_another_address(demo: Demo, running: dict[str, Container]) -> None:
    """What is published on 127.0.0.1 refuses connections to the machine's other addresses."""
    networks = [net for one in running.values() for net in one.attrs["NetworkSettings"]["Networks"].values()]
    others = {net["Gateway"] for net in networks if net["Gateway"]}
    published = [int(row["url"].rpartition(":")[2]) for row in demo.services.values() if row["url"]]
    assert others
    assert len(published) >= 5
    for address in others:
        for port in published:
            with socket.socket() as probe:
                probe.settimeout(2)
                assert probe.connect_ex((address, port)) != 0, f"{address}:{port}"


def addresses(container: Container) -> list[str]:
    """Return the addresses of a container on all its networks."""
    networks: dict[str, dict[str, str]] = container.attrs["NetworkSettings"]["Networks"]
    return [network["IPAddress"] for network in networks.values()]


def connects(container: Container, hosts: list[str], port: int) -> bool:
    """Tell whether a process in a container of ours reaches a port of any of some addresses."""
    program = (
        "import socket, sys\n"
        f"for host in {hosts}:\n"
        f"    with socket.socket() as one:\n"
        f"        one.settimeout(2)\n"
        f"        if one.connect_ex((host, {port})) == 0: sys.exit(0)\n"
        "sys.exit(1)"
    )
    return bool(container.exec_run(["python3", "-c", program]).exit_code == 0)


@pytest.mark.parametrize(
    ("source", "target", "port", "expected"),
    [
        ("amaie-trader", "prometheus", 9090, True),
        ("amaie-trader", "elasticsearch", 9200, False),
        ("amaie-trader", "docker-proxy", 2375, False),
        ("inbox", "elasticsearch", 9200, False),
        ("inbox", "alertmanager", 9093, True),
        ("dashboard", "elasticsearch", 9200, True),
        ("dashboard", "docker-proxy", 2375, False),
        ("ingest", "elasticsearch", 9200, True),
        ("containers", "docker-proxy", 2375, True),
        ("containers", "elasticsearch", 9200, False),
        ("docker-proxy", "prometheus", 9090, False),
    ],
)
def test_services_reach_their_partners_and_nobody_else(
    running: dict[str, Container], source: str, target: str, port: int, *, expected: bool
) -> None:
    """The networks separate metrics, logs and the engine's socket."""
    assert connects(running[source], addresses(running[target]), port) is expected


@pytest.mark.parametrize("service", ["amaie-core", "amaie-trader", "launcher", "ingest", "docker-proxy"])
def test_services_without_business_outside_have_no_way_out(
    running: dict[str, Container], service: str
) -> None:
    """No packet leaves their networks: an address outside, which others reach, is out of reach for them."""
    edge = running["inbox"].attrs["NetworkSettings"]["Networks"][f"{PROJECT}_edge"]
    outside = [edge["IPAddress"]]
    assert connects(running["dashboard"], outside, 8025)
    assert not connects(running[service], outside, 8025)


def test_no_password_is_seen_where_the_engine_shows_it(
    containers: dict[str, Container], engine: docker.DockerClient
) -> None:
    """No generated password is in a container's description, its output, or the history of its image."""
    passwords = {
        path.name: path.read_text().strip()
        for path in SECRETS.iterdir()
        if path.is_file() and path.name.endswith("_password")
    }
    assert len(passwords) >= 10
    for service, container in containers.items():
        shown = json.dumps(container.attrs)
        shown += bytes(container.logs()).decode(errors="replace")
        shown += json.dumps(engine.images.get(container.attrs["Image"]).history())
        assert [name for name, text in passwords.items() if text in shown] == [], service


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("elasticsearch", "/_search"),
        ("elasticsearch", "/_cluster/health"),
        ("dashboard", "/api/none"),
        ("prometheus", "/api/v1/query?query=up"),
        ("alertmanager", "/api/v2/silences"),
    ],
)
@pytest.mark.parametrize("auth", [None, ("admin", "admin"), ("elastic", "changeme"), ("operator", "")])
def test_nobody_gets_in_with_a_default_password(
    demo: Demo, service: str, path: str, auth: tuple[str, str] | None
) -> None:
    """Whoever has no generated password gets no answer."""
    with trust.client(demo.url(service), auth, timeout=10) as client:
        answer = client.get(path)
    assert answer.status_code in {401, 403, 303, 307}, answer.text[:200]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can kill a container's process from outside")
@pytest.mark.parametrize("service", ["alertmanager", "containers"])
def test_a_killed_service_heals_by_itself(running: dict[str, Container], service: str) -> None:
    """The engine starts it again and its health comes back; nobody has to look."""
    container = running[service]
    container.reload()
    os.kill(container.attrs["State"]["Pid"], signal.SIGKILL)
    deadline = time.monotonic() + HEALING_SECONDS
    healed = False
    while not healed and time.monotonic() < deadline:
        time.sleep(1)
        container.reload()
        health = container.attrs["State"].get("Health", {}).get("Status")
        healed = container.attrs["RestartCount"] > 0 and health == "healthy"
    assert healed
