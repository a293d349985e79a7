"""Who may see the pages: one password, a session in memory, and headers that keep other sites out."""

from __future__ import annotations

import hmac
import secrets
import time
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE: Final = "amaie_session"
LASTS: Final = 12 * 3600  # seconds
OPEN_PATHS: Final = frozenset({"/healthz", "/login", "/static/style.css", "/favicon.ico"})
MOST_SESSIONS: Final = 1000
FAILURES: Final = 5  # wrong passwords within a minute, after which everybody waits
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}


class Sessions:
    """Open sessions and the password that opens one; nothing outlives the process."""

    def __init__(self, user: str, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with no session."""
        self._user, self._password, self._clock = user, password, clock
        self._ends: dict[str, float] = {}
        self._failures: list[float] = []

    def log_in(self, user: str, password: str) -> str | None:
        """Return a new session's token if user and password are right, else None."""
        right_user = hmac.compare_digest(user.encode(), self._user.encode())
        right_password = hmac.compare_digest(password.encode(), self._password.encode())
        if not (right_user and right_password):
            self._failures = [*self._failures[-FAILURES:], self._clock()]
            return None
        token = secrets.token_urlsafe(32)
        now = self._clock()
        self._ends = {known: end for known, end in self._ends.items() if end > now}
        while len(self._ends) >= MOST_SESSIONS:
            self._ends.pop(next(iter(self._ends)))
        self._ends[token] = now + LASTS
        return token

    def waits(self) -> bool:
        """Return whether so many passwords were wrong lately that none is tried now."""
        recent = [at for at in self._failures if self._clock() - at < 60]  # noqa: PLR2004
        return len(recent) >= FAILURES

    def log_out(self, token: str) -> None:
        """End a session."""
        self._ends.pop(token, None)

    def known(self, token: str) -> bool:
        """Return whether a session is open."""
        return self._ends.get(token, 0.0) > self._clock()


def token(headers: Headers) -> str:
    """Return the session's token of a request, or an empty text."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


class Guard:
    """ASGI middleware: only open paths without a session, only known hosts, only pages of our own."""

    def __init__(self, app: ASGIApp, sessions: Sessions, hosts: tuple[str, ...]) -> None:
        """Guard *app*."""
        self._app, self._sessions, self._hosts = app, sessions, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        if host not in self._hosts and scope["path"] != "/healthz":
            return PlainTextResponse("Unknown host name.", 421)
        origin = headers.get("origin")
        if origin not in {None, "null"} and urlsplit(origin or "").netloc != headers.get("host"):
            return PlainTextResponse("Another site may not ask this one.", 403)
        if scope["path"] in OPEN_PATHS or self._sessions.known(token(headers)):
            return None
        if scope["type"] == "http" and "text/html" in headers.get("accept", ""):
            query = scope["query_string"].decode("latin-1")
            wanted = scope["path"] + (f"?{query}" if query else "")
            return RedirectResponse(f"/login?next={quote(wanted)}", 303)
        return PlainTextResponse("Log in first.", 401)


def _with_headers(send: Send) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return add


def local_path(text: str) -> str:
    """Return where to go after the login: *text* if it is a path of this site, else the overview."""
    parts = urlsplit(text)
    local = (
        not parts.scheme and not parts.netloc and text.startswith("/") and not text.startswith(("//", "/\\"))
    )
    return text if local and text.isprintable() else "/"
