"""The Docker engine: find it, and where none answers, install and start Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import docker
from docker.errors import DockerException

from operate import host, programs
from operate.errors import StackError
from operate.paths import CACHE

if TYPE_CHECKING:
    from operate.progress import Progress

START_SECONDS = 60
CURE = (
    "install and start Docker (Debian: apt-get install docker.io iptables), or run as root with ENGINE=auto"
)


def connect() -> docker.DockerClient | None:
    """Return a client of the engine that answers, or None."""
    try:
        client = docker.from_env(timeout=600)
        client.ping()
    except (DockerException, OSError):
        return None
    return client


def ensure(wanted: str, progress: Progress) -> docker.DockerClient:
    """Return a client of a running engine, starting Debian's where none answers.

    Args:
        wanted: `auto` may install and start an engine, `none` may not.
        progress: Says what is being installed.

    Raises:
        StackError: There is no engine and none may or can be started; or the stack cannot run here.
    """
    if wanted not in ("auto", "none"):
        raise StackError(f"ENGINE={wanted} is unknown; write ENGINE=auto or ENGINE=none")
    host.check(os.environ)
    client = connect()
    if client:
        host.check_engine(client.version())
        return client
    if socket().exists() and not os.access(socket(), os.R_OK | os.W_OK):
        raise StackError(
            "you may not use the Docker engine; cure: run as root, or join the group docker and sign in again"
        )
    if wanted == "none" or os.environ.get("DOCKER_HOST"):
        raise StackError(f"no Docker engine answers; cure: {CURE}")
    if os.geteuid() != 0:
        raise StackError(f"no Docker engine answers, and only root may start one; cure: {CURE}")
    progress.say("No Docker engine answers; Debian's is used.")
    programs.ensure(("dockerd",), progress)
    with progress.step("Starting the Docker engine"):
        return _start()


def socket() -> Path:
    """Return the engine's socket on this machine."""
    return Path(os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or "/var/run/docker.sock")


def socket_group() -> int:
    """Return the group that may use the socket: the socket's proxy joins it.

    The socket of a rootless engine belongs to whoever started it, and inside its containers that is root.
    """
    if not socket().exists():
        return 0
    owner = socket().stat()
    return owner.st_gid if owner.st_uid == 0 else 0


def _start() -> docker.DockerClient:
    """Start the engine as a service where the machine has an init system, else in the background."""
    if Path("/run/systemd/system").exists():
        subprocess.run(["systemctl", "start", "docker"], capture_output=True, check=False)
    elif shutil.which("service"):
        subprocess.run(["service", "docker", "start"], capture_output=True, check=False)
    client = _wait(10)
    if client:
        return client
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / "dockerd.log"
    with log.open("w") as output:
        daemon = subprocess.Popen(
            ["dockerd"], stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        )
    (CACHE / "dockerd.pid").write_text(f"{daemon.pid}\n")
    client = _wait(START_SECONDS)
    if client is None:
        said = log.read_text().strip().splitlines() or ["nothing"]
        raise StackError(f"the Docker engine did not start (it said: {said[-1]}); cure: read {log}")
    return client


def _wait(seconds: float) -> docker.DockerClient | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        client = connect()
        if client:
            return client
        time.sleep(0.5)
    return None


def started_here() -> bool:
    """Tell whether a running engine was started by `ensure` in the background."""
    file = CACHE / "dockerd.pid"
    return file.exists() and Path(f"/proc/{file.read_text().strip()}/comm").exists()
