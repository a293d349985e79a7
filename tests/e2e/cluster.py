"""Three Elasticsearch nodes and a shipper as `make up` starts them, and who watches while one is killed."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import docker
import httpx

import generate
import up
from operate import build, passwords, trust
from operate.certificates import NODES
from operate.compose_cli import Stack
from operate.paths import ROOT, SECRETS
from operate.progress import Progress
from operate.site.shape import HighAvailability, Site
from support import inside, preload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docker.models.containers import Container

PROJECT, OFFSET = "amaie-e2e-cluster", 40_000
STREAM = "logs-amaie-default"
POLL_SECONDS = 0.1
FILES_NEEDED = 65_535


def started(folder: Path) -> Cluster:
    """Start the nodes, their setup and a shipper that follows the folder `logs` of a folder."""
    (folder / "logs").mkdir(mode=0o755)
    engine = docker.from_env()
    variant = build.choose("auto", engine, Progress())
    images = build.ensure(variant, engine, Progress())
    site = Site(
        high_availability=HighAvailability(elasticsearch=True),
        logs=(str(folder / "logs"),),
        compose_files=tuple(more_files(engine, images["service"], folder)),
    )
    stack = Stack(PROJECT, variant, offset=OFFSET, site=site)
    up.prepare(stack, generate.load(ROOT), images, Progress())
    stack.run("up", "--detach", "--pull", "never", "ingest")
    return Cluster(engine, stack, folder / "logs")


def more_files(engine: docker.DockerClient, image: str, folder: Path) -> Iterator[str]:
    """Yield the Compose file that helps where the engine gives a container too few files: preload/files.c."""
    said = engine.containers.run(image, ["sh", "-c", "ulimit -Hn"], remove=True).decode().strip()
    if said == "unlimited" or int(said) >= FILES_NEEDED:
        return
    library = preload.built("files", folder)
    preloaded = f'{{environment: {{LD_PRELOAD: /opt/files.so}}, volumes: ["{library}:/opt/files.so:ro"]}}'
    path = folder / "files.yaml"
    path.write_text("services:\n" + "".join(f"  {name}: {preloaded}\n" for name in NODES))
    yield str(path)


@dataclass(frozen=True)
class Cluster:
    """The running nodes.

    Attributes:
        engine: Docker.
        stack: What was started.
        logs: The folder that the shipper follows.
    """

    engine: docker.DockerClient
    stack: Stack
    logs: Path

    def container(self, node: str) -> Container:
        """Return the container of a node, in its present state."""
        return inside.container(self.engine, PROJECT, node)

    def address(self, node: str, network: str = "logs") -> str:
        """Return the address of a node on a network; an empty text while it does not run."""
        known = self.container(node).attrs["NetworkSettings"]["Networks"]
        return str(known[f"{PROJECT}_{network}"]["IPAddress"])

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(verify=trust.context(), timeout=5)

    def ask(self, node: str, path: str, user: str = "amaie_reader", method: str = "GET") -> Any:
        """Return the JSON of a node's answer.

        Raises:
            httpx.HTTPError: It does not answer, or with an error.
        """
        signed = (user, trust.password(passwords.password_file(user), SECRETS))
        answer = self._client.request(
            method,
            f"https://{self.address(node) or 'localhost'}:9200{path}",
            auth=signed,
            extensions={"sni_hostname": "localhost"},
        )
        return answer.raise_for_status().json()

    def documents(self) -> int:
        """Return how many records a search finds."""
        return int(self.ask(NODES[0], f"/{STREAM}*/_count")["count"])

    def leader(self) -> str:
        """Return the node that the others have elected."""
        [found] = self.ask(NODES[0], "/_cat/master?format=json")
        return NODES[int(found["node"].removeprefix("amaie-")) - 1]

    def until(self, true: Callable[[], bool], what: str, seconds: float = 300) -> float:
        """Wait until something is true, asking again whoever does not answer; return the seconds it took."""
        began = time.monotonic()
        while True:
            try:
                if true():
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
            time.sleep(POLL_SECONDS)

    def green(self) -> bool:
        """Tell whether all three nodes are there and have every copy."""
        found = self.ask(NODES[0], "/_cluster/health")
        return (found["status"], found["number_of_nodes"]) == ("green", len(NODES))

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    @contextmanager
    def watched(self, without: str, total: int) -> Iterator[Watch]:
        """Ask the other nodes, all the time, how the cluster is and how many of all records are found."""
        watch = Watch(self, [node for node in NODES if node != without], total)
        watch.thread.start()
        try:
            yield watch
        finally:
            watch.ended.set()
            watch.thread.join()


@dataclass
class Watch:
    """What two nodes say while the third one is away.

    Attributes:
        cluster: The cluster.
        nodes: Whom to ask.
        total: How many records there are at last.
        states: The states of the cluster's health that were seen.
        stall: The longest time, in seconds, in which a search found nothing new, until it found all.
    """

    cluster: Cluster
    nodes: list[str]
    total: int
    states: set[str] = field(default_factory=set)
    stall: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    @cached_property
    def thread(self) -> threading.Thread:
        """The thread that asks."""
        return threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        found, since = 0, time.monotonic()
        turn = 0
        while not self.ended.wait(POLL_SECONDS):
            node = self.nodes[turn % len(self.nodes)]
            turn += 1
            try:
                # Without a leader the answer is 503 after a second; a node's own view is red at first.
                health = self.cluster.ask(node, "/_cluster/health?master_timeout=1s&timeout=1s")
                self.states.add(health["status"])
                now = int(self.cluster.ask(node, f"/{STREAM}/_count")["count"])
            except httpx.HTTPError:
                continue
            if found < self.total:
                self.stall = max(self.stall, time.monotonic() - since)
            if now > found:
                found, since = now, time.monotonic()
