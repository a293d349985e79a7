"""The import of Kibana's saved objects, against a server that answers as Kibana documents it.

Kibana itself comes only as an official image; tests/integration/official imports into it where it can be had.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from amaie_ingest import kibana_setup, options
from amaie_ingest.__main__ import main
from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AVAILABLE = {"status": {"overall": {"level": "available"}}}


class Kibana(Served):
    """Answers `/api/status` and the import; remembers what it was sent."""

    def __init__(self) -> None:
        """Be available and take everything."""
        self.status: object = AVAILABLE
        self.answer: tuple[int, object] = (200, {"success": True, "successCount": 11})
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        kibana = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(200, kibana.status)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kibana.requests.append((self.path, dict(self.headers.items()), body))
                self._reply(*kibana.answer)

            def _reply(self, status: int, value: object) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(value).encode())

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        super().__init__(listening(Handler))


@pytest.fixture
def kibana() -> Iterator[Kibana]:
    """Yield a running server."""
    with Kibana() as running:
        yield running


@pytest.fixture
def arguments(kibana: Kibana, tmp_path: Path) -> list[str]:
    """Return the arguments for that server."""
    secret = tmp_path / "password"
    secret.write_text("a-password\n")
    return ["kibana-setup", "--url", kibana.url, "--password-file", str(secret), "--wait", "0"]


def test_all_objects_are_imported_over_what_is_there(
    kibana: Kibana, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One request, with Kibana's header against forged requests, and every generated object in it."""
    assert main(arguments) == 0
    ((path, headers, body),) = kibana.requests
    assert path == "/api/saved_objects/_import?overwrite=true"
    assert headers["kbn-xsrf"] == "amaie"
    assert (options.HOME / options.OBJECTS).read_bytes() in body
    assert capsys.readouterr().out == "11 saved objects are in Kibana\n"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((403, {}), "Kibana at {url} does not let amaie_operator import; check {secret} and its roles"),
        (
            (
                200,
                {
                    "success": False,
                    "errors": [{"id": "amaie-levels", "error": {"type": "missing_references"}}],
                },
            ),
            "Kibana refuses amaie-levels (missing_references); run make generate",
        ),
        (
            (500, {"message": "An internal server error occurred."}),
            (
                "Kibana at {url} answered 500 to the import; its log says why: "
                "it is not ready, or a migration of its own failed on one of the objects"
            ),
        ),
        ((400, {"message": "Bad Request"}), "Kibana refuses the objects (Bad Request); run make generate"),
    ],
)
def test_a_refusal_is_said_in_one_sentence(
    kibana: Kibana,
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
    answer: tuple[int, object],
    message: str,
) -> None:
    """With exit code 2 and the cure."""
    kibana.answer = answer
    assert main(arguments) == 2
    expected = message.format(url=kibana.url, secret=arguments[4])
    assert capsys.readouterr().err == f"kibana-setup: {expected}\n"


def test_a_kibana_that_does_not_become_available_is_said(
    kibana: Kibana, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time that was given."""
    monkeypatch.setattr(kibana_setup, "POLL_SECONDS", 0.01)
    kibana.status = {"status": {"overall": {"level": "unavailable"}}}
    assert main(arguments) == 2
    message = f"Kibana at {kibana.url} is not available (it answered 200); look at its log"
    assert capsys.readouterr().err == f"kibana-setup: {message}\n"


def test_a_degraded_kibana_serves(kibana: Kibana, arguments: list[str]) -> None:
    """One plugin of many lacks something, perhaps for good: waiting for more would wait for ever."""
    kibana.status = {"status": {"overall": {"level": "degraded", "summary": "one service is degraded"}}}
    assert main(arguments) == 0
