"""Runs a command with a Docker engine of its own, in a network of its own: one that may be restarted.

    python -m support.own_engine pytest -m chaos_stack

The images of the stack are copied from the machine's engine. The command finds the engine by `DOCKER_HOST`,
and published ports at a 127.0.0.1 of its own. Afterwards nothing of it is left. Only root can do this.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import docker
from docker.errors import DockerException

from operate import build, engine
from operate.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60
"""So long an engine may take to start or to end."""
_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET (man 2 unshare)."""


@dataclass
class Engine:
    """An engine of our own."""

    folder: Path

    @property
    def socket(self) -> Path:
        """Return where it answers."""
        return self.folder / "docker.sock"

    @property
    def process(self) -> int:
        """Return its process."""
        return int((self.folder / "docker.pid").read_text("utf-8"))

    def start(self) -> None:
        """Start it, with what it had before, and wait until it answers."""
        places = ("--data-root", self.folder / "data", "--exec-root", self.folder / "run")
        files = ("--pidfile", self.folder / "docker.pid", "--host", f"unix://{self.socket}")
        with (self.folder / "log").open("a") as log:
            # A child of nobody here, so that who restarts it need not have started it.
            command = ["setsid", "--fork", "dockerd", *map(str, (*places, *files))]
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
        end = time.monotonic() + SECONDS
        while not self._answers():
            if time.monotonic() > end:
                raise RuntimeError(f"the engine does not start; read {self.folder / 'log'}")
            time.sleep(0.5)

    def _answers(self) -> bool:
        try:
            # Docker's client forgets to close a socket at which nobody listens.
            with socket.socket(socket.AF_UNIX) as door:
                door.connect(str(self.socket))
            with closing(docker.DockerClient(f"unix://{self.socket}")) as client:
                return bool(client.ping())
        except (DockerException, OSError):
            return False

    def end(self, number: signal.Signals) -> None:
        """Let it end by a signal, and wait until it has."""
        process, end = self.process, time.monotonic() + SECONDS
        os.kill(process, number)
        while Path(f"/proc/{process}").exists():
            if time.monotonic() > end:
                raise RuntimeError(f"the engine, process {process}, does not end")
            time.sleep(0.2)


def present() -> Engine | None:
    """Return the engine that `DOCKER_HOST` names, if it is one of these."""
    folder = engine.socket().parent
    return Engine(folder) if (folder / "docker.pid").exists() and (folder / "data").exists() else None


@contextmanager
def own() -> Iterator[Engine]:
    """Move into a network of our own, and yield a running engine there that has the stack's images."""
    with closing(docker.from_env(timeout=600)) as client:
        variant = build.choose(os.environ.get("IMAGES", "auto"), client, Progress())
    os.environ["IMAGES"] = variant
    folder = Path(tempfile.mkdtemp(prefix="amaie-engine-"))
    found = Engine(folder)
    try:
        archive = folder / "images.tar"
        subprocess.run(
            ["docker", "save", "--output", str(archive), *sorted(build.present(variant))], check=True
        )
        _leave_the_network()
        os.environ["DOCKER_HOST"] = f"unix://{found.socket}"
        found.start()
        subprocess.run(["docker", "load", "--quiet", "--input", str(archive)], check=True)
        archive.unlink()
        yield found
    finally:
        with suppress(FileNotFoundError, ProcessLookupError):
            found.end(signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


def _leave_the_network() -> None:
    """Give this process, and those that it starts, a network without neighbours."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "no network of our own; run as root")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def main(command: list[str]) -> int:
    """Run a command beside such an engine; return its exit code."""
    with own():
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
