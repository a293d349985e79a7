"""What must be true before anything is started, every problem at once."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from operate import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

GIB = 2**30
MEMORY_NEEDED = {"official": 6 * GIB, "packages": 3 * GIB}
"""What the services really use together, not the sum of their limits."""

NODE_MEMORY = GIB
"""What each further node of Elasticsearch uses besides."""

DISK_NEEDED = {"official": 12 * GIB, "packages": 6 * GIB}
MAP_COUNT_NEEDED = 262_144
MAP_COUNT_FILE = Path("/proc/sys/vm/max_map_count")


def problems(
    variant: str,
    ports: Mapping[str, int],
    data: Path,
    *,
    running: bool = False,
    images: bool = False,
    nodes: int = 1,
) -> list[str]:
    """Return one sentence, with its cure, for everything that stands in the way of what is not there yet.

    Args:
        variant: `official` or `packages`.
        ports: The port on 127.0.0.1 of each service to be started.
        data: A folder on the disk that the engine uses.
        running: Whether the stack runs already, and so has its memory.
        images: Whether the engine has every image already, and so the disk has room.
        nodes: How many of Elasticsearch are to be started.
    """
    return [
        *taken_ports(ports),
        *too_little_memory(0 if running else memory_needed(variant, nodes)),
        *too_little_disk(data, 0 if images else DISK_NEEDED[variant]),
    ]


def memory_needed(variant: str, nodes: int) -> int:
    """Return the bytes that the services of a variant use, with so many nodes of Elasticsearch."""
    return MEMORY_NEEDED[variant] + (nodes - 1) * NODE_MEMORY


def taken_ports(ports: Mapping[str, int]) -> list[str]:
    """Return a sentence for each port that another program holds."""
    found = []
    for service, port in ports.items():
        if not is_free(port):
            variable = catalogue.PUBLISHED[service].variable
            found.append(
                f"port {port} on 127.0.0.1, which {service} needs ({variable}), is in use; cure: stop what "
                f"holds it (ss -ltnp 'sport = :{port}' names it), or start with --port-offset 10000"
            )
    return found


def is_free(port: int) -> bool:
    """Tell whether a port on 127.0.0.1 can be bound."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def too_little_memory(needed: int, meminfo: Path = Path("/proc/meminfo")) -> list[str]:
    """Return a sentence if less memory is available than the stack uses."""
    values = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    available = int(values["MemAvailable"].split()[0]) * 1024
    if available >= needed:
        return []
    sentence = (
        f"{available / GIB:.1f} GiB of memory are available, {needed / GIB:.0f} are needed; "
        "cure: stop other programs, or use a larger machine"
    )
    return [sentence]


def too_little_disk(folder: Path, needed: int) -> list[str]:
    """Return a sentence if the engine's disk has too little room."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free >= needed:
        return []
    sentence = (
        f"{free / GIB:.1f} GiB are free on the disk of {existing}, {needed / GIB:.0f} are needed; "
        "cure: free some (docker system df shows what the engine holds)"
    )
    return [sentence]


def map_count_warning(file: Path | None = None) -> str | None:
    """Return what to do about a low `vm.max_map_count`; Elasticsearch starts all the same."""
    file = file or MAP_COUNT_FILE
    if not file.exists() or int(file.read_text()) >= MAP_COUNT_NEEDED:
        return None
    return (
        f"vm.max_map_count is {int(file.read_text())}, enough to start Elasticsearch, too low for production "
        "(a cluster then maps no files into memory); cure: sysctl -w vm.max_map_count=1048576"
    )
