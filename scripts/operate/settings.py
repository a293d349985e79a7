"""Has a mounted setting or a password changed? What reads them only at its start is then replaced.

Prometheus and Alertmanager read theirs again on a signal, Grafana looks for new dashboards by itself.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from operate.paths import ROOT, SECRETS
from operate.recipes import flatten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

READ_AT_START = {
    "elasticsearch": (ROOT / "elasticsearch" / "config", ROOT / "elasticsearch" / "container"),
    "grafana": (ROOT / "grafana" / "provisioning",),
    "kibana": (ROOT / "kibana" / "config", ROOT / "kibana" / "container"),
    "logstash": (ROOT / "logstash",),
    "reverse-proxy": (ROOT / "reverse-proxy",),
}
"""The folders that each service reads only when it starts."""

RELOADED = ("prometheus", "alertmanager")
"""Services that read their settings again on SIGHUP; so do their twins (compose/pair.yaml)."""


def digests() -> dict[str, str]:
    """Return a digest of the settings of each service of READ_AT_START."""
    return {service: digest(folders) for service, folders in READ_AT_START.items()}


def digest(folders: Iterable[Path]) -> str:
    """Return a digest of the content of some folders; it differs when any file differs."""
    found = hashlib.sha256()
    for number, folder in enumerate(folders):
        for name, path in flatten({str(number): folder}).items():
            found.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


def secrets_digest(folder: Path = SECRETS) -> str:
    """Return a digest of when each secret was written. It tells nothing of what is in them."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        if path.is_file():
            found.update(f"{path.name}\0{path.stat().st_mtime_ns}\0".encode())
    return found.hexdigest()[:12]
