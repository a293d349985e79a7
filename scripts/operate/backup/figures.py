"""What Prometheus and Alertmanager have, counted through their pages."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx

from operate import trust
from operate.errors import StackError

if TYPE_CHECKING:
    from operate.backup.manifest import Counts
    from operate.compose_cli import Stack

READY_SECONDS = 600
"""Prometheus reads its write-ahead log before it answers."""

SETTLED = 120
"""Seconds before a stop; nothing older is written any more: rules that run again after a start write at the
time of their last turn, and the slowest has one a minute."""


def version(stack: Stack) -> str:
    """Return the version of Prometheus."""
    return str(_ask(stack, "prometheus", "/api/v1/status/buildinfo")["data"]["version"])


def series(stack: Stack, moment: float) -> int:
    """Return how many series Prometheus has, shortly before a moment."""
    query = {"query": 'count({__name__=~".+"})', "time": f"{moment - SETTLED:.3f}"}
    found = _ask(stack, "prometheus", "/api/v1/query", query)["data"]["result"]
    return int(found[0]["value"][1]) if found else 0


def silences(stack: Stack) -> dict[str, float]:
    """Return the end of every silence by its id."""
    found = _ask(stack, "alertmanager", "/api/v2/silences")
    return {one["id"]: datetime.fromisoformat(one["endsAt"]).timestamp() for one in found}


def differences(wanted: Counts, found: Counts, now: float) -> list[str]:
    """Return one sentence for everything that is not as the manifest says.

    Args:
        wanted: From the manifest.
        found: Counted in the restored stack.
        now: Silences that ended before may be forgotten.
    """
    said = [
        f"{name} has {found.documents.get(name, 0)} documents instead of {count}"
        for name, count in wanted.documents.items()
        if found.documents.get(name, 0) != count
    ]
    if found.series != wanted.series:
        said.append(f"Prometheus has {found.series} series instead of {wanted.series}")
    missing = {name for name, end in wanted.silences.items() if end > now} - set(found.silences)
    return said + [f"the silence {name} is missing" for name in sorted(missing)]


def _ask(stack: Stack, service: str, path: str, params: dict[str, str] | None = None) -> Any:
    """Return the JSON of an answer; wait for a service that has just been started."""
    deadline = time.monotonic() + READY_SECONDS
    with trust.monitoring(stack.url(service), timeout=60) as asked:
        while True:
            try:
                return asked.get(path, params=params).raise_for_status().json()
            except httpx.HTTPError as error:
                if time.monotonic() > deadline:
                    raise StackError(f"{service} does not answer ({error}); cure: make doctor") from None
                time.sleep(0.5)
