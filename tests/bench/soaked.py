"""What hours of load did to a stack: its measurements, what they say, a table and a plot."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

if TYPE_CHECKING:
    from pathlib import Path

    Series = list[tuple[float, float]]

MOST_SECONDS, FLAT, DISK = 2.0, 1.2, 0.25
"""Seconds to searchable; memory at the end to that at the start; how far the disk may be from its course."""
HEAD_MINUTES = 240
"""So long Prometheus gathers its first block and lets it go; before, its memory can only grow."""


@dataclass
class Seen:
    """What was measured.

    Attributes:
        memory: Service -> (minute, MiB in use).
        disk: Volume -> (minute, MiB).
        waits: (minute, age in seconds of the newest record that a search finds). Refreshes come at their own
            moments, so this age is spread as the time from written to searchable is.
    """

    memory: dict[str, Series] = field(default_factory=lambda: defaultdict(list))
    disk: dict[str, Series] = field(default_factory=lambda: defaultdict(list))
    waits: Series = field(default_factory=list)


def growth(series: Series) -> float:
    """Return the median of the last fifth of a series as a multiple of that of its second fifth."""
    fifth = max(1, len(series) // 5)
    values = [value for _, value in series]
    return statistics.median(values[-fifth:]) / (statistics.median(values[fifth : 2 * fifth]) or 1)


def drawn_on(series: Series) -> float:
    """Return what a line through the first third of a series, but for its first tenth, says of its end."""
    part = series[len(series) // 10 : len(series) // 3]
    slope, start = statistics.linear_regression([minute for minute, _ in part], [value for _, value in part])
    return start + slope * series[-1][0]


def floor(series: Series) -> Series:
    """Return what stays of a series that rises and falls: at each place the least of the next tenth of it.

    Elasticsearch drops its log of operations every minute or so: nothing beside hours, all beside minutes.
    """
    width = max(1, len(series) // 10)
    values = [value for _, value in series]
    whole = series[: len(series) - width + 1]
    return [(minute, min(values[at : at + width])) for at, (minute, _) in enumerate(whole)]


def course(series: Series) -> tuple[float, float]:
    """Return where what stays of a series had to end, drawn on from its first third, and where it ended."""
    stays = floor(series)
    return drawn_on(stays), stays[-1][1]


def percentile(values: list[float], share: float) -> float:
    """Return a percentile of values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def verdict(seen: Seen, minutes: float, missing: int) -> list[str]:
    """Return what is not as it should be."""
    found = []
    for service, series in seen.memory.items():
        if service == "prometheus" and minutes < HEAD_MINUTES:
            continue
        if (times := growth(series)) > FLAT:
            found.append(f"the memory of {service} grew to {times:.2f} times what it was")
    for name in ("elasticsearch", "prometheus"):
        expected, last = course(seen.disk[name])
        if abs(last / expected - 1) > DISK:
            found.append(f"the disk of {name} keeps {last:,.0f} MiB; {expected:,.0f} were to be expected")
    if (slow := percentile([age for _, age in seen.waits], 0.99)) > MOST_SECONDS:
        found.append(f"one record of a hundred was searchable after {slow:.1f} s")
    if missing:
        found.append(f"{missing:,} records are missing")
    return found


def table(seen: Seen) -> str:
    """Return memory, disk and waits as a table."""
    lines = [f"{'service':<24}{'MiB, second fifth':>18}{'last fifth':>12}{'times':>8}"]
    for service, series in sorted(seen.memory.items()):
        last = statistics.median(value for _, value in series[-max(1, len(series) // 5) :])
        times = growth(series)
        lines.append(f"{service:<24}{last / times:>18.1f}{last:>12.1f}{times:>8.2f}")
    lines.append(f"{'volume':<24}{'MiB, drawn on':>18}{'at the end':>12}")
    for name, series in sorted(seen.disk.items()):
        expected, last = course(series)
        lines.append(f"{name:<24}{expected:>18,.1f}{last:>12,.1f}")
    ages = [age for _, age in seen.waits]
    lines.append(
        f"written to searchable: p50 {percentile(ages, 0.5):.2f} s, p99 {percentile(ages, 0.99):.2f} s, "
        f"longest {max(ages):.2f} s"
    )
    return "\n".join(lines)


def draw(seen: Seen, path: Path) -> None:
    """Draw memory, disk and waits over time."""
    figure, (memory, disk, waits) = plt.subplots(3, 1, figsize=(9, 11), sharex=True, layout="constrained")
    for service, series in sorted(seen.memory.items()):
        memory.plot(*zip(*series, strict=True), label=service)
    memory.set(yscale="log", ylabel="memory, MiB")
    memory.legend(ncols=4, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1))
    for name, series in sorted(seen.disk.items()):
        disk.plot(*zip(*series, strict=True), label=name)
    disk.set(ylabel="disk, MiB")
    disk.legend()
    waits.plot(*zip(*seen.waits, strict=True), ".", markersize=2)
    waits.axhline(MOST_SECONDS, color="grey", linestyle=":")
    waits.set(ylabel="written to searchable, s", xlabel="minutes")
    figure.savefig(path, dpi=100)
