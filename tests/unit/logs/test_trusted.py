"""A server that cannot prove who it is gets neither a password nor a line, whichever of our clients asks."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from amaie_exporters.logstash.exporter import Logstash
from amaie_ingest import forward
from amaie_ingest.bulk import Operation, Sender
from amaie_ingest.client import Login, connect
from amaie_ingest.errors import IngestError
from operate import certificates
from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAPSES = ("it has ended", "it is for another name", "somebody else has signed it")
HEARD: list[str] = []


class Heard(BaseHTTPRequestHandler):
    """Writes down whatever reaches it."""

    def do_GET(self) -> None:
        """Take a request."""
        HEARD.append(str(self.headers.get("Authorization")))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_GET  # noqa: N815 (names of the base class)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(params=LAPSES)
def login(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Login]:
    """Yield the address of a server with a certificate that is not good, and whom we trust."""
    HEARD.clear()
    ended = datetime.now(UTC) - timedelta(days=certificates.DAYS + 1)
    name = "elsewhere.example" if request.param == LAPSES[1] else "127.0.0.1"
    now = ended if request.param == LAPSES[0] else None
    certificates.ensure(tmp_path, certificates.STACK, {"server": [name]}, now)
    server = listening(Heard)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that goes is what is wanted
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server_certificate.pem", tmp_path / "server_key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    if request.param == LAPSES[2]:
        certificates.forget(tmp_path, certificates.STACK, ["server"])
        certificates.ensure_stack(tmp_path)
    (tmp_path / "password").write_text("of this test")
    with Served(server) as served:
        yield Login(served.url.replace("http:", "https:"), "somebody", tmp_path / "password")
    assert HEARD == []


def sentence(server: str, login: Login) -> str:
    """Return what is said, with the cure."""
    return (
        f"the certificate of {server} at {login.url} is not signed by {login.authority}, "
        "has ended, or is for another name; name its authority with --ca-file"
    )


def test_the_shipper_ends_with_a_sentence(login: Login) -> None:
    """Sending again would not mend it."""
    sender = Sender(connect(login), login, lambda *_: None, give_up_after=None)
    with pytest.raises(IngestError) as raised:
        sender.send([Operation("logs-amaie-default", "an-id", b"{}")])
    assert str(raised.value) == sentence("Elasticsearch", login)


def test_nothing_is_handed_to_such_a_logstash(login: Login) -> None:
    """The same for the input that takes the shipper's lines."""
    forwarder = forward.Forwarder(login, stop=threading.Event(), on_retry=print)
    with pytest.raises(IngestError) as raised:
        forwarder.send([Operation("", "an-id", b"a line")])
    assert str(raised.value) == sentence("Logstash", login)


def test_the_exporter_gives_its_password_to_nobody_else(login: Login) -> None:
    """A scrape that fails is seen as such."""
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        list(Logstash(login.url, login.password_file, login.authority).collect())
