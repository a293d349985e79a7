"""What is done to the running stack: full file systems, too little memory, another time, its engine ends."""

from __future__ import annotations

import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from e2e.chaos import PROJECT
from support import clocks, inside, own_engine

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docker.models.containers import Container

    from e2e.chaos import Rig

MIB = 1 << 20
ROOM = {"elasticsearch": 3072 * MIB}
"""What is free at first: Elasticsearch refuses to start a shard with less than its high watermark of 2 GB."""
LITTLE = 64 * MIB


def users(rig: Rig, volume: str) -> list[str]:
    """Return the services that stay and have a volume."""
    config = rig.stack.config()["services"]
    return [
        name
        for name in rig.services()
        if any(one.get("source") == volume for one in config[name].get("volumes", ()))
    ]


@contextmanager
def full(rig: Rig, volume: str) -> Iterator[None]:
    """Let a volume be full; then give it room again, with all that was written."""
    place = inside.volume(rig.engine, PROJECT, volume)
    names = users(rig, volume)
    held = sum(path.lstat().st_size for path in place.rglob("*"))
    size = held + ROOM.get(volume, LITTLE)
    _replaced(rig, place, names, ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)])
    filler = place / "filler"
    try:
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(MIB))
        yield
    finally:
        filler.unlink()
        _replaced(rig, place, names, ["umount", str(place)])


def _replaced(rig: Rig, place: Path, services: Sequence[str], command: Sequence[str]) -> None:
    """Stop services, let a command put another file system under their files, and start them on it."""
    for name in services:
        rig.container(name).stop()
    with tempfile.TemporaryDirectory() as aside:
        subprocess.run(["cp", "-a", f"{place}/.", aside], check=True)
        subprocess.run([*command], check=True)
        for old in place.iterdir():
            subprocess.run(["rm", "-r", str(old)], check=True)
        subprocess.run(["cp", "-a", f"{aside}/.", str(place)], check=True)
    for name in services:
        rig.container(name).start()
    rig.well(services)


@contextmanager
def short_of_memory(rig: Rig, service: str, limit: str) -> Iterator[None]:
    """Start a service anew with less memory than it needs; then give it back what it had."""
    container = rig.container(service)
    usual = container.attrs["HostConfig"]["Memory"]
    container.stop()
    container.update(mem_limit=limit, memswap_limit=limit)
    try:
        container.start()
        yield
    finally:
        container.stop()
        container.update(mem_limit=usual, memswap_limit=2 * usual)
        rig.start(service)


@contextmanager
def clocks_set(rig: Rig, seconds: int) -> Iterator[None]:
    """Let all that runs believe that it is so many seconds later; then set the clocks right again."""
    set_clocks(rig, seconds)
    try:
        yield
    finally:
        set_clocks(rig, 0)


def set_clocks(rig: Rig, seconds: int) -> None:
    """Set the clock of every process of the stack, all of them while nothing runs."""
    containers = [rig.container(name) for name in rig.services()]
    for container in containers:
        container.pause()
    for container in containers:
        for process in _processes(container):
            _set(container, process, seconds)
    for container in containers:
        container.unpause()


def _processes(container: Container) -> list[int]:
    return [int(words[0]) for words in container.top(ps_args="-o pid")["Processes"]]


def _set(container: Container, process: int, seconds: int) -> None:
    while True:
        try:
            clocks.set_off(process, seconds)
        except clocks.InsideError:
            container.unpause()
            time.sleep(0.01)
            container.pause()
        else:
            return


def engine_restarted(number: signal.Signals) -> None:
    """End the engine by a signal and start it again; the containers end and start with it."""
    engine = own_engine.present()
    assert engine, "only an engine of our own may be restarted: run `make chaos-stack`"
    engine.end(number)
    engine.start()
