"""What the engine and Compose show of a stack from within: its containers, its volumes, its Prometheus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

    from operate.compose_cli import Stack

TOOL = ("/bin/promtool", "query", "instant", "--format=json", "--http.config.file=/etc/prometheus/login.yml")


def container(engine: docker.DockerClient, project: str, service: str) -> Container:
    """Return the container of a service, in its present state."""
    wanted = [f"com.docker.compose.project={project}", f"com.docker.compose.service={service}"]
    return engine.containers.list(all=True, filters={"label": wanted})[0]


def volume(engine: docker.DockerClient, project: str, name: str) -> Path:
    """Return the folder of a volume on this machine."""
    return Path(engine.volumes.get(f"{project}_{name}").attrs["Mountpoint"])


def query(stack: Stack, expression: str, prometheus: str = "prometheus") -> list[dict[str, Any]]:
    """Ask a Prometheus inside its container: the way from outside is one of the things that stop."""
    said = stack.run("exec", "-T", prometheus, *TOOL, "https://localhost:9090", expression)
    found: list[dict[str, Any]] = json.loads(said)
    return found
