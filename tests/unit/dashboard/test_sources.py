"""What the sources answer, read strictly; what they should not answer, named in one sentence."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx
import pytest

from amaie_dashboard.sources import Elasticsearch, Prometheus, SourceError, label_value, selector
from support.serving import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.asyncio


class Server(ThreadingHTTPServer):
    """Answers every request with one status and body."""

    status = 200
    body = b"{}"

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    """Yield a server whose answer a test chooses."""
    server = Server(("127.0.0.1", 0), _Handler)
    with Served(server):
        yield server


def answer(*values: str) -> bytes:
    """Return an answer of Prometheus with one series per value."""
    results = [{"metric": {"n": str(number)}, "value": [100.5, value]} for number, value in enumerate(values)]
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": results}}).encode()


async def test_values_that_are_no_number_are_left_out(server: Server) -> None:
    """NaN and infinity are absent, never drawn."""
    server.body = answer("1.5", "NaN", "+Inf", "-2")
    async with httpx.AsyncClient() as client:
        samples = await Prometheus(client, server.url).now("up")

    assert [(sample.labels["n"], sample.value) for sample in samples] == [("0", 1.5), ("3", -2.0)]


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (500, b"", "Prometheus answers 500."),
        (401, b"", "Prometheus refuses the dashboard's password."),
        (200, b"<html>", "Prometheus answers something that is not its API."),
        (200, b'{"status":"error","error":"bad"}', "Prometheus refuses the query."),
    ],
)
async def test_a_bad_answer_is_one_sentence(server: Server, status: int, body: bytes, text: str) -> None:
    """Which source, and what is wrong with it; no detail of the answer, which might be anything."""
    server.status, server.body = status, body
    async with httpx.AsyncClient() as client:
        with pytest.raises(SourceError) as error:
            await Prometheus(client, server.url).now("up")

    assert str(error.value) == text


async def test_a_source_that_is_not_there_is_named() -> None:
    """A refused connection."""
    async with httpx.AsyncClient() as client:
        with pytest.raises(SourceError) as error:
            await Elasticsearch(client, "http://127.0.0.1:9", "logs", "user", "password").search({})

    assert str(error.value) == "Elasticsearch cannot be reached."


async def test_an_answer_without_hits_is_refused(server: Server) -> None:
    """JSON alone is not Elasticsearch."""
    async with httpx.AsyncClient() as client:
        with pytest.raises(SourceError) as error:
            await Elasticsearch(client, server.url, "logs", "user", "password").search({})

    assert str(error.value) == "Elasticsearch answers something that is not its API."


async def test_a_promql_value_is_quoted() -> None:
    """A quote, a backslash or a line end in a value stays inside it."""
    assert label_value('a"} or up{x="\\\n') == '"a\\"} or up{x=\\"\\\\\\n"'
    assert selector(["b:x", "a:y"]) == '{__name__=~"a:y|b:x"}'
