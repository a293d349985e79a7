"""How much memory Prometheus needs for each series that it watches, and so how many fit into its limit.

    python tests/bench/bench_series.py [--series 20000 40000 80000]

A real Prometheus scrapes a target with so many series, as often as ours does, for MINUTES each; the largest
resident memory of the last third counts. What its limit (compose/metrics.yaml) leaves beside what it needs
without series, divided by what each further series needed, is how many fit.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts"), str(ROOT / "tests")]

from amaie_exporters.serving import serve  # noqa: E402 - after the path is set
from operate import build, engine  # noqa: E402
from operate.progress import Progress  # noqa: E402
from support.containers import Prometheus  # noqa: E402

MINUTES = 2.0
LOOK_SECONDS = 5.0
CONFIG = """\
global: {{scrape_interval: 15s}}
scrape_configs:
  - job_name: many
    static_configs: [{{targets: ["host:{port}"]}}]
"""


class Many(Collector):
    """A target of so many series, named and labelled about as long as ours are."""

    def __init__(self, number: int) -> None:
        """Take how many."""
        self._number = number

    def collect(self) -> list[GaugeMetricFamily]:
        """Return ten families with the same number of series each."""
        families = []
        for name in range(10):
            family = GaugeMetricFamily(f"amaie_bench_{name}", "One of ten.", labels=["account", "symbol"])
            for number in range(self._number // 10):
                family.add_metric([f"account-{number % 100}", f"SYM{number}/USDT"], time.time() % 1000)
            families.append(family)
        return families


def memory(image: str, number: int) -> float:
    """Return the resident memory in bytes of a Prometheus that watches so many series."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with contextlib.closing(serve(Many(number), 0)) as target:
            (folder / "prometheus.yml").write_text(CONFIG.format(port=target.port), encoding="utf-8")
            running = Prometheus.start(image, folder)
            try:
                return max(_looked(running.url))
            finally:
                running.container.stop()


def _looked(url: str) -> list[float]:
    """Return what it says of its memory during the last third of the time."""
    started, found = time.monotonic(), []
    while (passed := time.monotonic() - started) < MINUTES * 60:
        time.sleep(LOOK_SECONDS)
        said = httpx.get(f"{url}/metrics").raise_for_status().text
        [line] = [one for one in said.splitlines() if one.startswith("process_resident_memory_bytes ")]
        if passed > MINUTES * 40:
            found.append(float(line.split()[1]))
    return found


def limit() -> int:
    """Return the memory in bytes that compose/metrics.yaml gives Prometheus."""
    text = (ROOT / "compose" / "metrics.yaml").read_text(encoding="utf-8")
    found = re.search(r"^  prometheus:\n(?: {4}.*\n)*? {4}mem_limit: (\d+)m\n", text, re.MULTILINE)
    assert found
    return int(found[1]) << 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, nargs="+", default=[20_000, 40_000, 80_000])
    options = parser.parse_args()
    progress = Progress()
    client = engine.ensure("auto", progress)
    image = build.ensure(build.choose("auto", client, progress), client, progress)["prometheus"]
    found = []
    for number in options.series:
        with progress.step(f"Watching {number:,} series"):
            found.append(memory(image, number))
        print(f"{number:>9,} series: {found[-1] / 2**20:8.1f} MiB")
    each, base = statistics.linear_regression(options.series, found)
    room = (limit() - base) / each
    print(f"{each / 1024:.1f} KiB a series, {base / 2**20:.0f} MiB without any")
    print(f"{room:,.0f} fit into {limit() >> 20} MiB")


if __name__ == "__main__":
    main()
