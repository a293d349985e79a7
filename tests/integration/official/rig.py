"""One service of the stack's own Compose definition, beside a test's Elasticsearch."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import docker

from operate import build, catalogue
from operate.compose_cli import Stack
from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker.models.networks import Network

    from support.containers import Elasticsearch

OVERRIDE = Path(__file__).parent / "compose.yaml"
PROJECT = "amaie-official"
NAMESPACE = "official"
"""Where Logstash of the rig puts its documents; the override says the same."""
OFFSET = 10_000
WAIT_SECONDS = 420


@dataclass(frozen=True, kw_only=True)
class Rig(Stack):
    """The official variant, of which one service is started without those that it depends on.

    Attributes:
        folder: What belongs to this rig alone: its settings, log files.
        secrets: The passwords, in place of the operator's.
        elasticsearch: What services find under that name; with these passwords.
        extra: Compose files over the override.
    """

    project: str = PROJECT
    offset: int = OFFSET
    folder: Path
    secrets: Path
    elasticsearch: Elasticsearch | None = None
    extra: list[Path] = field(default_factory=list)

    @property
    def env_file(self) -> Path:
        """See `Stack`; not among the operator's."""
        return self.folder / "compose.env"

    @property
    def scenario_folder(self) -> Path:
        """See `Stack`."""
        return self.folder / "scenario"

    @property
    def logs(self) -> Path:
        """Return the folder of the log files."""
        return self.folder / "logs"

    @property
    def files(self) -> list[Path]:
        """See `Stack`; with the tests' override."""
        return [*super().files, OVERRIDE, *self.extra]

    def variables(self, images: dict[str, str]) -> dict[str, str]:
        """See `Stack`; with those of the override."""
        return super().variables(images) | {"TEST_SECRETS": str(self.secrets)}

    def prepare(self, images: dict[str, str] | None = None) -> None:
        """Write the settings and make the folder; `images` stand in for the official ones."""
        self.logs.mkdir()
        self.save(build.images_of("official") | (images or {}))

    def start(self, service: str) -> None:
        """Start a service, with Elasticsearch in its reach, and wait until it is healthy.

        Raises:
            RuntimeError: It is not healthy in time; with its last words.
        """
        self.run("up", "--no-start", "--no-deps", "--pull", "never", service)
        if self.elasticsearch:
            container = self.elasticsearch.container.get_wrapped_container()
            for network in self._networks():
                network.connect(container, aliases=["elasticsearch"])
        healthy = ("--wait", "--wait-timeout", str(WAIT_SECONDS))
        try:
            self.run("up", "--detach", "--no-deps", "--pull", "never", *healthy, service)
        except StackError as error:
            said = self.run("logs", "--no-color", "--no-log-prefix", "--tail", "80", service)
            raise RuntimeError(f"{service} did not become healthy ({error}); it said:\n{said}") from None

    def checked(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Let Logstash check its configuration and end, on data of its own beside a running one."""
        own = ("--config.test_and_exit", "--path.data", "/tmp/data")  # noqa: S108 - the container's own
        alone = ("--rm", "--no-deps", "--no-TTY", "--pull", "never")
        command = self.command("run", *alone, "logstash", *own, *arguments)
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    def url(self, service: str, port: int | None = None) -> str:
        """Return the address of a published service, or that of a port which has a free one on loopback."""
        if port is None:
            return catalogue.url(service, self.offset)
        return f"https://{self.run('port', service, str(port)).strip()}"

    def password(self, name: str) -> str:
        """Return one of the rig's passwords."""
        return (self.secrets / name).read_text("utf-8").strip()

    def stop(self) -> None:
        """Take everything down, data included; the Elasticsearch was there before and stays."""
        for network in self._networks():
            for container in network.containers:
                if container.labels.get("com.docker.compose.project") != self.project:
                    network.disconnect(container)
        self.run("--profile", "*", "down", "--volumes", "--remove-orphans")

    def _networks(self) -> Iterator[Network]:
        """Yield the network on which Elasticsearch is found, if it exists."""
        client = docker.from_env()
        for network in client.networks.list(names=[f"{self.project}_logs"]):
            network.reload()
            yield network
        client.close()
