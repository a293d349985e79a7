"""Elasticsearch as three nodes: any is killed under 2,000 records a second; 0 lost, 0 doubled, never red.

The short form kills the elected node, `make chaos-cluster` each in turn (ROUNDS=2). What was measured is
printed (`pytest -s`).
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from e2e import cluster, demo
from e2e.chaos import tell
from integration.logs.writer import Writer
from operate import certificates, trust
from operate.certificates import NODES
from operate.paths import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e.cluster import Cluster

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

RATE = 2000.0
BEFORE, AWAY, LOAD = 4.0, 8.0, 40.0
"""Seconds until the kill, until the node is started again, and of load in all."""
ROUNDS = int(os.environ.get("ROUNDS", "2"))
TRANSPORT = 9300
PING = b"ES\xff\xff\xff\xff"
"""What nodes send to see whether a connection lives, answered by the same (Elasticsearch's TcpHeader)."""


@pytest.fixture(name="three", scope="module")
def _three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start three nodes and a shipper, and take them down with everything that they wrote."""
    down = ("down", "--volumes", "--project", cluster.PROJECT)
    demo.script(*down)
    try:
        with contextlib.closing(cluster.started(tmp_path_factory.mktemp("cluster"))) as running:
            yield running
    finally:
        demo.script(*down)


def survives(three: Cluster, node: str) -> int:
    """Kill a node under load; see the others go on and it come back; return how many records there are."""
    three.until(three.green, "green before the kill")
    total = three.documents() + int(RATE * LOAD)
    services = ("amaie-core", "amaie-trader")
    each = int(RATE * LOAD / len(services))
    writers = [Writer(three.logs, name, each, per_second=RATE / len(services)).start() for name in services]
    time.sleep(BEFORE)
    leads = " (elected)" * (three.leader() == node)
    with three.watched(node, total) as watch:
        three.container(node).kill()
        time.sleep(AWAY)
        three.container(node).start()
        back = three.until(three.green, f"green after {node} is back")
        for writer in writers:
            writer.join()
    assert watch.states <= {"green", "yellow"}
    assert "yellow" in watch.states, "nobody noticed the kill"
    tell(
        f"{node}{leads} killed: nothing new found for {watch.stall:.1f} s; green {back:.0f} s after its start"
    )
    return total


def audit(three: Cluster) -> dict[str, Any]:
    """Return the account of the stream and the files that were written; it must be clean."""
    command = [sys.executable, "-m", "amaie_ingest", "audit", str(three.logs), "--json"]
    command += [
        "--url",
        three.stack.url(NODES[0]),
        "--ca-file",
        str(SECRETS / certificates.STACK.certificate),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def balanced(three: Cluster, written: int) -> None:
    """See each record that was written once in the stream, and no other."""
    three.until(lambda: three.documents() >= written, "all records arrived")
    account = audit(three)
    tell(json.dumps(account))
    assert account["kinds"] == {"good": written}


def test_the_elected_node_is_killed_and_no_record_is_lost_or_doubled(three: Cluster) -> None:
    """The others elect one of them, promote their copies and take what the shipper sends again."""
    balanced(three, survives(three, three.leader()))


def test_each_record_is_kept_by_all_three(three: Cluster) -> None:
    """So one is left of what two took while the third was away; Elasticsearch's own are kept by two."""
    three.until(three.green, "green")
    shards = three.ask(NODES[0], "/_cat/shards?format=json&h=index,prirep,state,node", user="amaie_monitor")
    for index in {one["index"] for one in shards}:
        copies = {one["node"] for one in shards if one["index"] == index and one["state"] == "STARTED"}
        wanted = 3 if index.startswith((".ds-logs-amaie", ".fs-logs-amaie")) else 2
        assert len(copies) >= wanted, (index, copies)


def knocked(address: str, papers: tuple[Path, Path] | None, authority: Path) -> str:
    """Return "" if a node answers who knocks at its door for nodes, else why it does not."""
    context = trust.context(authority)
    context.check_hostname = False  # by its address; the name is the other side's to check
    if papers:
        context.load_cert_chain(*papers)
    with socket.create_connection((address, TRANSPORT), timeout=10) as plain:
        try:
            with context.wrap_socket(plain) as door:
                door.sendall(PING)
                return "" if door.recv(len(PING)) == PING else "closed"
        except (ssl.SSLError, ConnectionError) as error:
            return str(error) or type(error).__name__


def papers(folder: Path, server: str) -> tuple[Path, Path]:
    """Return the certificate and the key of a server."""
    return folder / certificates.certificate(server), folder / certificates.key(server)


def test_only_a_node_s_certificate_opens_the_door_between_nodes(three: Cluster, tmp_path: Path) -> None:
    """Not none, not one of another authority, and not that of another server of this stack."""
    ours = SECRETS / certificates.STACK.certificate
    address = three.address(NODES[0], "nodes")
    assert knocked(address, papers(SECRETS, NODES[1]), ours) == ""
    certificates.ensure_stack(tmp_path)
    for wrong in (None, papers(tmp_path, NODES[1]), papers(SECRETS, "kibana")):
        assert knocked(address, wrong, ours), wrong


def test_the_door_between_nodes_is_not_even_there_on_the_network_of_the_logs(three: Cluster) -> None:
    """Who reads or writes logs cannot knock."""
    for node in NODES:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((three.address(node), TRANSPORT), timeout=10)


@pytest.mark.chaos_cluster
def test_each_node_in_turn_and_again(three: Cluster) -> None:
    """All three are killed in turn, some rounds long, the elected one among them; then comes the account."""
    led, written = False, 0
    for node in NODES * ROUNDS:
        led |= three.leader() == node
        written = survives(three, node)
    balanced(three, written if led else survives(three, three.leader()))
