"""Container statistics for Prometheus under cAdvisor's metric names, asked from the proxy at each scrape."""

from __future__ import annotations

import argparse
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from amaie_exporters.containers.stats import CPU_PERIOD, Sample, sample
from amaie_exporters.serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LABELS = ("name", "image")
TIMEOUT_SECONDS = 8
SIZES_EVERY_SECONDS = 60
"""How often the written bytes are asked for: the engine walks through the files to count them."""

THREADS = 32
"""The engine answers a question about one container after up to a second, so all are asked at once."""

Family = type[GaugeMetricFamily] | type[CounterMetricFamily]
FAMILIES: dict[str, tuple[Family, str, Callable[[Sample], float | None]]] = {
    "container_cpu_usage_seconds": (
        CounterMetricFamily,
        "Processor time used since the start.",
        lambda one: one.cpu_seconds,
    ),
    "container_cpu_cfs_throttled_seconds": (
        CounterMetricFamily,
        "Time waited because of the processor limit.",
        lambda one: one.throttled_seconds,
    ),
    "container_memory_working_set_bytes": (
        GaugeMetricFamily,
        "Memory in use without file cache that can be dropped.",
        lambda one: one.memory_bytes,
    ),
    "container_spec_memory_limit_bytes": (
        GaugeMetricFamily,
        "Memory limit; 0 means none.",
        lambda one: one.memory_limit_bytes,
    ),
    "container_spec_cpu_quota": (
        GaugeMetricFamily,
        "Processor time that it may use in each period, microseconds; absent without a limit.",
        lambda one: one.cpu_quota,
    ),
    "container_spec_cpu_period": (
        GaugeMetricFamily,
        "Period of the processor limit, microseconds.",
        lambda _: CPU_PERIOD,
    ),
    "container_fs_usage_bytes": (
        GaugeMetricFamily,
        "Bytes written into the container's own file system, volumes not counted.",
        lambda one: one.written_bytes,
    ),
    "container_network_receive_bytes": (
        CounterMetricFamily,
        "Network bytes in.",
        lambda one: one.received_bytes,
    ),
    "container_network_transmit_bytes": (
        CounterMetricFamily,
        "Network bytes out.",
        lambda one: one.sent_bytes,
    ),
    "container_processes": (GaugeMetricFamily, "Processes and threads.", lambda one: one.processes),
    "container_start_time_seconds": (GaugeMetricFamily, "Start time.", lambda one: one.started),
    "container_restarts": (CounterMetricFamily, "Restarts by the engine.", lambda one: one.restarts),
}
"""Each metric: its kind, its help text, its value; None leaves the container out."""


class Containers(Collector):
    """Asks the proxy whenever it is collected."""

    def __init__(self, proxy: str) -> None:
        """Take the proxy's address, such as `http://docker-proxy:2375`."""
        self._proxy = proxy
        self._pool = ThreadPoolExecutor(THREADS)
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._sized = float("-inf")

    def collect(self) -> Iterator[Metric]:
        """Yield one family for each entry of FAMILIES.

        Raises:
            URLError: The proxy or the engine does not answer. The scrape fails then, which an alert tells.
        """
        samples = self.samples()
        for name, (kind, text, value) in FAMILIES.items():
            family = kind(name, text, labels=LABELS)
            for one in samples:
                number = value(one)
                if number is not None:
                    family.add_metric([one.name, one.image], number)
            yield family

    def samples(self) -> list[Sample]:
        """Return the state of every running container; one that ends meanwhile is left out.

        Raises:
            URLError: The proxy or the engine does not answer.
        """
        listed = self._list()
        return [one for one in self._pool.map(self._one, listed) if one]

    def _list(self) -> list[dict[str, Any]]:
        """List the running containers, with sizes at most once in a while."""
        with self._lock:
            with_sizes = time.monotonic() - self._sized >= SIZES_EVERY_SECONDS
            listed: list[dict[str, Any]] = self._get("/containers/json" + "?size=1" * with_sizes)
            if with_sizes:
                self._sizes = {one["Id"]: one["SizeRw"] or 0 for one in listed}
                self._sized = time.monotonic()
            return [one | {"SizeRw": self._sizes.get(one["Id"])} for one in listed]

    def _one(self, listed: dict[str, Any]) -> Sample | None:
        path = f"/containers/{listed['Id']}"
        try:
            return sample(
                listed, self._get(f"{path}/json"), self._get(f"{path}/stats?stream=false&one-shot=true")
            )
        except (KeyError, URLError, ValueError):
            return None

    def _get(self, path: str) -> Any:
        with urlopen(f"{self._proxy}{path}", timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http, ours
            return json.load(answer)


def main() -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m amaie_exporters.containers",
        description="Export the statistics of the engine's containers.",
        epilog="Example: python -m amaie_exporters.containers --proxy http://docker-proxy:2375 --port 9105",
    )
    parser.add_argument(
        "--proxy", default="http://docker-proxy:2375", help="address of the proxy (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=9105, help="where to listen (default: %(default)s)")
    options = parser.parse_args()
    serve(Containers(options.proxy), options.port).wait()
    return 0
