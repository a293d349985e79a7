"""The logs: a live tail with filters, and the story that an id tells across the services."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup
from nicegui import ui

from amaie_dashboard import fragments, logquery
from amaie_dashboard.live import frame
from amaie_dashboard.logquery import LEVELS, LogQuery
from amaie_dashboard.pages.common import stale
from amaie_dashboard.sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from amaie_dashboard.live import Site
    from amaie_dashboard.sources import Elasticsearch

_LONGEST = 200  # characters of a filter


def _asked(request: Request) -> LogQuery:
    given = {
        name: request.query_params.get(name, "").strip()[:_LONGEST] for name in LogQuery.__dataclass_fields__
    }
    return LogQuery(**given)


def _options(name: str, values: Iterable[str], chosen: str, every: str) -> Markup:
    choices = fragments.join(
        Markup('<option value="{0}"{1}>{0}</option>').format(
            value, Markup(" selected") if value == chosen else ""
        )
        for value in values
    )
    label = Markup(
        '<label>{0}<select name="{1}" onchange="this.form.submit()">'
        '<option value="">{2}</option>{3}</select></label>'
    )
    return label.format(name.replace("_", " "), name, every, choices)


def _services(site: Site, query: LogQuery) -> list[str]:
    """Return the services that Prometheus knows of, and the one that is asked for."""
    known = {sample.labels["service"] for sample in site.hub.values.get(site.catalogue.roles.up, ())}
    return sorted({*known, query.service} - {""})


def _form(site: Site, query: LogQuery) -> Markup:
    fields = fragments.join(
        Markup(
            '<label>{0}<input name="{1}" value="{2}" autocomplete="off" spellcheck="false"></label>'
        ).format(name.replace("_", " "), name, getattr(query, name))
        for name in ("text", "order_id", "trace_id")
    )
    return Markup(
        '<form class="filters" method="get" action="/logs">{0}{1}{2}'
        "<label>&nbsp;<button>Filter</button></label></form>"
    ).format(
        _options("service", _services(site, query), query.service, "every service"),
        _options("level", LEVELS, query.level, "every level"),
        fields,
    )


def kibana_link(site: Site, query: LogQuery) -> Markup:
    """Return a link to the same question in Kibana, or nothing where Kibana does not run."""
    if not site.settings.kibana:
        return Markup("")
    terms = {
        "service": query.service,
        "order_id": query.order_id,
        "trace_id": query.trace_id,
        "message": query.text,
    }
    clauses = [f"{name}:{logquery.kql(value)}" for name, value in terms.items() if value]
    if query.level in LEVELS:
        clauses.append("level:(" + " or ".join(map(logquery.kql, LEVELS[LEVELS.index(query.level) :])) + ")")
    text = " and ".join(clauses).replace("!", "!!").replace("'", "!'")
    view = f"dataSource:(dataViewId:{site.catalogue.data_view},type:dataView)"
    state = f"({view},query:(language:kuery,query:'{text}'))"
    address = f"{site.settings.kibana}/app/discover#/?_a={quote(state, safe=':(),')}"
    return Markup('<a href="{}" target="_blank" rel="noopener">Open in Kibana</a>').format(address)


def _rows(site: Site, query: LogQuery) -> Markup:
    records = site.hub.logs.get(query)
    if records is None:
        return Markup('<p class="quiet">Asking…</p>')
    if not records:
        return Markup('<p class="quiet">No record matches.</p>')
    return Markup('<ol class="logs">{}</ol>').format(fragments.join(map(fragments.log_row, records)))


async def build(site: Site, request: Request) -> None:
    """Build the live tail for one viewer."""
    query = _asked(request)
    await site.hub.logs_of(query)
    ui.context.client.on_delete(lambda: site.hub.unwant(query))
    live = frame(site, request, "Logs")
    with ui.element("div").classes("page"):
        with ui.element("div").classes("bar"):
            head = Markup('<h1>Logs <span class="why">newest first, live</span></h1>')
            ui.html(str(head), sanitize=False).style("margin-right: auto")
            ui.html(str(kibana_link(site, query)), sanitize=False)
        ui.html(str(_form(site, query)), sanitize=False).classes("bar")
        with ui.element("section").classes("card"):
            live.region(stale(site, "Elasticsearch", lambda: _rows(site, query)))
    live.follow()


async def story(site: Site, request: Request, elasticsearch: Elasticsearch) -> None:
    """Build the page of everything that an order or a trace did, in the order of time."""
    field = next((name for name in ("order_id", "trace_id") if request.query_params.get(name)), "order_id")
    value = request.query_params.get(field, "")[:_LONGEST]
    try:
        records = await elasticsearch.search(logquery.story(field, value))
        traces = tuple(sorted({str(record["trace_id"]) for record in records if record.get("trace_id")}))
        if field != "trace_id" and traces:
            records = await elasticsearch.search(logquery.story(field, value, traces[:100]))
        problem = "" if records else "No record carries this id."
    except SourceError as error:
        records, problem = [], str(error)
    services = sorted({str(record.get("service", "")) for record in records})
    frame(site, request, value).follow()
    with ui.element("div").classes("page"):
        kind = field.removesuffix("_id")
        head = Markup('<div class="bar"><h1>{0} {1}<span class="why">{2}</span></h1>{3}</div>').format(
            kind.capitalize(), value, f"{len(records)} records of {', '.join(services) or 'no service'}",
            kibana_link(site, LogQuery(**{field: value})),
        )  # fmt: skip
        ui.html(str(head), sanitize=False)
        rows = fragments.join(map(fragments.log_row, records))
        body = (
            Markup('<ol class="logs story">{}</ol>').format(rows)
            if records
            else Markup('<p class="quiet">{}</p>').format(problem)
        )
        ui.html(str(body), sanitize=False).classes("card")
