"""How long it takes from a line written into a followed file until a search finds its record."""

from __future__ import annotations

import json
import random
import statistics
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from integration.logs.following import Following
from integration.logs.lab import record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from integration.logs.lab import Lab

LINES, SECONDS = 300, 60.0
POLL_SECONDS = 0.01
SEED = 20250730


class Service:
    """Writes single lines at random moments, and knows when each one was written."""

    def __init__(self, path: Path, number: int, seconds: float) -> None:
        """Take how many lines to write and in how many seconds."""
        chance = random.Random(SEED)  # noqa: S311 (a repeatable schedule)
        self._path = path
        self._moments = sorted(chance.uniform(0, seconds) for _ in range(number))
        self.written: dict[str, float] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start to write."""
        self._thread.start()

    def _run(self) -> None:
        begin = time.perf_counter()
        with self._path.open("ab", buffering=0) as file:
            for number, moment in enumerate(self._moments, 1):
                time.sleep(max(0.0, begin + moment - time.perf_counter()))
                entry = record(number)
                file.write(json.dumps(entry).encode() + b"\n")
                self.written[entry["event_id"]] = time.perf_counter()


class Waits(NamedTuple):
    """Seconds from written to searchable."""

    p50: float
    p99: float
    slowest: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Waits:
        """Return the percentiles of single waits."""
        ordered = sorted(seconds)
        cuts = statistics.quantiles(ordered, n=100, method="inclusive")
        return cls(cuts[49], cuts[98], ordered[-1])


def measure(lab: Lab, number: int = LINES, seconds: float = SECONDS) -> list[float]:
    """Return for each of some lines how many seconds after it was written a search first found it.

    One query asks again and again for all lines that are still out, so many can be out at once.
    """
    following = Following(lab)
    path = following.folder / "amaie-core.jsonl"
    first = record(0)
    path.write_bytes(json.dumps(first).encode() + b"\n")
    while not _found(lab, [first["event_id"]]):  # starts the process and the stream
        time.sleep(POLL_SECONDS)
    service = Service(path, number, seconds)
    service.start()
    waits: dict[str, float] = {}
    while len(waits) < number:
        out = [identity for identity in list(service.written) if identity not in waits]
        found = _found(lab, out) if out else set()
        now = time.perf_counter()
        waits |= {identity: now - service.written[identity] for identity in found}
        time.sleep(POLL_SECONDS)
    following.stop()
    return list(waits.values())


def _found(lab: Lab, identities: list[str]) -> set[str]:
    query = {"query": {"terms": {"event_id": identities}}, "size": len(identities), "_source": False}
    answer = lab.ask("POST", f"/{lab.good}/_search?ignore_unavailable=true", query)
    # While the stream is being created, the answer is an error without hits.
    return {hit["_id"] for hit in answer.get("hits", {"hits": []})["hits"]}
