"""The small web server of a service: `/metrics` for Prometheus, `/healthz` for the container engine."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from amaie_telemetry import state
from amaie_telemetry.exposition import OPENMETRICS, TEXT, exposition
from amaie_telemetry.selection import of_service

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client.registry import Collector

    from amaie_telemetry.families import Family

    Families = tuple[Family[Any], ...]

PLAIN = "text/plain; charset=utf-8"
_standard: Callable[[Collector], bytes] = openmetrics.generate_latest


class MetricsServer:
    """A running server; `close()` frees its port."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        """Serve from a thread of its own."""
        self._server = server
        self.port: int = server.server_address[1]
        self._thread = threading.Thread(target=server.serve_forever, name="amaie-metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def start_metrics_server(
    port: int,
    *,
    address: str = "0.0.0.0",  # noqa: S104 (Prometheus scrapes from another container)
    service: str | None = None,
    healthy: Callable[[], bool] = lambda: True,
) -> MetricsServer:
    """Serve the metrics that the spec gives this service at `/metrics`, and its health at `/healthz`.

    Args:
        port: Port to listen at; 0 takes any free one (see `MetricsServer.port`).
        address: Address to listen at.
        service: Name of the service in the spec; that of `configure_logging` if left out.
        healthy: Answers whether the service can do its work; `/healthz` gives 503 when it says no or raises.

    Raises:
        MetricError: No service is known, or the spec gives it no metric.
        OSError: The port is taken.
    """
    families = of_service(service or state.service())
    for family in families:
        family.start()
    server = ThreadingHTTPServer((address, port), _handler(families, healthy))
    server.daemon_threads = True
    return MetricsServer(server)


def _metrics(families: Families, accept: str) -> tuple[str, bytes]:
    """Return content type and text, in OpenMetrics where it is asked for: it has exemplars."""
    state.publish()
    if "application/openmetrics-text" in accept:
        return OPENMETRICS, exposition(families, openmetrics=True) + _standard(REGISTRY)
    return TEXT, exposition(families) + generate_latest(REGISTRY)


def _handler(families: Families, healthy: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(HTTPStatus.OK, *_metrics(families, self.headers.get("Accept", "")))
            elif path == "/healthz":
                good = _says_yes(healthy)
                status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
                self._answer(status, PLAIN, b"ok\n" if good else b"not healthy\n")
            else:
                self._answer(HTTPStatus.NOT_FOUND, PLAIN, b"/metrics or /healthz\n")

        def log_message(self, *_: object) -> None:
            """Keep requests out of the service's own output."""

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _says_yes(healthy: Callable[[], bool]) -> bool:
    try:
        return healthy()
    except Exception:  # noqa: BLE001 (a health check that fails is a no)
        return False
