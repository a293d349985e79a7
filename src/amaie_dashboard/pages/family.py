"""A family's page: every KPI with its value now and its course, bounds drawn, filtered and zoomed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from amaie_dashboard import charts, fragments
from amaie_dashboard.hub import DEFAULT_RANGE, RANGES
from amaie_dashboard.live import frame
from amaie_dashboard.pages import accounts, in_force, shares
from amaie_dashboard.pages.common import stale

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from amaie_dashboard.catalogue import Panel
    from amaie_dashboard.live import Live, Site

FILTERS: Final = ("service", "account", "currency", "strategy", "symbol", "exchange", "model")


class View:
    """What one viewer has chosen: the time range and the value of each filter."""

    def __init__(self, site: Site, request: Request) -> None:
        """Read the choice from the address; what it may not be is ignored."""
        wanted = request.query_params.get("range", DEFAULT_RANGE)
        self.range = wanted if wanted in RANGES else DEFAULT_RANGE
        self.filters = {name: request.query_params.get(name, "")[:200] for name in FILTERS}
        self._hub = site.hub
        self._hub.want(self.range)

    async def zoom(self, name: str) -> None:
        """Change the time range."""
        self._hub.want(name)
        self._hub.unwant(self.range)
        self.range = name
        await self._hub.course(name)

    def leave(self) -> None:
        """Forget the viewer."""
        self._hub.unwant(self.range)

    def address(self, path: str) -> str:
        """Return the address that shows this choice again."""
        return self.choosing(path)({})

    def choosing(self, path: str) -> Callable[[dict[str, str]], str]:
        """Return what makes the address that shows this choice with other filters."""

        def address(labels: dict[str, str]) -> str:
            chosen = {**self.filters, **labels}
            given = {"range": self.range, **{name: value for name, value in chosen.items() if value}}
            return f"{path}?{urlencode(given)}"

        return address

    def version(self) -> tuple[Any, ...]:
        """Return what must change for a chart to be drawn anew."""
        course = self._hub.courses.get(self.range)
        return (self.range, *self.filters.values(), course.fetched if course else 0)


def _card(live: Live, view: View, panel: Panel) -> None:
    hub = live.site.hub

    def now() -> Markup:
        samples = hub.values.get(panel.series, ())
        kept = [sample for sample in samples if charts.matches(sample.labels, view.filters)]
        return fragments.values(hub, panel, kept)

    with ui.element("section").classes("card panel").props(f'id="{panel.name}"'):
        head = Markup('<header><h2><a href="{0}" title="{2}">{1}</a></h2></header>')
        ui.html(str(head.format(panel.path, panel.title, panel.description)), sanitize=False)
        live.region(stale(live.site, "Prometheus", now), classes="now")
        live.chart(
            lambda: charts.options(
                panel, hub.courses.get(view.range), view.filters, hub.step(view.range), hub.limits
            ),
            view.version,
            f"{panel.title}: {panel.description}",
        )


def _ranges(live: Live, view: View, path: str) -> None:
    buttons: dict[str, ui.element] = {}

    async def zoom(name: str) -> None:
        await view.zoom(name)
        for each, button in buttons.items():
            button.props(f'aria-pressed="{str(each == name).lower()}"')
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(view.address(path))})")
        live.refresh()

    with ui.element("div").classes("group").props('role="group" aria-label="Time range"'):
        for name in RANGES:
            pressed = str(name == view.range).lower()
            with ui.element("button").props(f'type="button" aria-pressed="{pressed}"') as button:
                ui.html(name, sanitize=False, tag="span")
            button.on("click", lambda _, name=name: zoom(name))
            buttons[name] = button


def _filters(live: Live, view: View, panels: tuple[Panel, ...], path: str) -> None:
    """Offer a choice for every label that has more than one value now."""
    hub = live.site.hub
    for label in FILTERS:
        samples = (sample for panel in panels for sample in hub.values.get(panel.series, ()))
        values = sorted({sample.labels[label] for sample in samples if sample.labels.get(label)})
        if len(values) < 2 and not view.filters[label]:  # noqa: PLR2004
            continue

        def choose(event: Any, label: str = label) -> None:
            view.filters[label] = str(event.args or "")
            ui.run_javascript(f"history.replaceState(null, '', {json.dumps(view.address(path))})")
            live.refresh()

        options = fragments.join(
            Markup('<option value="{0}"{1}>{0}</option>').format(
                value, Markup(" selected") if value == view.filters[label] else ""
            )
            for value in values
        )
        content = Markup('<option value="">every {0}</option>{1}').format(label, options)
        picker = ui.html(str(content), sanitize=False, tag="select").props(f'aria-label="{label}"')
        picker.on("change", choose, js_handler="event => emit(event.target.value)")


def _accounts(live: Live, view: View, path: str) -> None:
    """Show accounts, strategies, symbols first, a click chooses whose curves follow; limits stand below."""
    asked = live.site.hub, live.site.catalogue, view.filters, view.choosing(path)
    live.region(
        stale(live.site, "Prometheus", lambda: accounts.table(*asked) + shares.both(*asked)),
    )
    live.region(
        stale(
            live.site,
            "Prometheus",
            lambda: in_force.table(live.site.hub, live.site.catalogue, view.filters),
        )
    )


async def build(site: Site, request: Request, title: str, why: str, panels: tuple[Panel, ...]) -> None:
    """Build a page of panels for one viewer."""
    view = View(site, request)
    ui.context.client.on_delete(view.leave)
    await site.hub.course(view.range)
    live = frame(site, request, title)
    path = request.url.path
    with ui.element("div").classes("page"):
        with ui.element("div").classes("bar"):
            head = Markup('<h1>{0} <span class="why">{1}</span></h1>').format(title, why)
            ui.html(str(head), sanitize=False).style("margin-right: auto")
            _filters(live, view, panels, path)
            _ranges(live, view, path)
        if {panel.name for panel in panels} & {panel.name for panel in site.catalogue.money}:
            _accounts(live, view, path)
        with ui.element("div").classes("grid"):
            for panel in panels:
                _card(live, view, panel)
    live.follow()
