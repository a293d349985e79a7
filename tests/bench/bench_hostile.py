"""What one call costs with a hostile text of 8 KiB: on the caller's thread, and on the thread that writes.

The texts repeat samples of every shape of the contract, whole and cut, and the pieces that searches start at
(`tests/unit/telemetry/redact/test_growth.py`). Each is a message, an argument, a field and a bound field.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from amaie_telemetry import bind, configure_logging
from unit.telemetry.redact.test_growth import units

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 8_192
TURNS = 5
log = logging.getLogger("bench.hostile")


def least(work: Callable[[int], object]) -> float:
    """Return the least milliseconds of this thread's processor time of a few turns with different texts."""
    best = float("inf")
    for turn in range(TURNS):
        start = time.thread_time()
        work(turn)
        best = min(best, time.thread_time() - start)
    return best * 1000


def bound(text: str) -> None:
    """Log inside of a block that binds a text."""
    with bind(note=text):
        log.info("bound")


def again(call: Callable[[str], object], text: str, turn: int) -> None:
    """Log a text that was not logged before."""
    call(f"{text}{turn}")


def written(delivery: Any, _turn: int) -> None:
    """Encode what was logged last, as the thread that writes does."""
    delivery.encoder.line(delivery.queue[-1])


WAYS: dict[str, Callable[[str], object]] = {
    "message": log.info,
    "argument": lambda text: log.info("received %s", text),
    "field": lambda text: log.info("received", extra={"note": text}),
    "object": lambda text: log.info("received %s", [text], extra={"note": [text]}),
    "bound": bound,
}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        handler = configure_logging(service="launcher", log_dir=folder, console=False)
        delivery: Any = handler.delivery
        delivery.pump = lambda: True  # what it writes is timed here
        texts = {name: (unit * SIZE)[: SIZE - 2] for name, unit in units()}
        rows: list[tuple[float, str]] = []
        lines: list[tuple[float, str]] = []
        for name, text in texts.items():
            for way, call in WAYS.items():
                rows.append((least(partial(again, call, text)), f"{way}, {name}"))
            log.info("%s", text)
            lines.append((least(partial(written, delivery)), name))
            delivery.queue.clear()
        label = f"| One call with a hostile text of {SIZE // 1024} KiB, ms | median | worst | text |"
        print(
            "\n".join([label, "|---|---:|---:|---|", row("**caller**", rows), row("writing thread", lines)])
        )
        sys.stdout.flush()
        os._exit(0)


def row(label: str, found: list[tuple[float, str]]) -> str:
    """Return a row of the table."""
    ordered = sorted(found)
    worst, name = ordered[-1]
    return f"| {label} | {ordered[len(ordered) // 2][0]:.3f} | {worst:.3f} | {name} |"


if __name__ == "__main__":
    main()
