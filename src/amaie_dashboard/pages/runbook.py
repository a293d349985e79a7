"""A runbook page: the generated Markdown as a readable page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import markdown2
from nicegui import ui

from amaie_dashboard.live import frame

if TYPE_CHECKING:
    from starlette.requests import Request

    from amaie_dashboard.live import Site


def text(site: Site, name: str) -> str | None:
    """Return the Markdown of an alert's runbook, or None when there is none of that name."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
        return None
    path = site.settings.runbooks / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def build(site: Site, request: Request, name: str, content: str) -> None:
    """Build the page of one runbook."""
    frame(site, request, name).follow()
    page = markdown2.markdown(content, safe_mode="escape", extras=["fenced-code-blocks", "tables"])
    with ui.element("div").classes("page"):
        ui.html(page, sanitize=False, tag="article").classes("card prose")
