"""Small HTTP servers on a free port of loopback, which serve for as long as a `with` block runs."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

POLL_SECONDS = 0.01
"""After so long a server notices that it shall stop."""


def listening(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """Return a server that listens on a free port and does not serve yet."""
    return ThreadingHTTPServer(("127.0.0.1", 0), handler)


class Served:
    """A server that listens already, and its address."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        """Take the server."""
        self._server = server
        self.url = f"http://127.0.0.1:{server.server_address[1]}"

    def __enter__(self) -> Self:
        """Start to serve."""
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving, and answer no longer."""
        self.stop()

    def stop(self) -> None:
        """Stop before the block ends."""
        self._server.shutdown()
        self._server.server_close()
