"""The gateway lets in who signs in, hands on what is known, and nothing else."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from amaie_gateway import app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PASSWORD = "right-password"  # noqa: S105 (of this test)
NDJSON = "application/vnd.elasticsearch+x-ndjson;compatible-with=9"
LOGIN = (app.USER, PASSWORD)


class Behind:
    """Stands for the servers behind: notes what it is asked, answers what it is told."""

    def __init__(self) -> None:
        """Answer as Elasticsearch does."""
        self.asked: list[httpx.Request] = []
        product = {"X-Elastic-Product": "Elasticsearch"}
        self.answer = httpx.Response(200, json={"errors": False}, headers=product)
        self.silent = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.asked.append(request)
        if self.silent:
            raise httpx.ConnectError("refused")
        return self.answer


@pytest.fixture
def behind() -> Behind:
    """Return the servers behind the gateway."""
    return Behind()


class Sender:
    """Another machine: sends one request at a time to a gateway in front of both servers."""

    def __init__(self, behind: Behind) -> None:
        """Set the gateway up."""
        bulk = app.Upstream("http://es:9200/_bulk", ("POST", "PUT"), ("filter_path",), ("writer", "its"))
        write = app.Upstream("http://prometheus:9090/api/v1/write")
        client = httpx.AsyncClient(transport=httpx.MockTransport(behind))
        self._app = app.create({"/_bulk": bulk, "/api/v1/write": write}, PASSWORD, client)

    def __call__(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Return the answer to a request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="https://stack.example") as client:
                return await client.request(method, path, **given)

        return asyncio.run(send())


@pytest.fixture
def gateway(behind: Behind) -> Sender:
    """Return what sends to the gateway."""
    return Sender(behind)


def test_records_that_are_there_already_are_counted(gateway: Sender, behind: Behind) -> None:
    """As in `ingest`, so that two shippers of the same files are noticed; the answer stays what it was."""
    items = [{"create": {"status": status}} for status in (201, 409, 409, 429)]
    behind.answer = httpx.Response(200, json={"errors": True, "items": items})
    before = app.METRICS.get_sample_value("amaie_ingest_conflicts_total") or 0
    answer = gateway("PUT", "/_bulk", content=b"{}", headers={"Content-Type": NDJSON}, auth=LOGIN)
    assert app.METRICS.get_sample_value("amaie_ingest_conflicts_total") == before + 2
    assert answer.json()["items"] == items


def test_records_go_to_elasticsearch_as_the_writer(gateway: Sender, behind: Behind) -> None:
    """The sender's own login stays at the gateway; of its headers and query only what is known goes on."""
    answer = gateway(
        "PUT",
        "/_bulk?filter_path=errors&refresh=true",
        content=b'{"create":{}}\n{}\n',
        headers={"Content-Type": NDJSON, "Accept": NDJSON, "X-Forwarded-For": "10.0.0.1", "Cookie": "a=b"},
        auth=LOGIN,
    )
    [asked] = behind.asked
    assert (asked.method, str(asked.url)) == ("PUT", "http://es:9200/_bulk?filter_path=errors")
    assert asked.content == b'{"create":{}}\n{}\n'
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"writer:its").decode()
    assert (asked.headers["content-type"], asked.headers["accept"]) == (NDJSON, NDJSON)
    assert not {"x-forwarded-for", "cookie"} & set(asked.headers)
    assert (answer.status_code, answer.json()) == (200, {"errors": False})
    assert answer.headers["x-elastic-product"] == "Elasticsearch"


def test_series_go_to_prometheus_as_they_are(gateway: Sender, behind: Behind) -> None:
    """Compressed, with the headers of remote write, and without a login."""
    behind.answer = httpx.Response(204)
    headers = {"Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"}
    answer = gateway("POST", "/api/v1/write", content=b"\x01\x02", headers=headers, auth=LOGIN)
    [asked] = behind.asked
    assert (str(asked.url), asked.content) == ("http://prometheus:9090/api/v1/write", b"\x01\x02")
    assert asked.headers["content-encoding"] == "snappy"
    assert "authorization" not in asked.headers
    assert answer.status_code == 204


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Bearer right-password",
        "Basic " + base64.b64encode(b"agent:").decode(),
        "Basic " + base64.b64encode(b"agent:wrong").decode(),
        "Basic " + base64.b64encode(b"agent:right-password ").decode(),
        "Basic " + base64.b64encode(b"admin:right-password").decode(),
        "Basic " + base64.b64encode(b"agent:RIGHT-PASSWORD").decode(),
        "Basic " + base64.b64encode("agent:rïght".encode("latin-1")).decode(),
    ],
)
@pytest.mark.parametrize("path", ["/_bulk", "/api/v1/write"])
def test_nobody_is_let_in_without_the_password(
    gateway: Sender, behind: Behind, header: str | None, path: str
) -> None:
    """Nothing reaches the servers behind, and the sender is told how to sign in."""
    answer = gateway("POST", path, content=b"x", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, behind.asked) == (401, [])
    assert answer.headers["www-authenticate"] == 'Basic realm="amaie"'
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/_bulk", 405),
        ("DELETE", "/_bulk", 405),
        ("PUT", "/api/v1/write", 405),
        ("GET", "/", 404),
        ("GET", "/_search", 404),
        ("POST", "/logs-amaie-default/_search", 404),
        ("DELETE", "/logs-amaie-default", 404),
        ("POST", "/_bulk/../_search", 404),
        ("POST", "/%2e%2e/_bulk", 404),
        ("POST", "/_bulk/", 404),
        ("POST", "//_bulk", 404),
        ("GET", "/api/v1/query?query=up", 404),
        ("POST", "/api/v1/admin/tsdb/delete_series", 404),
        ("POST", "/-/reload", 404),
        ("GET", "/metrics", 404),
    ],
)
def test_nothing_else_is_there(gateway: Sender, behind: Behind, method: str, path: str, code: int) -> None:
    """Not even for those who sign in."""
    answer = gateway(method, path, content=b"x", auth=LOGIN)
    assert (answer.status_code, behind.asked) == (code, [])


def test_what_the_server_behind_refuses_the_sender_hears(gateway: Sender, behind: Behind) -> None:
    """It waits and sends again, as it does without a gateway."""
    behind.answer = httpx.Response(
        429, json={"error": "busy"}, headers={"Retry-After": "3", "Set-Cookie": "a=b"}
    )
    answer = gateway("POST", "/_bulk", content=b"x", auth=LOGIN)
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (429, {"error": "busy"}, "3")
    assert "set-cookie" not in answer.headers


def test_a_server_behind_that_is_away_is_a_reason_to_send_again(gateway: Sender, behind: Behind) -> None:
    """Nothing is acknowledged that is not stored."""
    behind.silent = True
    answer = gateway("POST", "/_bulk", content=b"x", auth=LOGIN)
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("the server behind the gateway does not answer (ConnectError)")


def test_too_much_at_once_is_refused_as_soon_as_it_is_seen(
    gateway: Sender, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the length is not said before."""
    monkeypatch.setattr(app, "MOST_BYTES", 10)

    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"12345", b"67890", b"1"):
            yield piece

    answer = gateway("POST", "/_bulk", content=pieces(), auth=LOGIN)
    assert (answer.status_code, behind.asked) == (413, [])
