"""A server that answers as Elasticsearch documents it, for what the minimal distribution cannot do."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.serving import Served, listening

Answer = tuple[int, Any]
Route = Callable[[Any], Answer]
"""From the body of a request to status and body of its answer."""


def always(value: Any, status: int = 200) -> Route:
    """Return a route with one answer."""
    return lambda _: (status, value)


NOT_FOUND = always({"error": {"type": "not_found"}}, 404)


class Scripted(Served):
    """Answers by method and path, and remembers what it was asked."""

    def __init__(self, routes: dict[str, Route]) -> None:
        """Take the answers: `{"GET /path": route}`; anything else is 404."""
        self.asked: list[tuple[str, Any]] = []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(size)) if size else None
                name = f"{self.command} {self.path.partition('?')[0]}"
                scripted.asked.append((name, body))
                status, value = routes.get(name, NOT_FOUND)(body)
                self.send_response(status)
                self.send_header("X-Elastic-Product", "Elasticsearch")
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(value).encode())

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 (names of the base class)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        super().__init__(listening(Handler))
