"""The overview: is money at risk, is anything down, what fires, what changed? One screen, read from afar."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from nicegui import ui

from amaie_dashboard import charts, fragments, text
from amaie_dashboard.hub import DEFAULT_RANGE, TROUBLE
from amaie_dashboard.live import frame
from amaie_dashboard.pages import limits
from amaie_dashboard.pages.common import stale

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from amaie_dashboard.live import Live, Site

_ORDER: Final = ("ok", "unknown", "warning", "critical")
_MARKS: Final = {**fragments.SIGNS, "unknown": "?"}
_CONNECT: Final = Markup(
    '<p class="quiet">No service is connected. On the machine of this stack, <code>make init</code> writes '
    "site.yaml, and <code>make connect NAME=btc-bot PORT=9301 LOGS=/srv/bots/logs</code> adds a service; "
    "docs/connect.md shows the four ways in.</p>"
)


def _verdict(question: str, state: str, answer: str, detail: str) -> Markup:
    return Markup(
        '<div class="card verdict {0}" role="status"><span class="mark" aria-hidden="true">{1}</span><div>'
        '<h2>{2}</h2><strong>{3}</strong><span class="detail">{4}</span></div></div>'
    ).format(state, _MARKS[state], question, answer, detail)


def _money(site: Site) -> Markup:
    hub = site.hub
    judged = [
        (panel.of(sample.labels, hub.limits).state(sample.value), panel, sample)
        for panel in limits.limited(site.catalogue)
        for sample in hub.values.get(panel.series, ())
    ]
    if not judged:
        return _verdict("Is money at risk?", "unknown", "Unknown", "no figures of the account")
    state, panel, sample = max(judged, key=lambda each: _ORDER.index(each[0]))
    answer = {"ok": "No", "warning": "Near a limit", "critical": "Yes"}[state]
    worst = f"{panel.title} {text.of_panel(panel, sample.value, sample.labels)}"
    return _verdict(
        "Is money at risk?", state, answer, "every figure within its limits" if state == "ok" else worst
    )


def _down(site: Site) -> Markup:
    samples = site.hub.values.get(site.catalogue.roles.up, ())
    if not samples:
        return _verdict("Is anything down?", "unknown", "Nothing to watch", "no service is connected")
    down = sorted(sample.labels.get("service", "?") for sample in samples if sample.value < 1)
    if down:
        return _verdict(
            "Is anything down?", "critical", ", ".join(down), f"{len(down)} of {len(samples)} services"
        )
    return _verdict("Is anything down?", "ok", "No", f"all {len(samples)} services answer")


def _firing(site: Site) -> Markup:
    hub = site.hub
    if hub.sources["Alertmanager"].answered is None:
        return _verdict("What fires now?", "unknown", "Unknown", "Alertmanager has not answered yet")
    loud = [alert for alert in hub.alerts if not alert.muted]
    if not loud:
        return _verdict("What fires now?", "ok", "Nothing", "no alert")
    critical = sum(alert.severity == "critical" for alert in loud)
    counts = f"{critical} critical, {len(loud) - critical} warning"
    return _verdict("What fires now?", "critical" if critical else "warning", loud[0].name, counts)


def _pnl(site: Site) -> Markup:
    tiles = (
        Markup('<div><span class="name">{0}</span>{1}</div>').format(
            panel.title, fragments.values(site.hub, panel, site.hub.values.get(panel.series, ()))
        )
        for panel in map(site.catalogue.of_series, site.catalogue.roles.pnl)
    )
    return Markup('<div class="money">{}</div>').format(fragments.join(tiles))


def _alerts(site: Site) -> Markup:
    if not site.hub.alerts:
        return Markup('<p class="quiet">No alert fires.</p>')
    shown = [fragments.alert(each, site.settings) for each in site.hub.alerts[:12]]
    return Markup('<ul class="alerts">{}</ul>').format(fragments.join(shown))


def _services(site: Site) -> Markup:
    uptime = {
        sample.labels.get("service"): sample
        for sample in site.hub.values.get(site.catalogue.roles.uptime, ())
    }
    rows = []
    for sample in sorted(
        site.hub.values.get(site.catalogue.roles.up, ()), key=lambda each: each.labels.get("service", "")
    ):
        name = sample.labels.get("service", "?")
        state = "ok" if sample.value >= 1 else "critical"
        since = uptime.get(name)
        up_for = f"up {text.seconds(since.value)}" if since else "down"
        row = Markup('<li>{0}<a href="/logs?service={1}">{1}</a><span class="soft">{2}</span></li>')
        rows.append(row.format(fragments.badge(state), name, up_for))
    return Markup('<ul class="services">{}</ul>').format(fragments.join(rows)) if rows else _CONNECT


def _changes(site: Site) -> Markup:
    rows = fragments.join(
        Markup(
            '<li><time title="{0}">{1}</time>'
            '<span class="{2}" aria-hidden="true">{3}</span><span>{4}</span></li>'
        ).format(
            text.moment(event.time),
            text.clock(event.time),
            event.state,
            fragments.SIGNS.get(event.state, "•"),
            event.text,
        )
        for event in site.hub.changes
    )
    return (
        Markup('<ol class="events">{}</ol>').format(rows)
        if rows
        else Markup('<p class="quiet">Nothing in two hours.</p>')
    )


def _trouble(site: Site) -> Markup:
    records = site.hub.logs.get(TROUBLE, [])[:6]
    if not records:
        return Markup('<p class="quiet">No warning, no error.</p>')
    return Markup('<ol class="logs compact">{}</ol>').format(fragments.join(map(fragments.log_row, records)))


def _card(live: Live, title: str, render: Callable[[], Markup], source: str) -> None:
    with ui.element("section").classes("card"):
        ui.html(str(Markup("<h2>{}</h2>").format(title)), sanitize=False)
        live.region(stale(live.site, source, render))


async def build(site: Site, request: Request) -> None:
    """Build the overview for one viewer."""
    await site.hub.course(DEFAULT_RANGE)
    live = frame(site, request, "Overview")
    with ui.element("div").classes("page"):
        ui.html('<h1 class="hidden">Overview</h1>', sanitize=False)
        with ui.element("div").classes("verdicts"):
            for verdict, source in ((_money, "Prometheus"), (_down, "Prometheus"), (_firing, "Alertmanager")):
                live.region(stale(site, source, partial(verdict, site), note=False))
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("stack"):
                _money_card(live)
                _card(live, "Latest warnings and errors", lambda: _trouble(site), "Elasticsearch")
            with ui.element("div").classes("stack"):
                _card(live, "Firing alerts", lambda: _alerts(site), "Alertmanager")
                _card(live, "Services", lambda: _services(site), "Prometheus")
                _card(live, "What changed", lambda: _changes(site), "Prometheus")
    live.follow()


def _money_card(live: Live) -> None:
    site = live.site
    panel = site.catalogue.of_series(site.catalogue.roles.pnl_day)
    with ui.element("section").classes("card"):
        ui.html("<h2>Money</h2>", sanitize=False)
        live.region(stale(site, "Prometheus", lambda: _pnl(site)))
        live.region(lambda: limits.nearest(site.hub, site.catalogue))
        hub = site.hub
        live.chart(
            lambda: charts.options(
                panel, hub.courses.get(DEFAULT_RANGE), {}, hub.step(DEFAULT_RANGE), hub.limits
            ),
            lambda: hub.courses[DEFAULT_RANGE].fetched if DEFAULT_RANGE in hub.courses else 0,
            f"{panel.title} over the last hour",
        )
