"""The shipper's container when the disk of its positions is full: records arrive, and nothing is doubled."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from integration.logs.following import PATIENCE, audit, balanced, wait
from integration.logs.writer import Writer
from operate import passwords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docker.models.containers import Container

    from integration.logs.lab import Lab

pytestmark = pytest.mark.integration

STATE = "/var/lib/amaie"
FILLER, POSITIONS = f"{STATE}/other", f"{STATE}/positions.json"
NONE = f"cat: {POSITIONS}: No such file or directory\n".encode()
SAID = b"cannot save positions (No space left on device); going on, a restart sends some records again\n"
INDEXED = re.compile(rb"^amaie_ingest_indexed_total (\d+)", re.MULTILINE)
METRICS = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9104/metrics').read().decode())"


@dataclass(frozen=True)
class Small:
    """A shipper in a container as in production, on a disk of 64 KiB that somebody else uses, too."""

    shipper: Container
    neighbour: Container
    logs: Path

    def fill(self) -> None:
        """Write until the disk is full."""
        assert b"No space left on device" in _output(self.neighbour, "dd", "if=/dev/zero", f"of={FILLER}")

    def free(self) -> None:
        """Remove what fills the disk."""
        assert _output(self.neighbour, "rm", FILLER) == b""

    @property
    def positions(self) -> bytes:
        """Return the position file, or that there is none."""
        return _output(self.neighbour, "cat", POSITIONS)

    @property
    def acknowledged(self) -> int:
        """Return for how many records this process had an answer, known ones included; at first -1."""
        found = INDEXED.search(_output(self.shipper, "python3", "-c", METRICS))
        return int(found.group(1)) if found else -1


def _output(container: Container, *command: str) -> bytes:
    """Return what a command in a container says."""
    output = container.exec_run(list(command)).output
    assert isinstance(output, bytes)
    return output


@pytest.fixture
def small(lab: Lab, stack_images: dict[str, str]) -> Iterator[Small]:
    """Yield a shipper that has not been started yet."""
    client = lab.elasticsearch.container.get_docker_client().client
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=64k,uid=10001"}
    volume = client.volumes.create(f"logs-{lab.namespace}", driver_opts=options)
    logs = lab.folder / "logs"
    logs.mkdir()
    arguments = ("--url", "https://127.0.0.1:9200", "--namespace", lab.namespace, "--metrics-port", "9104")
    folders = ("/var/log/amaie", "--state", STATE, "--password-file", "/run/secrets/password")
    secret = lab.elasticsearch.password_file("amaie_writer")
    mounts = {volume.name: {"bind": STATE}}
    shipper = client.containers.create(
        stack_images["service"],
        ["python3", "-m", "amaie_ingest", "follow", *arguments, *folders],
        network_mode=f"container:{lab.elasticsearch.container.get_wrapped_container().id}",
        group_add=[str(passwords.GROUP)],
        read_only=True,
        tmpfs={"/tmp": ""},  # noqa: S108 (in the container)
        volumes={
            **mounts,
            str(logs): {"bind": "/var/log/amaie", "mode": "ro"},
            str(secret): {"bind": "/run/secrets/password", "mode": "ro"},
            str(secret.with_name("stack_ca.pem")): {"bind": "/run/secrets/stack_ca.pem", "mode": "ro"},
        },
    )
    neighbour = client.containers.run(
        stack_images["service"], ["sleep", "600"], detach=True, init=True, network_mode="none", volumes=mounts
    )
    yield Small(shipper, neighbour, logs)
    for container in (shipper, neighbour):
        container.remove(force=True)
    volume.remove()


@pytest.mark.parametrize("total", [1000, pytest.param(100_000, marks=pytest.mark.chaos)])
def test_a_full_disk_of_the_position_file_loses_and_doubles_nothing(
    lab: Lab, small: Small, total: int
) -> None:
    """It is said once and records go on; a kill sends them again, and once there is room nothing is."""
    small.fill()
    small.shipper.start()
    Writer(small.logs, "amaie-core", total, per_second=max(1000, total / 20)).start().join()
    wait(lab, total)
    _until(lambda: small.acknowledged == total, small)
    _until(lambda: small.shipper.logs() == SAID, small)
    assert small.positions == NONE
    small.shipper.kill()
    small.shipper.start()
    _until(lambda: small.acknowledged == total, small)
    _until(lambda: small.shipper.logs() == SAID * 2, small)  # once by each process
    small.free()
    _until(lambda: b"amaie-core.jsonl" in small.positions, small)
    small.shipper.restart()
    Writer(small.logs, "amaie-trader", 10, per_second=1000).start().join()
    wait(lab, total + 10)
    _until(lambda: small.acknowledged == 10, small)
    small.shipper.stop()
    assert small.shipper.logs() == SAID * 2, "nothing was said again"
    assert audit(lab, small.logs) == balanced(total + 10)


def _until(true: Callable[[], bool], small: Small) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, small.shipper.logs()
        time.sleep(0.2)
