"""Who gets in, and what is kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.types import Message

from amaie_dashboard.security import COOKIE, FAILURES, LASTS, Guard, Sessions, local_path

ANY = ["GET", "POST"]


class Clock:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture(name="sessions")
def _sessions(clock: Clock) -> Sessions:
    """Return sessions whose password is known."""
    return Sessions("operator", "right", clock)


@pytest.fixture(name="guarded")
def _guarded(sessions: Sessions) -> Guard:
    """Return a guarded page."""
    site = Starlette(
        routes=[Route("/{path:path}", lambda _: PlainTextResponse("secret figures"), methods=ANY)]
    )
    return Guard(site, sessions, ("127.0.0.1",))


@pytest.fixture(name="client")
def _client(guarded: Guard) -> httpx.AsyncClient:
    """Return a client of the guarded page."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://127.0.0.1:8080")


def test_only_the_right_user_and_password_open_a_session(sessions: Sessions) -> None:
    """Every other pair gets nothing."""
    assert sessions.log_in("operator", "wrong") is None
    assert sessions.log_in("admin", "right") is None
    token = sessions.log_in("operator", "right")
    assert token is not None
    assert sessions.known(token)


def test_a_session_ends_by_itself_and_on_request(sessions: Sessions, clock: Clock) -> None:
    """After twelve hours, or when its viewer logs out."""
    first, second = sessions.log_in("operator", "right"), sessions.log_in("operator", "right")
    assert first
    assert second
    sessions.log_out(first)
    assert (sessions.known(first), sessions.known(second)) == (False, True)
    clock.now += LASTS + 1
    assert not sessions.known(second)


def test_guessing_is_slowed(sessions: Sessions, clock: Clock) -> None:
    """After five wrong passwords within a minute nobody is let in for a while."""
    for _ in range(FAILURES):
        sessions.log_in("operator", "guess")
    assert sessions.waits()
    clock.now += 61
    assert not sessions.waits()


@pytest.mark.asyncio
async def test_a_stranger_sees_the_login_page_only(client: httpx.AsyncClient) -> None:
    """A browser is sent to the login with the way back; a program is refused; health is open."""
    page = await client.get("/trading?range=6h", headers={"accept": "text/html"})

    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/trading%3Frange%3D6h")
    assert (await client.get("/trading")).status_code == 401
    assert (await client.get("/healthz")).text == "secret figures"


@pytest.mark.asyncio
async def test_an_open_session_passes_with_headers_that_guard_the_page(
    client: httpx.AsyncClient, sessions: Sessions
) -> None:
    """The page may not be framed, nor load anything from elsewhere."""
    client.cookies.set(COOKIE, str(sessions.log_in("operator", "right")))
    page = await client.get("/trading")

    assert page.text == "secret figures"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.asyncio
async def test_another_host_name_is_refused(client: httpx.AsyncClient, sessions: Sessions) -> None:
    """A name that points to 127.0.0.1 (DNS rebinding) reaches nothing."""
    client.cookies.set(COOKIE, str(sessions.log_in("operator", "right")))

    assert (await client.get("/", headers={"host": "evil.example:8080"})).status_code == 421


@pytest.mark.asyncio
async def test_another_site_may_not_ask(client: httpx.AsyncClient, sessions: Sessions) -> None:
    """A request that another origin started is refused even with the cookie."""
    client.cookies.set(COOKIE, str(sessions.log_in("operator", "right")))

    assert (await client.post("/", headers={"origin": "http://evil.example"})).status_code == 403
    assert (await client.post("/", headers={"origin": "http://127.0.0.1:8080"})).status_code == 200


@pytest.mark.asyncio
async def test_a_websocket_without_a_session_is_closed(guarded: Guard) -> None:
    """The live connection is guarded as the pages are."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1:8080")]
    scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io/", "query_string": b"", "headers": headers}
    await guarded(scope, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    "text", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/a\nb"]
)
def test_the_login_leads_nowhere_else(text: str) -> None:
    """Only a path of this site is followed."""
    assert local_path(text) == "/"


def test_the_login_leads_back_to_a_path_of_this_site() -> None:
    """With its query."""
    assert local_path("/logs?level=ERROR") == "/logs?level=ERROR"
