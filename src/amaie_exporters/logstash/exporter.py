"""Logstash's statistics for Prometheus, asked at each scrape; 503 when Logstash does not answer."""

from __future__ import annotations

import argparse
import base64
import json
import ssl
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from amaie_exporters.logstash.stats import Lag, sample
from amaie_exporters.serving import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

STATS = "/_node/stats/pipelines"
TIMEOUT_SECONDS = 8
USER = "amaie"
PASSWORD_FILE = Path("/run/secrets/logstash_api_password")
CA_FILE = Path("/run/secrets/stack_ca.pem")


class Logstash(Collector):
    """Asks Logstash whenever it is collected."""

    def __init__(self, url: str, password_file: Path = PASSWORD_FILE, ca_file: Path | None = CA_FILE) -> None:
        """Take the address of Logstash's API, the file of its password, and whom to trust over TLS."""
        self._url = url
        self._trusted = ssl.create_default_context(cafile=ca_file) if url.startswith("https://") else None
        self._password_file = password_file
        self._lag = Lag()
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of `spec/kpis.yaml` that start with amaie_ingest_.

        Raises:
            OSError, HTTPException: Logstash does not answer or lets nobody in, or there is no password.
            KeyError, TypeError, ValueError: Its answer lacks a pipeline, or is none.
        """
        with self._lock:
            with urlopen(  # noqa: S310 - ours
                self._request(), timeout=TIMEOUT_SECONDS, context=self._trusted
            ) as answer:
                one = sample(json.load(answer))
            lag = self._lag.seconds(time.monotonic(), one.taken, one.waiting)
        yield CounterMetricFamily("amaie_ingest_indexed", "Log records acknowledged.", value=one.indexed)
        yield CounterMetricFamily("amaie_ingest_conflicts", "Known log records.", value=one.conflicts)
        rejected = CounterMetricFamily("amaie_ingest_rejected", "Log lines rejected.", labels=["reason"])
        for reason, number in one.rejected.items():
            rejected.add_metric([reason], number)
        yield rejected
        yield CounterMetricFamily("amaie_ingest_retries", "Bulk requests sent again.", value=one.retries)
        yield GaugeMetricFamily("amaie_ingest_lag_seconds", "Age of the oldest waiting record.", value=lag)

    def _request(self) -> Request:
        login = f"{USER}:{self._password_file.read_text().strip()}".encode()
        headers = {"Authorization": "Basic " + base64.b64encode(login).decode()}
        return Request(self._url + STATS, headers=headers)  # noqa: S310 - ours


def main() -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m amaie_exporters.logstash",
        description="Export Logstash's statistics.",
        epilog="Example: python -m amaie_exporters.logstash --url https://logstash:9600 --port 9104",
    )
    parser.add_argument(
        "--url", default="https://logstash:9600", help="Logstash's API (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=9104, help="where to listen (default: %(default)s)")
    parser.add_argument(
        "--password-file", type=Path, default=PASSWORD_FILE, help="of the API (default: %(default)s)"
    )
    parser.add_argument(
        "--ca-file", type=Path, default=CA_FILE, help="whom to trust over TLS (default: %(default)s)"
    )
    options = parser.parse_args()
    serve(Logstash(options.url, options.password_file, options.ca_file), options.port).wait()
    return 0
