"""What the rules cost as accounts grow: samples read, and the share of its interval that each group needs.

    python tests/bench/bench_rules.py [--pairs 1 10 50]

A real Prometheus reads a synthetic month (`support.rule_cost`) of so many pairs of account and currency. Each
rule is asked once in advance, then ROUNDS times; the median time counts. The ratio to the smallest number of
pairs says more than a time on a machine that others use, too.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts"), str(ROOT / "tests")]

from generators.shared.conditions import seconds  # noqa: E402 - after the path is set
from generators.spec import kpispec  # noqa: E402
from operate import build, engine  # noqa: E402
from operate.progress import Progress  # noqa: E402
from support import rule_cost  # noqa: E402
from support.containers import Prometheus  # noqa: E402

SPEC = kpispec.load(ROOT / "spec" / "kpis.yaml")
PLOT = ROOT / "docs" / "img" / "rules-benchmark.png"
ROUNDS = 3
NOON = 43_800
SPARSE = 3600
FILLED = 600
"""Seconds in which the history of a thousand pairs must be made blocks of."""
Found = dict[str, tuple[float, float]]
"""Group -> samples that one evaluation reads for a pair, and share of the interval that it needs."""


def main() -> None:
    """Print the table and draw the plot."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--pairs", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--plot", type=Path, default=PLOT, help="where to draw the plot")
    options = parser.parse_args()
    image = _image()
    found = {pairs: measure(image, pairs) for pairs in options.pairs}
    print(table(found))
    draw(found, options.plot)


def measure(image: str, pairs: int) -> Found:
    """Return what each group costs with a month of history of so many pairs."""
    now = round(time.time()) // rule_cost.DAY * rule_cost.DAY - rule_cost.DAY + NOON
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        rule_cost.lay_out(SPEC, pairs, now, folder, every=SPARSE)
        running = Prometheus.start(
            image,
            folder,
            "--storage.tsdb.retention.time=100d",
            history=rule_cost.HISTORY,
            patience=FILLED,
        )
        try:
            samples = rule_cost.cost(SPEC, running.url, now)
            rounds = [_times(running.url, now) for _ in range(ROUNDS)]
        finally:
            running.container.stop()
    return {
        group: (sum(rules.values()) / pairs, statistics.median(one[group] for one in rounds))
        for group, rules in samples.items()
    }


def table(found: dict[int, Found]) -> str:
    """Return a row for each group, with a pair of columns for each number of pairs."""
    heads = "".join(f" {pairs} pairs: samples a pair | share of interval | ratio |" for pairs in found)
    lines = [f"| group |{heads}", "|---|" + "---:|---:|---:|" * len(found)]
    first = found[min(found)]
    for group in first:
        cells = (
            f" {one[group][0]:.0f} | {one[group][1]:.2%} | {one[group][1] / first[group][1]:.1f} |"
            for one in found.values()
        )
        lines.append(f"| {group} |{''.join(cells)}")
    return "\n".join(lines)


def draw(found: dict[int, Found], path: Path) -> None:
    """Draw the share of its interval that each group needs over the number of pairs."""
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    for group in found[min(found)]:
        axes.plot(list(found), [100 * one[group][1] for one in found.values()], marker="o", label=group)
    axes.axhline(20, color="grey", linestyle=":", label="20 %, the aim")
    axes.set(xscale="log", yscale="log", xlabel="pairs of account and currency", ylabel="% of the interval")
    axes.legend()
    figure.savefig(path, dpi=100)


def _times(url: str, now: int) -> dict[str, float]:
    """Return group -> share of its interval that its rules take, asked one after the other."""
    shares = {}
    for group in rule_cost.groups(SPEC):
        spent = sum(rule_cost.work(url, rule["expr"], now)[1] for rule in group["rules"])
        shares[group["name"]] = spent / seconds(group["interval"])
    return shares


def _image() -> str:
    progress = Progress()
    client = engine.ensure("auto", progress)
    try:
        return build.ensure(build.choose("auto", client, progress), client, progress)["prometheus"]
    finally:
        client.close()


if __name__ == "__main__":
    main()
