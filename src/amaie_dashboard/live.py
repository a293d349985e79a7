"""One viewer's page: its frame, and the parts of it that follow the hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from nicegui import ui

from amaie_dashboard import fragments

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from amaie_dashboard.catalogue import Catalogue
    from amaie_dashboard.hub import Hub
    from amaie_dashboard.settings import Settings

THEME: Final = "amaie_theme"


@dataclass(frozen=True, slots=True)
class Site:
    """What every page needs."""

    settings: Settings
    catalogue: Catalogue
    hub: Hub


class Live:
    """The regions and charts of one open page; it follows the hub until its viewer leaves."""

    def __init__(self, site: Site) -> None:
        """Prepare an empty page."""
        self.site = site
        self._updates: list[Callable[[], None]] = []

    def region(self, render: Callable[[], Markup], tag: str = "div", classes: str = "") -> ui.html:
        """Show a piece of HTML; it is sent anew only when it has changed."""
        element = ui.html(str(render()), sanitize=False, tag=tag).classes(classes)

        def update() -> None:
            content = str(render())
            if content != element.content:
                element.set_content(content)

        self._updates.append(update)
        return element

    def chart(
        self, options: Callable[[], dict[str, Any]], version: Callable[[], Any], label: str
    ) -> ui.echart:
        """Show a chart; it is drawn anew only when its *version* has changed."""
        element = (
            ui.echart(options()).classes("chart").props(f'role="img" aria-label="{Markup.escape(label)}"')
        )
        shown = [version()]

        def update() -> None:
            if version() != shown[0]:
                shown[0] = version()
                element.options.clear()
                element.options.update(options())
                element.update()

        self._updates.append(update)
        return element

    def refresh(self) -> None:
        """Bring every part up to date."""
        for update in self._updates:
            update()

    def follow(self) -> None:
        """Refresh after every refresh of the hub, until the viewer leaves."""
        ui.context.client.on_delete(self.site.hub.listen(self.refresh))


def pages(site: Site) -> list[tuple[str, str]]:
    """Return path and title of every page, in the order of the navigation."""
    families = [(f"/{family.name}", family.name.capitalize()) for family in site.catalogue.families]
    inbox = [("/inbox", "Inbox")] if site.settings.inbox else []
    return [("/", "Overview"), *families, ("/logs", "Logs"), *inbox]


def frame(site: Site, request: Request, title: str) -> Live:
    """Open a page: theme, header, navigation, the state of the sources. Content follows it."""
    wanted = request.cookies.get(THEME)
    ui.dark_mode(value={"dark": True, "light": False}.get(wanted or ""))
    ui.page_title(f"{title} · AMAIE")
    ui.add_head_html(
        '<link rel="stylesheet" href="/static/style.css"><script src="/static/amaie.js"></script>'
    )
    live = Live(site)
    with ui.element("header").classes("top"):
        links = fragments.join(
            Markup('<a href="{0}" data-key="{1}" title="key {1}"{3}>{2}</a>').format(
                path, number, name, Markup(' aria-current="page"') if path == _page(request.url.path) else ""
            )
            for number, (path, name) in enumerate(pages(site), 1)
        )
        content = Markup('<a class="brand" href="/">AMAIE</a><nav aria-label="Pages">{}</nav>').format(links)
        ui.html(str(content), sanitize=False).classes("top-left")
        with ui.element("div").classes("top-right"):
            live.region(lambda: fragments.sources(site.hub.sources.values()))
            buttons = (
                '<span class="clock" data-clock>--:--:-- UTC</span>'
                '<button type="button" onclick="amaie.theme()" aria-label="Light or dark">◐</button>'
                '<form method="post" action="/logout"><button class="out">Log out</button></form>'
            )
            ui.html(buttons, sanitize=False).classes("tools")
    return live


def _page(path: str) -> str:
    return "/" + path.strip("/").split("/")[0]
