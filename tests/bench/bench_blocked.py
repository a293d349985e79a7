"""What a logging call costs when the log file blocks for ever: the log is a pipe that nobody reads."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from amaie_telemetry import configure_logging

CALLS = 20_000
PAUSE = 0.0001


def latencies(log: logging.Logger, level: int) -> list[float]:
    """Return microseconds of single calls with a pause before each, as in a service: caches are cold."""
    found = []
    for number in range(CALLS):
        time.sleep(PAUSE)
        extra = {"symbol": "BTC/USDT", "order_id": f"ORD-{number}", "amount": 0.001, "price": 30000.5}
        start = time.perf_counter_ns()
        log.log(level, "Order placed successfully", extra=extra)
        found.append((time.perf_counter_ns() - start) / 1000)
    return sorted(found)


def row(label: str, found: list[float]) -> str:
    """Return a row of the table."""
    shares = (found[int(len(found) * share)] for share in (0.5, 0.99, 0.999))
    return f"| {label} | " + " | ".join(f"{share:.1f}" for share in (*shares, found[-1])) + " |"


def main() -> None:
    """Print the table."""
    lines = ["| One paced call, µs | p50 | p99 | p99.9 | worst |", "|---|---:|---:|---:|---:|"]
    log = logging.getLogger("bench")
    logging.getLogger().addHandler(logging.NullHandler())
    log.setLevel(logging.INFO)
    lines.append(row("stdlib NullHandler", latencies(log, logging.INFO)))
    logging.getLogger().handlers.clear()
    with tempfile.TemporaryDirectory() as folder:
        os.mkfifo(Path(folder) / "launcher.jsonl")
        configure_logging(service="launcher", log_dir=folder, queue_size=CALLS // 2, console=False)
        lines.append(row("**amaie, file blocked, half of the calls dropped**", latencies(log, logging.INFO)))
        lines.append(row("**amaie, file blocked, queue full, ERROR spilled**", latencies(log, logging.ERROR)))
        print("\n".join(lines))
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
