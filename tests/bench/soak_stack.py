"""Hours of load on a stack of its own: do memory, disk and speed stay what they were?

    python tests/bench/soak_stack.py                  six hours: 2,000 records a second, 200 series a minute
    python tests/bench/soak_stack.py --minutes 20     a short one

One service logs by the real library into the stack's folder; another exports series of which each lives for a
minute. Ends with 1 if something does not stay as it was (`bench.soaked`). Only root may write into volumes.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import docker
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts"), str(ROOT / "tests")]

from amaie_exporters.serving import serve  # noqa: E402 - after the path is set
from amaie_telemetry import bind, configure_logging, start_metrics_server  # noqa: E402
from bench.soaked import Seen, draw, table, verdict  # noqa: E402
from operate import trust  # noqa: E402
from operate.compose_cli import Stack  # noqa: E402
from support import inside  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from prometheus_client.core import Metric

    from amaie_telemetry.handler import TelemetryHandler

PROJECT, OFFSET = "amaie-soak", 26_000
WRITER_PORT, CHURN_PORT = 19_301, 19_302
SITE = f"""\
version: 1
services:
  - {{name: soak, role: launcher, host: {WRITER_PORT}}}
  - {{name: churn, role: launcher, host: {CHURN_PORT}}}
"""
PLOT = ROOT / "docs" / "img" / "soak.png"
MEBIBYTE = 1 << 20
STREAM = "/logs-amaie-default"
TICK, LOOK_SECONDS = 0.02, 0.93
SAMPLES = 120
LIFE_SECONDS = 60
VOLUMES = ("elasticsearch", "prometheus", "ingest")


class Churn(Collector):
    """Series that live for a minute."""

    def __init__(self, series: int) -> None:
        """Take how many there are at a time."""
        self._series = series

    def collect(self) -> Iterator[Metric]:
        """Yield the series of this minute."""
        family = GaugeMetricFamily(
            "soak_churn", "A series that lives for a minute.", labels=["minute", "series"]
        )
        for number in range(self._series):
            family.add_metric([str(int(time.time() / LIFE_SECONDS)), str(number)], number)
        yield family


class Soak:
    """The running stack under load."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Take the options of the command line."""
        self._options = options
        self._stack = Stack(PROJECT, offset=OFFSET)
        self._engine = docker.from_env()
        self._start = time.monotonic()
        self.seen = Seen()
        self.logged = 0

    @property
    def minutes(self) -> float:
        """Since the start."""
        return (time.monotonic() - self._start) / 60

    def volume(self, name: str) -> Path:
        """Return the folder of a volume on this machine."""
        return inside.volume(self._engine, PROJECT, name)

    def run(self) -> TelemetryHandler:
        """Log and look until the time is over; return the handler, which knows what was written."""
        quiet = {"httpx": "WARNING"}  # it tells of every request, our own looks among them
        place = self.volume("logs")
        handler = configure_logging(service="soak", log_dir=place, levels=quiet, console=False, backups=4)
        servers = (
            start_metrics_server(WRITER_PORT, service="launcher"),
            serve(Churn(self._options.series), CHURN_PORT),
        )
        self._start = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(self._look)
            self._log(logging.getLogger("soak"), looking)
            handler.flush()
            looking.result()
        for server in servers:
            server.close()
        return handler

    def _log(self, log: logging.Logger, looking: Future[None]) -> None:
        with bind(strategy_id="efe-momentum"):
            while self.minutes < self._options.minutes and not looking.done():
                due = int(self.minutes * 60 * self._options.rate) - self.logged
                for number in range(self.logged, self.logged + due):
                    extra = {"symbol": "BTC/USDT", "order_id": f"ORD-{number}", "price": 30000 + number / 7}
                    log.info("Order placed successfully", extra=extra)
                self.logged += due
                time.sleep(TICK)

    def _look(self) -> None:
        every = self._options.minutes / SAMPLES
        with (
            trust.client(self._stack.url("elasticsearch"), self._reader()) as search,
            trust.monitoring(self._stack.url("prometheus")) as prometheus,
        ):
            while (now := self.minutes) < self._options.minutes:
                if now >= len(self.seen.disk["elasticsearch"]) * every:
                    self._sample(prometheus)
                if (age := self._newest(search)) is not None:
                    self.seen.waits.append((now, age))
                time.sleep(LOOK_SECONDS)

    def _reader(self) -> tuple[str, str]:
        return "amaie_reader", trust.password("es_amaie_reader_password")

    def _newest(self, search: httpx.Client) -> float | None:
        """Return the age of the newest record that a search finds."""
        asked = {"size": 0, "aggs": {"newest": {"max": {"field": "@timestamp"}}}}
        answer = search.post(f"{STREAM}/_search?ignore_unavailable=true", json=asked).raise_for_status()
        newest = answer.json().get("aggregations", {}).get("newest", {})  # none before the first record
        found: float | None = newest.get("value")
        return None if found is None else time.time() - found / 1000

    def _sample(self, prometheus: httpx.Client) -> None:
        query = f'container_memory_working_set_bytes{{name=~"{PROJECT}-.*"}}'
        answer = prometheus.get("/api/v1/query", params={"query": query}).raise_for_status().json()
        for one in answer["data"]["result"]:
            service = one["metric"]["name"].removeprefix(f"{PROJECT}-").rpartition("-")[0]
            self.seen.memory[service].append((self.minutes, float(one["value"][1]) / MEBIBYTE))
        for name in VOLUMES:
            used = subprocess.run(
                ["du", "-sb", self.volume(name)], capture_output=True, text=True, check=False
            )
            self.seen.disk[name].append((self.minutes, int(used.stdout.split()[0]) / MEBIBYTE))
        tell = " ".join(f"{name} {values[-1][1]:,.0f}" for name, values in sorted(self.seen.disk.items()))
        print(f"{self.minutes:6.1f} min  {self.logged:,} logged  MiB on disk: {tell}", flush=True)

    def arrived(self) -> int:
        """Return how many records Elasticsearch has once nothing more comes."""
        with trust.client(self._stack.url("elasticsearch"), self._reader()) as search:
            last = -1
            while True:
                time.sleep(5)
                count = search.get(f"{STREAM}/_count", params={"q": "service:soak"})
                number = int(count.raise_for_status().json()["count"])
                if number == last:
                    return number
                last = number


def script(name: str, *arguments: str, site: Path) -> None:
    """Run one of the operator's commands on the soak's own site; it must end well."""
    command = [sys.executable, f"scripts/{name}.py", "--project", PROJECT, *arguments]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"AMAIE_SITE": str(site)})


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=360, help="how long (default: %(default)s)")
    parser.add_argument("--rate", type=int, default=2000, help="records a second (default: %(default)s)")
    parser.add_argument("--series", type=int, default=200, help="new series a minute (default: %(default)s)")
    parser.add_argument(
        "--plot", type=Path, default=PLOT, help="where to draw the plot (default: %(default)s)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site.yaml"
        site.write_text(SITE, encoding="utf-8")
        script("down", "--volumes", site=site)
        try:
            script("up", "--port-offset", str(OFFSET), site=site)
            soak = Soak(options)
            handler = soak.run()
            written, dropped = (
                sum(handler.delivery.written),
                sum(one.value for one in handler.delivery.dropped),
            )
            arrived = soak.arrived()
        finally:
            script("down", "--volumes", site=site)
    print(table(soak.seen))
    print(f"{soak.logged:,} logged, {written:,} written, {dropped:,} dropped, {arrived:,} arrived")
    draw(soak.seen, options.plot)
    found = verdict(soak.seen, options.minutes, soak.logged - arrived)
    print("\n".join(found) or "flat")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
