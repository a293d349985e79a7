"""The small web server of a service: `/metrics` for Prometheus, `/healthz` for the container engine."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from amaie_telemetry import prefork, state
from amaie_telemetry.exposition import OPENMETRICS, TEXT, exposition
from amaie_telemetry.generated.metrics import ALL
from amaie_telemetry.redact import redact_text
from amaie_telemetry.selection import of_name, of_service

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client.registry import Collector

    from amaie_telemetry.families import Family

    Families = tuple[Family[Any], ...]
    Metrics = Callable[[str], tuple[str, bytes]]

PLAIN = "text/plain; charset=utf-8"
IDLE = 10.0
"""Seconds that a client may keep silent before its connection is closed."""
LONGEST = 60.0
"""Seconds that a connection may last, however busily its client sends or takes single bytes."""
CONNECTIONS = 64
"""Connections at a time, each a thread; a further one ends the oldest, for the scraper's is young."""
_log = logging.getLogger(__name__)
_standard: Callable[[Collector], bytes] = openmetrics.generate_latest


class MetricsServer:
    """A running server; `close()` frees its port.

    Attributes:
        port: Where it listens.
    """

    def __init__(
        self,
        port: int,
        metrics: Metrics,
        *,
        address: str = "0.0.0.0",  # noqa: S104 (Prometheus scrapes from another container)
        healthy: Callable[[], bool] = lambda: True,
    ) -> None:
        """Serve from a thread of its own.

        Args:
            port: Port to listen at; 0 takes any free one.
            metrics: Gives content type and text to what a scraper accepts; `/metrics` is 503 when it raises.
            address: Address to listen at.
            healthy: Whether `/healthz` is 200; it is 503 when this says no or raises.

        Raises:
            OSError: The port is taken.
        """
        self._server = _Server((address, port), _handler(metrics, healthy))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="amaie-metrics", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until the server is closed: what a process does that only serves."""
        self._thread.join()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self._since: dict[socket.socket, float] = {}  # open connections, the oldest first
        super().__init__(address, handler)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:  # "::" means every address, those of version 4 too
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, of which there are never too many."""
        for oldest in list(self._since)[: 1 - CONNECTIONS]:
            self._end(oldest)
        self._since[request] = time.monotonic()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ends."""
        self._since.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """End what lasts too long; the server comes by here after every request, else twice a second."""
        now = time.monotonic()
        for connection in [each for each, since in list(self._since.items()) if now - since > LONGEST]:
            self._end(connection)

    def _end(self, connection: socket.socket) -> None:
        """Let the thread of a connection find it closed."""
        self._since.pop(connection, None)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """Stay quiet about a client that hangs up; anything else is one record instead of a print."""
        if not isinstance(sys.exception(), OSError):
            _log.error("A request to the metrics server failed", exc_info=True)


def start_metrics_server(
    port: int,
    *,
    address: str = "0.0.0.0",  # noqa: S104
    service: str | None = None,
    healthy: Callable[[], bool] = lambda: True,
) -> MetricsServer:
    """Serve the metrics of this service at `/metrics`, and its health at `/healthz`.

    A service that is called like a role of the spec exports what the spec gives that role, counters from zero
    on. Any service exports whatever it has set besides: one program may play two roles.

    Args:
        port: Port to listen at; 0 takes any free one (see `MetricsServer.port`).
        address: Address to listen at.
        service: Its role in the spec; the name given to `configure_logging` if left out.
        healthy: Answers whether the service can do its work; `/healthz` gives 503 when it says no or raises.

    Raises:
        MetricError: No service is known, or the spec has no such role.
        OSError: The port is taken.
    """
    families = of_service(service) if service else of_name(state.service())
    for family in families or ():
        family.start()
    return MetricsServer(port, partial(_of_families, families), address=address, healthy=healthy)


def _of_families(given: Families | None, accept: str) -> tuple[str, bytes]:
    """Return content type and text, in OpenMetrics where it is asked for: it has exemplars.

    Besides the given families, those that have a series are exported.
    """
    state.publish()
    if prefork.ON:
        return TEXT, prefork.page(given or ALL, ALL)
    mine = given or ()
    families = (*mine, *(family for family in ALL if family not in mine and family.all_series()))
    if "application/openmetrics-text" in accept:
        return OPENMETRICS, exposition(families, openmetrics=True) + _others(_standard, b"# EOF\n")
    return TEXT, exposition(families) + _others(generate_latest, b"")


def _others(text: Callable[[Any], bytes], end: bytes) -> bytes:
    """Return what else the process exports; a collector of others that fails costs none of ours."""
    try:
        return text(REGISTRY)
    except Exception as error:  # noqa: BLE001 (any library may have put one there)
        _log.warning("The metrics of other libraries are left out: %s", type(error).__name__)
        return end


def _handler(metrics: Metrics, healthy: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = IDLE

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(*_scraped(metrics, self.headers.get("Accept", "")))
            elif path == "/healthz":
                good = _says_yes(healthy)
                status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
                self._answer(status, PLAIN, b"ok\n" if good else b"not healthy\n")
            else:
                self._answer(HTTPStatus.NOT_FOUND, PLAIN, b"/metrics or /healthz\n")

        do_HEAD = do_GET  # noqa: N815 (the base class' way)

        def log_message(self, *_: object) -> None:
            """Keep requests out of the service's own output."""

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    return Handler


def _scraped(metrics: Metrics, accept: str) -> tuple[HTTPStatus, str, bytes]:
    """Return the answer to a scrape; one that fails says why, for nobody shall see old numbers."""
    try:
        return HTTPStatus.OK, *metrics(accept)
    except Exception as error:  # noqa: BLE001 (whatever it is, the server goes on)
        said = redact_text(f"no metrics: {type(error).__name__}: {error}")
        return HTTPStatus.SERVICE_UNAVAILABLE, PLAIN, f"{said}\n".encode()


def _says_yes(healthy: Callable[[], bool]) -> bool:
    try:
        return bool(healthy())
    except Exception:  # noqa: BLE001 (a health check that fails is a no)
        return False
