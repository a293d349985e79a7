"""How long a metric call waits while 10,000 series are scraped: prometheus-client's text against ours.

Interleaved rounds; each figure is the median over them.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest

from amaie_telemetry.exposition import exposition
from amaie_telemetry.families import GaugeFamily

if TYPE_CHECKING:
    from collections.abc import Callable

SERIES = 10_000
SECONDS = 4.0
ROUNDS = 5
SHARES = (0.5, 0.999, 0.9999)
"""Not the worst single piece: that one is the machine's, with and without a scrape."""


def hot_loop(series: list[object]) -> list[float]:
    """Return microseconds of pieces of 20 metric calls, sorted."""
    found = []
    end = time.perf_counter() + SECONDS
    child = series[0]
    while time.perf_counter() < end:
        start = time.perf_counter_ns()
        for _ in range(20):
            child.inc()  # type: ignore[attr-defined]
        found.append((time.perf_counter_ns() - start) / 1000)
    return sorted(found)


def under(scrape: Callable[[], object] | None, series: list[object]) -> tuple[list[float], int, float]:
    """Return the latencies of the hot loop, and number and mean milliseconds of scrapes beside it."""
    stop = threading.Event()
    times: list[float] = []

    def loop() -> None:
        while not stop.is_set() and scrape is not None:
            start = time.perf_counter()
            scrape()
            times.append(time.perf_counter() - start)
            time.sleep(0.05)

    thread = threading.Thread(target=loop)
    thread.start()
    found = hot_loop(series)
    stop.set()
    thread.join()
    return found, len(times), sum(times) / max(len(times), 1) * 1000


def main() -> None:
    """Print the table."""
    family = GaugeFamily("g", "A gauge.", unit="count", labels=("account", "symbol"), services=("s",))
    series: list[object] = [family.series((f"account-{n % 100}", f"symbol-{n}")) for n in range(SERIES)]
    registry = CollectorRegistry()
    registry.register(family.metric)
    candidates: dict[str, Callable[[], object] | None] = {
        "no scrape": None,
        "prometheus-client": lambda: generate_latest(registry),
        "**amaie exposition**": lambda: exposition([family]),
    }
    rounds: dict[str, list[tuple[float, ...]]] = {label: [] for label in candidates}
    for _ in range(ROUNDS):
        for label, scrape in candidates.items():
            found, _, mean = under(scrape, series)
            rounds[label].append((*(found[int(len(found) * share)] for share in SHARES), mean))
    lines = [
        f"| 20 metric calls, {SERIES:,} series scraped, µs | p50 | p99.9 | p99.99 | one scrape, ms |",
        "|---|---:|---:|---:|---:|",
    ]
    for label, made in rounds.items():
        figures = " | ".join(f"{statistics.median(column):.0f}" for column in zip(*made, strict=True))
        lines.append(f"| {label} | {figures} |")
    print("\n".join(lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
