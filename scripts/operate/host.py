"""The machines that the stack runs on: what it cannot do is refused in one sentence, before anything starts.

docs/operations.md has the table of hosts with the reasons.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "default"
"""The context in which Docker's own commands follow DOCKER_HOST, as we do."""


def check(environment: Mapping[str, str], system: str = platform.system(), home: Path | None = None) -> None:
    """Refuse a machine or a way to the engine on which the stack cannot run.

    Raises:
        StackError: With the reason and the cure.
    """
    if system != "Linux":
        raise StackError(
            f"the stack runs on Linux and this is {system}: its containers read the host's /proc, and share "
            "files and the engine's socket with it; cure: run it in WSL 2 or a Linux virtual machine"
        )
    address = environment.get("DOCKER_HOST", "")
    if address and not address.startswith("unix://"):
        raise StackError(
            f"DOCKER_HOST={address} is another machine, and the containers mount files of this one; "
            "cure: run the stack there, or unset DOCKER_HOST"
        )
    chosen = context(environment, home or Path.home())
    if chosen != DEFAULT:
        raise StackError(
            f"the Docker context {chosen} is chosen, which Compose would follow and these scripts would not; "
            "cure: docker context use default, and DOCKER_HOST=unix://… for a socket at another place"
        )


def context(environment: Mapping[str, str], home: Path) -> str:
    """Return the context that Docker's own commands follow."""
    if named := environment.get("DOCKER_CONTEXT"):
        return named
    if environment.get("DOCKER_HOST"):
        return DEFAULT
    file = Path(environment.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
    try:
        return str(json.loads(file.read_text()).get("currentContext") or DEFAULT)
    except (OSError, ValueError):
        return DEFAULT


def check_engine(version: Mapping[str, Any]) -> None:
    """Refuse an engine that answers as Docker's does and is another.

    Raises:
        StackError: It is Podman's.
    """
    names = [str(one.get("Name", "")) for one in version.get("Components") or []]
    if any("podman" in name.lower() for name in names):
        raise StackError(
            "Podman answers in place of Docker, and the stack has never been run on it; cure: install "
            "Docker's engine (Debian: apt-get install docker.io), or point DOCKER_HOST=unix://… to its socket"
        )
