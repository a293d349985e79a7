"""The proxy speaks the engine's own version of the API, whatever it is."""

from __future__ import annotations

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import httpx
import pytest

from amaie_exporters.containers import proxy

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("version", ["1.41", "1.44", "1.52"])
def test_the_engine_is_asked_in_its_own_version(version: str, tmp_path: Path) -> None:
    """Docker 29 refuses 1.41 and says 1.52; Debian's Docker knows nothing above 1.41."""
    asked: list[str] = []

    class Engine(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            good = self.path == "/_ping" or self.path.startswith(f"/v{version}/")
            body = b"[]" if good else json.dumps({"message": "client version is too old"}).encode()
            self.send_response(200 if good else 400)
            self.send_header("Api-Version", version)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "a socket has no address"

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    path = str(tmp_path / "docker.sock")
    with socketserver.ThreadingUnixStreamServer(path, Engine) as engine:
        engine.daemon_threads = True
        threading.Thread(target=engine.serve_forever, daemon=True).start()
        with proxy.server(path, "127.0.0.1", 0) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            answer = httpx.get(f"http://127.0.0.1:{server.server_address[1]}/containers/json")
            server.shutdown()
        engine.shutdown()
    assert (answer.status_code, answer.json()) == (200, [])
    assert asked == ["/_ping", f"/v{version}/containers/json"]
