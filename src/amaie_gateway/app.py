"""What the gateway lets through: log records for Elasticsearch, series for Prometheus.

It keeps nothing: an answer of the server behind it is the sender's answer, so what is acknowledged is stored.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from prometheus_client import CollectorRegistry, Counter
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request

USER = "agent"
"""Who signs in: every machine that sends."""
MOST_BYTES = 32 * 2**20
"""The largest request; the shipper sends 8 MiB and a line at most, Prometheus far less."""
SECONDS = 60.0
KEPT = ("accept", "content-type", "content-encoding", "user-agent", "x-prometheus-remote-write-version")
"""Headers of a request that the server behind needs."""
ANSWERED = ("content-type", "x-elastic-product", "retry-after")
"""Headers of its answer that the sender needs; the Elasticsearch client asks for the product's name."""
CONFLICT = b'"status":409'
"""How the answer to a bulk request, which has no spaces, says that a document is there already."""
METRICS = CollectorRegistry()
REQUESTS = Counter(
    "amaie_gateway_requests", "Requests of other machines.", ["path", "code"], registry=METRICS
)
CONFLICTS = Counter("amaie_ingest_conflicts", "Log records that were there already.", registry=METRICS)


@dataclass(frozen=True)
class Upstream:
    """A server behind the gateway.

    Attributes:
        url: Where it takes what is sent.
        methods: The methods that it is asked by.
        query: The parameters that are handed on.
        auth: User and password, if it asks for them.
    """

    url: str
    methods: tuple[str, ...] = ("POST",)
    query: tuple[str, ...] = ()
    auth: tuple[str, str] | None = None


def create(upstreams: Mapping[str, Upstream], password: str, client: httpx.AsyncClient) -> Starlette:
    """Return the application.

    Args:
        upstreams: What stands behind each path; no other path is answered.
        password: The password of `USER`.
        client: Asks the servers behind; it is closed with the application.
    """

    async def taken(request: Request) -> Response:
        answer = await _taken(request, upstreams[request.url.path], password, client)
        REQUESTS.labels(request.url.path, str(answer.status_code)).inc()
        return answer

    @contextlib.asynccontextmanager
    async def closing(_app: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    routes = [Route(path, taken, methods=list(one.methods)) for path, one in upstreams.items()]
    application = Starlette(routes=routes, lifespan=closing)
    application.router.redirect_slashes = False
    return application


async def _taken(request: Request, upstream: Upstream, password: str, client: httpx.AsyncClient) -> Response:
    if not signed_in(request.headers.get("authorization", ""), password):
        said = {"error": f"sign in as {USER} with the password of compose/secrets/gateway_password"}
        return JSONResponse(said, 401, {"WWW-Authenticate": 'Basic realm="amaie"'})
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return JSONResponse({"error": f"a request has at most {MOST_BYTES} bytes; send less"}, 413)
    query = {name: value for name, value in request.query_params.items() if name in upstream.query}
    headers = {name: value for name, value in request.headers.items() if name in KEPT}
    try:
        answer = await client.request(
            request.method,
            upstream.url,
            content=bytes(body),
            params=query,
            headers=headers,
            auth=upstream.auth,
            timeout=SECONDS,
        )
    except httpx.HTTPError as error:
        said = {
            "error": f"the server behind the gateway does not answer ({type(error).__name__}); send again"
        }
        return JSONResponse(said, 503)
    CONFLICTS.inc(answer.content.count(CONFLICT))
    kept = {name: value for name, value in answer.headers.items() if name in ANSWERED}
    return Response(answer.content, answer.status_code, kept)


def signed_in(header: str, password: str) -> bool:
    """Return whether a header `Authorization` names the user and the password (RFC 7617)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, f"{USER}:{password}".encode())
