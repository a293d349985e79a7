"""What Compose adds for a site: networks for Prometheus, log folders for the shipper, sources for Grafana."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from operate.site.shape import Site

LOGS = "/var/log"
"""What the shipper follows: the stack's own volume is `amaie` in it, each folder of the host beside it."""
SHIPPER = "ingest"
NETWORK = "site-"
"""How the keys of other projects' networks begin, so that none takes the name of one of ours."""


def override(site: Site) -> dict[str, Any]:
    """Return the Compose file that is laid over the stack's own; empty if the site asks for nothing."""
    networks = sorted({one.network for one in site.services if one.network})
    services: dict[str, Any] = {}
    twins = ("prometheus", "prometheus-2") if site.high_availability.prometheus else ("prometheus",)
    if networks:
        services |= {name: {"networks": {f"{NETWORK}{one}": {} for one in networks}} for name in twins}
    if site.logs:
        services[SHIPPER] = {
            "volumes": [f"{folder}:{LOGS}/{name}:ro" for folder, name in mounts(site).items()],
            "group_add": groups(map(Path, site.logs), site.writing_text),
        }
    if site.writing_text:
        services.setdefault(SHIPPER, {})["environment"] = {"AMAIE_TEXT": " ".join(site.writing_text)}
    if site.long_term:
        # Compose fills in the folder. Grafana reads its sources at its start, so the label replaces it.
        services["grafana"] = {
            "labels": {"amaie.long-term": site.long_term.model_dump_json(exclude_unset=True)},
            "volumes": [
                "${SITE_DIR}/grafana/datasources:/etc/grafana/provisioning/datasources:ro",
                "./secrets/services:/run/secrets/services:ro",
            ],
        }
    if not services:
        return {}
    external = {f"{NETWORK}{name}": {"external": True, "name": name} for name in networks}
    return {"services": services} | ({"networks": external} if external else {})


def mounts(site: Site) -> dict[str, str]:
    """Return each log folder of the host with the name of its folder in the shipper."""
    return {folder: f"site-{number}" for number, folder in enumerate(site.logs, 1)}


def groups(folders: Iterable[Path], text: Iterable[str] = ()) -> list[str]:
    """Return the groups that own log folders and what is in them: the shipper joins them to read 0640 files.

    Whoever may write a log decides who reads it; root's own group is left out, for it would open more.
    """
    found: set[int] = set()
    patterns = ["*.jsonl*", *(f"{glob.escape(name)}.log*" for name in text)]
    for folder in folders:
        files = (path for pattern in patterns for path in folder.glob(pattern))
        found.update(path.stat().st_gid for path in (folder, *files))
    return [str(group) for group in sorted(found - {0})]
