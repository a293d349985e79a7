"""A small server in front of the real Elasticsearch that answers badly when it is told to."""

from __future__ import annotations

import socket
from collections import deque
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx

    from support.containers import Elasticsearch

BUSY = b'{"error":{"type":"es_rejected_execution_exception"},"status":429}'


class Front(Served):
    """Forwards requests; the bulk requests first suffer the faults given, one each.

    Faults: a status such as "429" or "503" (not forwarded), "busy items" (429 for every document, not
    forwarded), "cut" (forwarded, but the answer breaks off in the middle), "reset" (closed before anything).
    """

    def __init__(self, target: Elasticsearch, faults: Iterable[str] = ()) -> None:
        """Take the real server; this one speaks no TLS, as its address says."""
        self.faults = deque(faults)
        self.bulks: list[int] = []
        self._client = target.client
        super().__init__(listening(_handler(self)))

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """Return the real server's answer."""
        return self._client.request(method, path, headers=headers, content=body)


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:  # noqa: C901 (one class)
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault = ""
            if "_bulk" in self.path:
                front.bulks.append(body.count(b"\n") // 2)
                fault = front.faults.popleft() if front.faults else ""
            if fault.isdigit():
                self.answer(int(fault), BUSY)
            elif fault == "busy items":
                item = b'{"create":{"status":429,"error":{"type":"es_rejected_execution_exception"}}}'
                items = b",".join([item] * ((body.count(b"\n") + 1) // 2))
                self.answer(200, b'{"errors":true,"items":[%b]}' % items)
            elif fault == "reset":
                self.cut()
            else:
                self.pass_on(body, cut=fault == "cut")

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 (names of the base class)

        def pass_on(self, body: bytes, *, cut: bool) -> None:
            names = ("authorization", "content-type", "accept")
            headers = {name: value for name, value in self.headers.items() if name.lower() in names}
            response = front.forward(self.command, self.path, headers, body)
            self.answer(
                response.status_code, response.content, cut=cut, kind=response.headers["content-type"]
            )

        def answer(
            self, status: int, body: bytes, *, cut: bool = False, kind: str = "application/json"
        ) -> None:
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            if cut:
                self.wfile.flush()
                self.cut()

        def cut(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler
