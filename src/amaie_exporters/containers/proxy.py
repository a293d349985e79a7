"""The only process that holds the engine's socket: it answers reading requests with what is needed, no more.

Whoever holds a Docker socket is root on the host, so mounting it read-only protects nothing. This proxy lets
through GET requests to three paths, and of an inspected container only names, limits and state: never its
environment, its mounts or its command line.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import socket
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TIMEOUT_SECONDS = 20
CONTAINER = r"[0-9a-f]{64}"

LISTED = ("Id", "Names", "Image", "State", "SizeRw")
INSPECTED = ("Id", "Name", "RestartCount")
LIMITS = ("Memory", "NanoCpus", "CpuQuota", "CpuPeriod")
STATE = ("Status", "StartedAt", "OOMKilled", "ExitCode")


def whole(body: Any) -> Any:
    """Let statistics through as they are: they carry numbers only."""
    return body


def listed(body: Any) -> Any:
    """Keep of a list of containers what names and sizes them."""
    return [{key: one.get(key) for key in LISTED} for one in body]


def inspected(body: Any) -> Any:
    """Keep of an inspected container its name, limits and state."""
    kept = {key: body.get(key) for key in INSPECTED}
    kept["State"] = {key: body["State"].get(key) for key in STATE}
    kept["HostConfig"] = {key: body["HostConfig"].get(key) or 0 for key in LIMITS}
    return kept


ALLOWED = (
    (re.compile(r"/containers/json(\?size=1)?"), listed),
    (re.compile(rf"/containers/{CONTAINER}/json"), inspected),
    (re.compile(rf"/containers/{CONTAINER}/stats\?stream=false&one-shot=true"), whole),
)
"""Every request that is answered, and what is kept of its answer."""


class SocketConnection(http.client.HTTPConnection):
    """An HTTP connection over a Unix socket."""

    def __init__(self, path: str) -> None:
        """Connect to the socket at `path` when the first request is sent."""
        super().__init__("docker", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT_SECONDS)
        self.sock.connect(self._path)


class Proxy(BaseHTTPRequestHandler):
    """Answers one request; all but a GET of an allowed path is refused before the engine hears of it."""

    engine = ""
    """The path of the engine's socket."""

    def do_GET(self) -> None:
        """Pass an allowed request on and trim its answer."""
        keep = next((keep for pattern, keep in ALLOWED if pattern.fullmatch(self.path)), None)
        if keep is None:
            self._answer(HTTPStatus.FORBIDDEN, b"this request is not on the proxy's list\n")
            return
        try:
            status, body = self._ask()
            if status == HTTPStatus.OK:
                body = json.dumps(keep(json.loads(body))).encode()
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            self._answer(HTTPStatus.BAD_GATEWAY, f"the engine did not answer: {error}\n".encode())
            return
        self._answer(status, body)

    def _refuse(self) -> None:
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, b"only GET is answered\n")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _refuse  # noqa: N815

    def _ask(self) -> tuple[int, bytes]:
        connection = SocketConnection(self.engine)
        try:
            # In the engine's own version of the API: newer engines refuse old ones, older engines new ones.
            connection.request("GET", "/_ping")
            ping = connection.getresponse()
            ping.read()
            connection.request("GET", f"/v{ping.headers['Api-Version']}{self.path}")
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status == HTTPStatus.OK else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parameter's name in http.server
        """Keep silent about answered requests; the exporter reports failed ones."""


class Server(ThreadingHTTPServer):
    """Takes as many requests at once as the exporter has threads."""

    daemon_threads = True
    request_queue_size = 64


def server(engine: str, address: str, port: int) -> Server:
    """Return a listening proxy of the socket `engine`; port 0 takes a free one."""
    handler = type("Handler", (Proxy,), {"engine": engine})
    return Server((address, port), handler)


def main() -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m amaie_exporters.containers.proxy",
        description="Answer reading requests about containers, and nothing else.",
        epilog="Example: python -m amaie_exporters.containers.proxy --port 2375",
    )
    parser.add_argument("--socket", default="/var/run/docker.sock", help="the engine's socket")
    parser.add_argument("--port", type=int, default=2375, help="where to listen (default: 2375)")
    options = parser.parse_args()
    server(options.socket, "0.0.0.0", options.port).serve_forever()  # noqa: S104 - a network of two containers
    return 0


if __name__ == "__main__":
    sys.exit(main())
