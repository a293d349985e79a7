"""What this machine's Docker engine makes of a registry's answers, for the decision whether to skip."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from operate import registry as answers
from operate.errors import StackError
from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.official.registry import Registry

pytestmark = pytest.mark.integration


@contextmanager
def _registry(status: int, code: str) -> Iterator[str]:
    """Yield the name of an image of a registry which gives one answer to whoever asks for an image."""
    error = json.dumps({"errors": [{"code": code, "message": "as the test wants it"}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/v2/"
            body = b"{}" if known else error
            self.send_response(200 if known else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the server's own word

        def log_message(self, *_: object) -> None:
            """Keep quiet, about the engine's attempt at TLS, too."""

    with Served(listening(Handler)) as server:
        yield f"{server.url.removeprefix('http://')}/some/image:1.0"


@pytest.mark.parametrize("code", ["MANIFEST_UNKNOWN", "NAME_UNKNOWN"])
def test_an_image_that_the_registry_does_not_have_is_absent(registry: Registry, code: str) -> None:
    """Neither its tag nor its repository."""
    with _registry(404, code) as name:
        assert answers.absence(registry.client, name) == "its registry does not have it"


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "UNAUTHORIZED"), (403, "DENIED"), (429, "TOOMANYREQUESTS"), (503, "UNAVAILABLE")],
)
def test_a_registry_that_refuses_is_an_error(registry: Registry, status: int, code: str) -> None:
    """It answers, so there is something to put right."""
    with _registry(status, code) as name, pytest.raises(StackError, match=f"^{name} cannot be asked for "):
        answers.absence(registry.client, name)


def test_a_registry_where_nobody_listens_is_silent(registry: Registry) -> None:
    """The address is right and the connection is refused."""
    with _registry(200, "") as name:
        pass
    assert answers.absence(registry.client, name) == answers.SILENT
