# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Minutes of logging at a steady rate: memory, threads and open files must stay flat, and nothing may be lost.

Example:
    python tests/bench/soak_logging.py                         10 minutes at 5,000 records per second
    python tests/bench/soak_logging.py --minutes 1 --rate 500  a short one
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from amaie_telemetry import bind, configure_logging, span

MEBIBYTE = 1024 * 1024
TICK = 0.02
FLAT = 1.0
"""Mebibytes per hour that memory may grow after the first fifth of the run."""


def resident() -> float:
    """Return the resident memory of this process in mebibytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEBIBYTE


def log_some(log: logging.Logger, first: int, count: int) -> None:
    """Log as a service does: fields, arguments, bound fields, spans, some errors, some secrets."""
    with bind(strategy_id="efe-momentum"), span("order.route"):
        for number in range(first, first + count):
            extra = {
                "symbol": "BTC/USDT",
                "order_id": f"ORD-{number}",
                "amount": 0.001,
                "price": 30000.5 + number,
            }
            if number % 1000 == 0:
                log.error("order %d refused: token=abcd%d", number, number, extra=extra)
            elif number % 10 == 0:
                log.info("Order %d placed at %.2f", number, extra["price"], extra={"n": number})
            else:
                log.info("Order placed successfully", extra=extra)


def run(minutes: float, rate: int) -> int:
    """Log at a rate, print a line a minute, and return 0 if memory, threads and files stayed flat."""
    with tempfile.TemporaryDirectory() as folder:
        handler = configure_logging(
            service="launcher", log_dir=folder, fast=True, console=False, max_bytes=32 * MEBIBYTE, backups=2
        )
        log = logging.getLogger("soak")
        seen: list[tuple[float, float, int, int]] = []
        start, done = time.monotonic(), 0
        while (passed := time.monotonic() - start) < minutes * 60:
            due = int(passed * rate) - done
            log_some(log, done, due)
            done += due
            if passed >= len(seen) * 6 * minutes:
                seen.append(
                    (passed, resident(), threading.active_count(), len(list(Path("/proc/self/fd").iterdir())))
                )
                print("{:6.0f} s {:7.2f} MiB {} threads {} files".format(*seen[-1]), flush=True)
            time.sleep(TICK)
        handler.flush()
        dropped = sum(counter.value for counter in handler.delivery.dropped)
        written = sum(handler.delivery.written)
    settled = seen[2:]
    hours = (settled[-1][0] - settled[0][0]) / 3600
    slope = (settled[-1][1] - settled[0][1]) / hours
    print(f"{done} logged, {written} written, {dropped} dropped; memory {slope:+.2f} MiB/h, limit {FLAT}")
    flat = slope <= FLAT and settled[0][2:] == settled[-1][2:]
    return 0 if flat and written == done and not dropped else 1


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=5_000, help="records per second")
    options = parser.parse_args()
    return run(options.minutes, options.rate)


if __name__ == "__main__":
    sys.exit(main())
