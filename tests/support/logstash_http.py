"""Logstash's http input, as its source has it answer, for what hands it lines.

After logstash-input-http 4 (`MessageProcessor`, `http.rb`, `RejectWhenBlockedInboundHandler`): who is not
signed in gets 401; a body is decoded as UTF-8 and cut at line feeds, and 200 comes when the queue holds every
line, 500 if it failed in the middle; while it is blocked it answers 429.
"""

from __future__ import annotations

import base64
from collections import deque
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSWORD = "a-password"  # noqa: S105 - nobody else's
SIGNED = "Basic " + base64.b64encode(f"amaie:{PASSWORD}".encode()).decode()


class HttpInput(Served):
    """Keeps the messages that it took, in their order.

    Faults, one a request: a status such as "429" (nothing is taken), "half" (500 after half of the lines),
    "cut" (all are taken, and the answer is lost), "reset" (nothing is taken, nor answered).
    """

    def __init__(self, faults: Iterable[str] = ()) -> None:
        """Listen on a free port."""
        self.faults = deque(faults)
        self.messages: list[str] = []
        super().__init__(listening(_handler(self)))

    def take(self, body: bytes) -> int:
        """Take the lines of a request; return the status, or 0 for no answer."""
        fault = self.faults.popleft() if self.faults else ""
        lines = [line for line in body.decode("utf-8", errors="replace").split("\n") if line]
        taken = {"": lines, "cut": lines, "half": lines[: len(lines) // 2]}.get(fault, [])
        self.messages += taken
        return {"": 200, "half": 500}.get(fault, int(fault) if fault.isdigit() else 0)


def _handler(door: HttpInput) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = door.take(body) if self.headers["Authorization"] == SIGNED else 401
            if status:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler
