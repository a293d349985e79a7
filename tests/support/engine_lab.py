"""An engine that answers as Docker's does when it is asked for images, so that no registry is needed."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import docker

from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

Answer = tuple[int, str]
"""A status and the message with it."""

HAD = (200, "")
SILENT = (500, 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host')
ABSENT = (404, "manifest unknown: manifest unknown")
LIMITED = (429, "toomanyrequests: You have reached your pull rate limit.")


@dataclass
class Engine:
    """A running engine.

    Attributes:
        client: For the code under test.
        answer: What it says about the registry.
        here: The images that it has itself.
        asked: The images that it asked the registry for.
        server: What listens.
    """

    client: docker.DockerClient
    server: Served
    answer: Answer = HAD
    here: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def stop(self) -> None:
        """Go away: nobody listens any longer."""
        self.server.stop()

    def reply(self, path: str) -> Answer:
        """Return what is said to the path of a request."""
        kind, _, name = path.partition("/v1.41/")[2].removesuffix("/json").partition("/")
        if kind == "images":
            return HAD if name in self.here else (404, f"No such image: {name}")
        self.asked.append(name)
        return self.answer


@contextmanager
def running() -> Iterator[Engine]:
    """Yield an engine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, message = engine.reply(self.path)
            body = json.dumps({"message": message} if message else {"Id": "sha256:1"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with Served(listening(Handler)) as server:
        client = docker.DockerClient(base_url=server.url.replace("http:", "tcp:"), version="1.41")
        engine = Engine(client, server)
        yield engine
        client.close()
