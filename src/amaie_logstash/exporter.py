"""Logstash's statistics for Prometheus, asked at each scrape; 503 when Logstash does not answer."""

from __future__ import annotations

import argparse
import json
import threading
import time
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.request import urlopen

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from amaie_logstash.stats import Lag, sample

if TYPE_CHECKING:
    from collections.abc import Iterator

STATS = "/_node/stats/pipelines"
TIMEOUT_SECONDS = 8


class Logstash(Collector):
    """Asks Logstash whenever it is collected."""

    def __init__(self, url: str) -> None:
        """Take the address of Logstash's API, such as `http://logstash:9600`."""
        self._url = url
        self._lag = Lag()
        self._lock = threading.Lock()

    def describe(self) -> list[Metric]:
        """Name nothing beforehand, so that registering does not ask."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of `spec/kpis.yaml` that start with amaie_ingest_.

        Raises:
            OSError, HTTPException: Logstash does not answer.
            KeyError, TypeError, ValueError: Its answer lacks a pipeline, or is none.
        """
        with self._lock:
            with urlopen(self._url + STATS, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http, ours
                one = sample(json.load(answer))
            lag = self._lag.seconds(time.monotonic(), one.taken, one.waiting)
        yield CounterMetricFamily("amaie_ingest_indexed", "Log records acknowledged.", value=one.indexed)
        rejected = CounterMetricFamily("amaie_ingest_rejected", "Log lines rejected.", labels=["reason"])
        for reason, number in one.rejected.items():
            rejected.add_metric([reason], number)
        yield rejected
        yield CounterMetricFamily("amaie_ingest_retries", "Bulk requests sent again.", value=one.retries)
        yield GaugeMetricFamily("amaie_ingest_lag_seconds", "Age of the oldest waiting record.", value=lag)


def server(url: str, address: str, port: int) -> ThreadingHTTPServer:
    """Return a listening exporter; port 0 takes a free one."""
    registry = CollectorRegistry()
    registry.register(Logstash(url))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._answer(HTTPStatus.OK, b"ok\n")
                return
            if self.path != "/metrics":
                self._answer(HTTPStatus.NOT_FOUND, b"/metrics or /healthz\n")
                return
            try:
                body = generate_latest(registry)
            except (OSError, HTTPException, KeyError, TypeError, ValueError) as error:
                text = f"Logstash gave no statistics: {type(error).__name__}: {error}\n"
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, text.encode())
                return
            self._answer(HTTPStatus.OK, body)

        def log_message(self, *_: object) -> None:
            """Keep requests out of the container's log."""

        def _answer(self, status: HTTPStatus, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return ThreadingHTTPServer((address, port), Handler)


def main() -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="amaie_logstash",
        description="Export Logstash's statistics.",
        epilog="Example: python -m amaie_logstash --url http://logstash:9600 --port 9104",
    )
    parser.add_argument("--url", default="http://logstash:9600", help="Logstash's API (default: %(default)s)")
    parser.add_argument("--port", type=int, default=9104, help="where to listen (default: %(default)s)")
    options = parser.parse_args()
    server(options.url, "0.0.0.0", options.port).serve_forever()  # noqa: S104 - scraped from another container
    return 0
