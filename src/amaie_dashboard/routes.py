"""Which address shows which page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response  # noqa: TC002 (FastAPI reads the annotations at run time)
from nicegui import ui
from starlette.responses import PlainTextResponse

from amaie_dashboard.pages import family, inbox, logs, overview, runbook

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Family
    from amaie_dashboard.live import Site
    from amaie_dashboard.sources import Elasticsearch


def add(site: Site, elasticsearch: Elasticsearch) -> None:
    """Add every page to NiceGUI's application."""

    @ui.page("/")
    async def show_overview(request: Request) -> None:
        await overview.build(site, request)

    for each in site.catalogue.families:
        _add_family(site, each)
    _add_kpi(site)
    _add_logs(site, elasticsearch)
    _add_runbooks(site)
    if site.settings.inbox:

        @ui.page("/inbox")
        async def show_inbox(request: Request) -> None:
            await inbox.build(site, request)


def _add_family(site: Site, each: Family) -> None:
    @ui.page(f"/{each.name}")
    async def show_family(request: Request) -> None:
        panels = site.catalogue.of_family(each.name)
        await family.build(site, request, each.title, each.description, panels)


def _add_kpi(site: Site) -> None:
    @ui.page("/kpis/{name}")
    async def show_kpi(request: Request, name: str) -> Response | None:
        panel = site.catalogue.panel(name)
        if panel is None:
            return PlainTextResponse("The spec has no such KPI.", 404)
        await family.build(site, request, panel.title, panel.description, (panel,))
        return None


def _add_logs(site: Site, elasticsearch: Elasticsearch) -> None:
    @ui.page("/logs")
    async def show_logs(request: Request) -> None:
        await logs.build(site, request)

    @ui.page("/logs/story", response_timeout=15)
    async def show_story(request: Request) -> None:
        await logs.story(site, request, elasticsearch)


def _add_runbooks(site: Site) -> None:
    @ui.page("/runbooks/{name}")
    def show_runbook(request: Request, name: str) -> Response | None:
        content = runbook.text(site, name)
        if content is None:
            return PlainTextResponse("There is no runbook of this name.", 404)
        runbook.build(site, request, name, content)
        return None
