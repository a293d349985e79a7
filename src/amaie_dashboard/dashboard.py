"""The launcher's live dashboard: builds the site and serves it.

Run it with `python -m amaie_dashboard`; `settings.py` says what it reads from the environment.
"""

from __future__ import annotations

import html
import os
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

import httpx
from nicegui import app, ui
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from amaie_dashboard import security, settings
from amaie_dashboard.catalogue import catalogue
from amaie_dashboard.hub import Hub
from amaie_dashboard.live import Site
from amaie_dashboard.pages import family, inbox, logs, overview, runbook
from amaie_dashboard.sources import Alertmanager, Elasticsearch, Inbox, Prometheus

if TYPE_CHECKING:
    from fastapi import Request, Response

    from amaie_dashboard.settings import Settings

FAVICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b63a8"/>'
    '<path d="M5 21l6-8 5 5 6-11 5 9" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'
)
LOGIN: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in · AMAIE</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/static/style.css">
<body class="body--{theme}"><main class="card login"><h1>AMAIE</h1><form method="post" action="/login">
<input type="hidden" name="next" value="{next}"><p class="wrong" role="alert">{wrong}</p>
<label>User<input name="user" value="{user}" autocomplete="username" required></label>
<label>Password<input name="password" type="password" autocomplete="current-password" autofocus required></label>
<button>Log in</button></form></main></body></html>"""
_LONGEST_FORM: Final = 10_000  # bytes


def _login_page(request: Request, wrong: str = "", status: int = 200, following: str = "/") -> HTMLResponse:
    theme = "dark" if request.cookies.get("amaie_theme") == "dark" else "light"
    page = LOGIN.format(
        theme=theme, next=html.escape(following), wrong=html.escape(wrong), user=settings.USER
    )
    return HTMLResponse(page, status, headers={"cache-control": "no-store"})


def _add_login(sessions: security.Sessions) -> None:
    @app.get("/login")
    def show(request: Request) -> Response:
        return _login_page(request, following=security.local_path(request.query_params.get("next", "/")))

    @app.post("/login")
    async def log_in(request: Request) -> Response:
        if sessions.waits():
            return _login_page(request, "Too many wrong passwords: wait a minute.", 429)
        body = (await request.body())[:_LONGEST_FORM]
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        following = security.local_path(form.get("next", "/"))
        token = sessions.log_in(form.get("user", ""), form.get("password", ""))
        if token is None:
            return _login_page(request, "User or password is wrong.", 401, following)
        answer = RedirectResponse(following, 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(
            security.COOKIE, token, security.LASTS, httponly=True, samesite="lax", secure=secure
        )
        return answer

    @app.post("/logout")
    def log_out(request: Request) -> Response:
        sessions.log_out(security.token(request.headers))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(security.COOKIE)
        return answer


def _add_pages(site: Site, elasticsearch: Elasticsearch) -> None:
    @ui.page("/")
    async def show_overview(request: Request) -> None:
        await overview.build(site, request)

    for each in site.catalogue.families:

        async def show_family(request: Request, each=each) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
            panels = site.catalogue.of_family(each.name)
            await family.build(site, request, each.title, each.description, panels)

        ui.page(f"/{each.name}")(show_family)

    @ui.page("/kpis/{name}")
    async def show_kpi(request: Request, name: str) -> Response | None:
        panel = site.catalogue.panel(name)
        if panel is None:
            return PlainTextResponse("The spec has no such KPI.", 404)
        await family.build(site, request, panel.title, panel.description, (panel,))
        return None

    @ui.page("/logs")
    async def show_logs(request: Request) -> None:
        await logs.build(site, request)

    @ui.page("/logs/story")
    async def show_story(request: Request) -> None:
        await logs.story(site, request, elasticsearch)

    @ui.page("/runbooks/{name}")
    def show_runbook(request: Request, name: str) -> Response | None:
        content = runbook.text(site, name)
        if content is None:
            return PlainTextResponse("There is no runbook of this name.", 404)
        runbook.build(site, request, name, content)
        return None

    if site.settings.inbox:

        @ui.page("/inbox")
        async def show_inbox(request: Request) -> None:
            await inbox.build(site, request)


def build(given: Settings) -> Hub:
    """Add every page to NiceGUI's application, guarded; return the hub that feeds them.

    Raises:
        SettingsError: A secret file is missing or empty.
    """
    known = catalogue()
    sessions = security.Sessions(settings.USER, given.secret("dashboard_password"))
    reader = given.secret("es_amaie_reader_password")
    client = httpx.AsyncClient(trust_env=False)
    elasticsearch = Elasticsearch(client, given.elasticsearch, known.logs, settings.READER, reader)
    hub = Hub(
        known,
        Prometheus(client, given.prometheus),
        Alertmanager(client, given.alertmanager),
        elasticsearch,
        Inbox(client, given.inbox) if given.inbox else None,
    )
    app.add_middleware(security.Guard, sessions=sessions, hosts=given.hosts)
    app.add_static_files("/static", str(files("amaie_dashboard").joinpath("static")), max_cache_age=300)

    @app.get("/healthz")
    def healthy() -> Response:
        return PlainTextResponse("ok")

    _add_login(sessions)
    _add_pages(Site(given, known, hub), elasticsearch)
    app.on_startup(hub.start)
    app.on_shutdown(hub.stop)
    app.on_shutdown(client.aclose)
    return hub


def main() -> int:
    """Serve until told to stop; return 1 if the configuration is wrong."""
    try:
        given = settings.read(os.environ)
        build(given)
    except settings.SettingsError as error:
        print(f"amaie_dashboard: {error}", file=sys.stderr)  # noqa: T201 (before logging is set up)
        return 1
    ui.run(
        host=given.host,
        port=given.port,
        title="AMAIE",
        favicon=FAVICON,
        dark=None,
        tailwind=False,
        reload=False,
        show=False,
        show_welcome_message=False,
        reconnect_timeout=10.0,
        binding_refresh_interval=None,
        server_header=False,
    )
    return 0
