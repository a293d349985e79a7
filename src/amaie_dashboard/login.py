"""The way in and out: a plain page with a form, without NiceGUI, so that a stranger loads nothing else."""

from __future__ import annotations

import html
from typing import Final
from urllib.parse import parse_qs

from fastapi import Request, Response  # noqa: TC002 (FastAPI reads the annotations at run time)
from nicegui import app
from starlette.responses import HTMLResponse, RedirectResponse

from amaie_dashboard import security, settings

LOGIN: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in · AMAIE</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/style.css">
<body class="body--{theme}"><main class="card login"><h1>AMAIE</h1><form method="post" action="/login">
<input type="hidden" name="next" value="{next}"><p class="wrong" role="alert">{wrong}</p>
<label>User<input name="user" value="{user}" autocomplete="username" required></label>
<label>Password
<input name="password" type="password" autocomplete="current-password" autofocus required></label>
<button>Log in</button></form></main></body></html>"""
_LONGEST_FORM: Final = 10_000  # bytes


def _login_page(request: Request, wrong: str = "", status: int = 200, following: str = "/") -> HTMLResponse:
    theme = "dark" if request.cookies.get("amaie_theme") == "dark" else "light"
    page = LOGIN.format(
        theme=theme, next=html.escape(following), wrong=html.escape(wrong), user=settings.USER
    )
    return HTMLResponse(page, status, headers={"cache-control": "no-store"})


def add(sessions: security.Sessions) -> None:
    """Add /login and /logout to NiceGUI's application."""

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
