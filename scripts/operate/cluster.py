"""Elasticsearch as three nodes: which of them may begin a cluster, and that there is no way back to one.

The first node begins a cluster alone and the two others only join, so what a single node had is kept. With an
empty disk beside nodes that have their data it must join, too: beginning anew, it would take records for a
second cluster.
Source: Elastic, "Bootstrapping a cluster", "Add and remove nodes" (voting configurations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from operate.certificates import NODES
from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Collection

FOUNDER = "amaie-1"
"""The name of the first node, alone or in a cluster; container/entrypoint.sh gives the names."""

FIRST, *OTHERS = NODES
"""The names of the services, and of the volumes with their data."""


def joins(volumes: Collection[str], *, before: bool) -> bool:
    """Return whether the first node joins the others instead of beginning a cluster.

    Args:
        volumes: Those of the project that exist, by the names that the Compose files give them.
        before: What was said at the start before this one: it stays as long as the volume does.
    """
    return before if FIRST in volumes else any(name in volumes for name in OTHERS)


def refuse_one(project: str, volumes: Collection[str]) -> None:
    """Refuse to make one node of a cluster: two of three must vote for who leads, so one alone never does.

    Raises:
        StackError: The project has been a cluster.
    """
    if there := [name for name in OTHERS if name in volumes]:
        raise StackError(
            f"Elasticsearch of {project} is a cluster (the volume {project}_{there[0]} has its data), and no "
            "node of it starts alone; cure: high_availability: {elasticsearch: true} in site.yaml, or leave "
            "it out and let one node have the data: make backup, make down VOLUMES=1, make restore"
        )
