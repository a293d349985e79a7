# ruff: noqa: E501, S311 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""How much logging costs, as ratios: against other libraries, on the caller's thread, with a blocked file, in a scrape.

Absolute times are those of one machine; ratios of the same round travel. Each candidate runs in a process of its
own in every round, in a new random order, so that noise of the machine hits all alike. Never part of a test.

Example:
    python tests/bench/bench_logging.py                 tables, and the plot docs/img/logging-benchmark.png
    python tests/bench/bench_logging.py --rounds 21     quieter figures
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
from pathlib import Path

import logging_candidates  # type: ignore[import-not-found]  # beside this script
import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
PLOT = HERE.parent.parent / "docs" / "img" / "logging-benchmark.png"
LINE = "format:amaie line, redacted"
NULL = "stdlib NullHandler (floor)"
FLOOR = f"call:{NULL}"
PLAIN_LINE = "format:stdlib plain text"
AIMS = {
    "call:amaie": (FLOOR, 0.5),
    LINE: (PLAIN_LINE, 0.55),
    "format:amaie JsonFormatter (redacted)": (PLAIN_LINE, 1.2),
}
"""What each may cost at most, as a share of a peer of the same round."""
CALL_MS, BLOCKED_US = 2.0, 100.0
"""The worst call with a hostile text of 8 KiB, and 99.9 % of calls while the file is blocked."""
SHARED = {"tasks": "100 asyncio tasks", "threads": "32 threads"}

Rounds = list[dict[str, float]]


def main() -> int:
    """Run everything and print it; return 0 if all aims are met, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds (at least 7)")
    parser.add_argument("--plot", type=Path, default=PLOT, help="where to draw the plot")
    options = parser.parse_args()
    names = [f"format:{name}" for name in logging_candidates.formatters()] + [LINE]
    names += [f"call:{name}" for name in logging_candidates.calls()]
    names += [f"{kind}:{name}" for kind in SHARED for name in ("amaie", NULL, "stdlib plain text")]
    rounds = measure(names, max(options.rounds, 7))
    report = [
        table(
            "One line (null sink)", [name for name in names if name.startswith("format")], PLAIN_LINE, rounds
        ),
        table("The whole call, caller's thread", [n for n in names if n.startswith("call")], FLOOR, rounds),
        *(
            table(
                f"One call in {title}",
                [n for n in names if n.startswith(f"{kind}:")],
                f"{kind}:{NULL}",
                rounds,
            )
            for kind, title in SHARED.items()
        ),
    ]
    blocked, hostile = _child("bench_blocked.py"), _child("bench_hostile.py")
    print("\n".join([machine(), "", *report, blocked, hostile, _child("bench_scrape.py")]))
    draw(names, rounds, options.plot)
    return 0 if all(verdicts(rounds, blocked, hostile)) else 1


def machine() -> str:
    """Return what the figures were measured on."""
    model = next(
        (line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.machine(),
    )
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores ({model}), load {load}"


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def verdicts(rounds: Rounds, blocked: str, hostile: str) -> list[bool]:
    """Print each aim beside its figure; return which are met."""
    return [
        *(verdict(name, f"of {base}", ratio(name, base, rounds), aim) for name, (base, aim) in AIMS.items()),
        verdict(
            "p99.9 of a call, file blocked",
            f"µs ({cell(blocked, 'stdlib NullHandler', 3)} of a call that writes nothing)",
            cell(blocked, "half of the calls dropped", 3),
            BLOCKED_US,
        ),
        verdict("worst call, hostile 8 KiB", "ms", cell(hostile, "**caller**", 2), CALL_MS),
    ]


def cell(table: str, row: str, column: int) -> float:
    """Return a figure of a Markdown table: of the row that holds a text, the column after its label."""
    [line] = [line for line in table.splitlines() if row in line]
    return float(line.strip("| ").split("|")[column])


def measure(names: list[str], count: int) -> Rounds:
    """Return microseconds per record of every candidate in every round."""
    rounds: Rounds = []
    rng = random.Random(1)
    for number in range(count):
        order = rng.sample(names, len(names))
        print(f"round {number + 1} of {count}", file=sys.stderr)
        rounds.append({name: float(_child("logging_candidates.py", name)) for name in order})
    return rounds


def ratio(name: str, base: str, rounds: Rounds) -> float:
    """Return the median over the rounds of the ratio to the base of the same round."""
    return statistics.median(made[name] / made[base] for made in rounds)


def table(title: str, names: list[str], base: str, rounds: Rounds) -> str:
    """Return a Markdown table, cheapest first."""
    rows = sorted((ratio(name, base, rounds), min(made[name] for made in rounds), name) for name in names)
    lines = [f"| {title} | µs, best | ratio |", "|---|---:|---:|"]
    for value, best, name in rows:
        label = name.partition(":")[2]
        mark = "**" if "amaie" in label else ""
        lines.append(f"| {mark}{label}{mark} | {best:.2f} | {mark}{value:.2f}{mark} |")
    return "\n".join([*lines, ""])


def verdict(name: str, unit: str, value: float, aim: float) -> bool:
    """Print whether an aim is met."""
    print(f"{'met' if value <= aim else 'MISSED'}: {name} at {value:.2f} {unit}, aim {aim}")
    return value <= aim


def draw(names: list[str], rounds: Rounds, path: Path) -> None:
    """Draw the ratios as bars."""
    figure, axes = plt.subplots(1, 2, figsize=(13, 6), layout="constrained")
    for axis, kind, base, title in (
        (axes[0], "format", PLAIN_LINE, "one line, ratio to the stdlib's plain text"),
        (axes[1], "call", FLOOR, "whole call on the caller's thread, ratio to NullHandler"),
    ):
        rows = sorted((ratio(n, base, rounds), n.partition(":")[2]) for n in names if n.startswith(kind))
        values, labels = [value for value, _ in rows], [label for _, label in rows]
        colours = ["#1f77b4" if "amaie" in label else "#c8c8c8" for label in labels]
        bars = axis.barh(labels, values, color=colours)
        axis.bar_label(bars, fmt="%.2f", padding=3)
        axis.axvline(1, color="#666666", linewidth=1, linestyle=":")
        axis.set_xscale("log")
        axis.invert_yaxis()
        axis.set_title(title, fontsize=11)
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.15)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _child(script: str, *arguments: str) -> str:
    """Return what a script prints."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{script} {' '.join(arguments)} failed: {done.stderr or json.dumps(done.stdout)}")
    return done.stdout.strip() + "\n" if script.startswith("bench") else done.stdout


if __name__ == "__main__":
    sys.exit(main())
