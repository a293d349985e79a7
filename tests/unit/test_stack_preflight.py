"""Before anything is started, every obstacle is told at once, each with its cure."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from operate import catalogue, preflight
from operate.preflight import GIB

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Hold a port on 127.0.0.1 for the length of a test."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def meminfo(tmp_path: Path) -> Path:
    """Return a meminfo file that says 2.5 GiB are available."""
    file = tmp_path / "meminfo"
    file.write_text(f"MemTotal: 24000000 kB\nMemFree: 100 kB\nMemAvailable: {int(2.5 * 2**20)} kB\n")
    return file


def test_a_port_in_use_names_the_service_and_two_cures(taken_port: int) -> None:
    """The operator learns who needs the port, how to find who holds it, and how to go around it."""
    expected = (
        f"port {taken_port} on 127.0.0.1, which grafana needs (GRAFANA_PORT), is in use; cure: stop what "
        f"holds it (ss -ltnp 'sport = :{taken_port}' names it), or start with --port-offset 10000"
    )
    assert preflight.taken_ports({"grafana": taken_port}) == [expected]


def test_a_free_port_is_no_problem(taken_port: int) -> None:
    """Only the port that is held is told."""
    assert preflight.is_free(taken_port) is False
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert preflight.taken_ports({"prometheus": port}) == []


def test_too_little_memory_is_told_in_numbers(meminfo: Path) -> None:
    """What counts is the memory that is available, not what is free or installed."""
    assert preflight.too_little_memory(3 * GIB, meminfo) == [
        "2.5 GiB of memory are available, 3 are needed; cure: stop other programs, or use a larger machine"
    ]
    assert preflight.too_little_memory(int(2.5 * GIB), meminfo) == []


def test_too_little_disk_is_told_for_the_disk_of_the_engine(tmp_path: Path) -> None:
    """The folder need not exist yet: its nearest parent is on the same disk."""
    [sentence] = preflight.too_little_disk(tmp_path / "not" / "yet", 2**20 * GIB)
    assert re.fullmatch(
        rf"\d+\.\d GiB are free on the disk of {re.escape(str(tmp_path))}, 1048576 are needed; "
        r"cure: free some \(docker system df shows what the engine holds\)",
        sentence,
    )
    assert preflight.too_little_disk(tmp_path, 1) == []


def test_every_problem_is_told_at_once(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to start three times to learn of three obstacles."""
    monkeypatch.setitem(preflight.MEMORY_NEEDED, "packages", 2**60)
    monkeypatch.setitem(preflight.DISK_NEEDED, "packages", 2**60)
    found = preflight.problems("packages", {"grafana": taken_port, "kibana": taken_port}, Path("/"))
    assert [sentence.split(" ")[0] for sentence in found[:2]] == ["port", "port"]
    assert "of memory are available" in found[2]
    assert "are free on the disk of /" in found[3]
    assert len(found) == 4


def test_each_further_node_needs_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster is refused on a machine that has room for one node."""
    monkeypatch.setitem(preflight.MEMORY_NEEDED, "packages", 0)
    monkeypatch.setattr(preflight, "NODE_MEMORY", 2**60)
    assert preflight.problems("packages", {}, Path("/"), images=True) == []
    [memory] = preflight.problems("packages", {}, Path("/"), images=True, nodes=3)
    assert f"{2 * 2**60 / GIB:.0f} are needed" in memory


@pytest.mark.parametrize(("value", "warns"), [(65530, True), (262143, True), (262144, False)])
def test_a_low_map_count_is_a_note_not_an_obstacle(tmp_path: Path, value: int, *, warns: bool) -> None:
    """A single node starts with the kernel's default; the note says what production needs."""
    file = tmp_path / "max_map_count"
    file.write_text(f"{value}\n")
    expected = (
        f"vm.max_map_count is {value}, enough to start Elasticsearch, too low for production "
        "(a cluster then maps no files into memory); cure: sysctl -w vm.max_map_count=1048576"
    )
    assert preflight.map_count_warning(file) == (expected if warns else None)


def test_every_published_service_has_its_own_port() -> None:
    """The catalogue gives no port twice, with and without an offset."""
    ports = catalogue.ports(20000)
    assert len(set(ports.values())) == len(ports)
    assert ports["grafana"] == 23000


def test_what_runs_and_what_is_here_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second `make up` on a machine that has just enough works."""
    monkeypatch.setitem(preflight.MEMORY_NEEDED, "packages", 2**60)
    monkeypatch.setitem(preflight.DISK_NEEDED, "packages", 2**60)
    assert preflight.problems("packages", {}, Path("/"), running=True, images=True) == []
    [memory] = preflight.problems("packages", {}, Path("/"), images=True)
    assert "of memory are available" in memory
    [disk] = preflight.problems("packages", {}, Path("/"), running=True)
    assert "are free on the disk" in disk
