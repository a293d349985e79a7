"""The launcher's live dashboard: builds the site and serves it.

Run it with `python -m amaie_dashboard`; `settings.py` says what it reads from the environment.
"""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import httpx
from nicegui import app, ui
from starlette.responses import PlainTextResponse

from amaie_dashboard import login, routes, security, settings
from amaie_dashboard.catalogue import catalogue
from amaie_dashboard.hub import Hub
from amaie_dashboard.live import Site
from amaie_dashboard.sources import Alertmanager, Elasticsearch, Inbox, Prometheus

if TYPE_CHECKING:
    from amaie_dashboard.settings import Settings

FAVICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#0b63a8"/>'
    '<path d="M5 21l6-8 5 5 6-11 5 9" fill="none" stroke="#fff" stroke-width="3"/></svg>'
)
CERTIFICATE, KEY = "dashboard_certificate.pem", "dashboard_key.pem"


def build(given: Settings) -> Hub:
    """Add every page to NiceGUI's application, guarded; return the hub that feeds them.

    Raises:
        SettingsError: A secret file is missing or empty.
    """
    known = catalogue()
    sessions = security.Sessions(settings.USER, given.secret("dashboard_password"))
    reader = given.secret("es_amaie_reader_password")
    signed = httpx.BasicAuth(settings.MONITORING, given.secret("monitoring_dashboard_password"))
    client = httpx.AsyncClient(trust_env=False, verify=given.trusted())
    elasticsearch = Elasticsearch(client, given.elasticsearch, known.logs, settings.READER, reader)
    hub = Hub(
        known,
        Prometheus(client, given.prometheus, signed),
        Alertmanager(client, given.alertmanager, signed),
        elasticsearch,
        Inbox(client, given.inbox) if given.inbox else None,
        given.refresh,
    )
    app.add_middleware(security.Guard, sessions=sessions, hosts=given.hosts)
    app.add_static_files("/static", str(files("amaie_dashboard").joinpath("static")), max_cache_age=300)

    @app.get("/healthz")
    def healthy() -> PlainTextResponse:
        return PlainTextResponse("ok")

    login.add(sessions)
    routes.add(Site(given, known, hub), elasticsearch)
    app.on_startup(hub.start)
    app.on_shutdown(hub.stop)
    app.on_shutdown(client.aclose)
    return hub


def main() -> int:
    """Serve until told to stop; return 1 if the configuration is wrong."""
    try:
        given = settings.read(os.environ)
        for name in (CERTIFICATE, KEY):
            given.secret(name)
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
        ssl_certfile=str(given.secrets / CERTIFICATE),
        ssl_keyfile=str(given.secrets / KEY),
    )
    return 0
