"""Waits until a new service is seen: its first scrape in Prometheus, its first record in Elasticsearch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

from operate import passwords, trust

if TYPE_CHECKING:
    from collections.abc import Callable

    from operate.compose_cli import Stack

READER = "amaie_reader"
SECONDS = 120.0
HTTP_SECONDS = 5


def wait(seen: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Ask until the answer is yes or time is over; a server that does not answer yet is no answer."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if seen():
                return True
        except (httpx.HTTPError, ValueError, KeyError):
            pass
        if time.monotonic() > deadline:
            return False
        time.sleep(1)


def scraped(stack: Stack, name: str) -> bool:
    """Tell whether Prometheus has the facts of a service."""
    return any(target["health"] == "up" for target in targets(stack, name))


def trouble(stack: Stack, name: str) -> str:
    """Return what Prometheus says of the last scrape of a service."""
    try:
        found = targets(stack, name)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return f"Prometheus does not answer: {error}"
    if not found:
        return "Prometheus does not know it"
    return str(found[0]["lastError"] or "it has not been scraped yet")


def targets(stack: Stack, name: str) -> list[dict[str, Any]]:
    """Return what Prometheus says of the targets of a service."""
    with trust.monitoring(stack.url("prometheus"), timeout=HTTP_SECONDS) as asked:
        answer = asked.get("/api/v1/targets").raise_for_status()
    found: list[dict[str, Any]] = answer.json()["data"]["activeTargets"]
    return [target for target in found if target["labels"].get("service") == name]


def logged(stack: Stack, name: str) -> bool:
    """Tell whether a record of a service is in Elasticsearch."""
    signed = (READER, trust.password(passwords.password_file(READER)))
    with trust.client(stack.url("elasticsearch"), signed, HTTP_SECONDS) as asked:
        answer = asked.post("/logs-amaie-default/_count", json={"query": {"term": {"service": name}}})
    return bool(answer.raise_for_status().json()["count"])
