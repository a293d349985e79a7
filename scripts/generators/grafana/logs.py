"""Log panels and marks from Elasticsearch, in Lucene's query language, beside the metrics they explain."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from generators import names
from generators.grafana.board import Annotation, Kind, Link, Panel, Query, Section, Source, Variable
from generators.grafana.grid import Size
from generators.shared.links import LOG_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generators.spec.model import Kpi, Spec

FIELDS = {
    "account": "account_id",
    "currency": "currency",
    "exchange": "exchange",
    "model": "model",
    "service": "service",
    "strategy": "strategy_id",
    "symbol": "symbol",
}
"""Log fields that the variables of the metrics narrow as well."""

OWN_VARIABLES = (
    Variable("symbol", "Symbol", "symbol", Source.ELASTICSEARCH),
    Variable("strategy", "Strategy", "strategy_id", Source.ELASTICSEARCH),
)
"""Variables of the logs alone, where no figure of a dashboard has these labels."""

PROBLEMS = f"level:({' OR '.join(LOG_LEVELS)})"
DEPLOYED = 'message:"started successfully"'
STOPPED = 'level:CRITICAL AND message:"emergency stop"'
LEVEL_COLOURS = {
    "DEBUG": "text",
    "INFO": "green",
    "WARNING": "orange",
    "ERROR": "red",
    "CRITICAL": "dark-red",
}


def with_own(variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """Return a dashboard's variables and those of the logs that it does not have yet."""
    known = {variable.name for variable in variables}
    return *variables, *(one for one in OWN_VARIABLES if one.name not in known)


def services(spec: Spec, kpis: Iterable[Kpi]) -> tuple[str, ...]:
    """Return whose logs explain these KPIs: who exports their facts, who is named by alerts; () is all."""
    exporting = {metric.name: metric.services for metric in spec.metrics}
    found: set[str] = set()
    for kpi in kpis:
        if "service" in kpi.labels:
            return ()
        for word in re.findall(r"[a-z_][a-z0-9_]*", kpi.expr):
            found.update(exporting.get(re.sub("_(?:bucket|count|sum)$", "", word), exporting.get(word, ())))
        found.update(alert.service for alert in kpi.alerts if alert.service)
    roles = (service.name for service in spec.services if service.name in found)
    return tuple(name for role in roles for name in spec.instances(role))


def of_services(chosen: tuple[str, ...]) -> str:
    """Return the Lucene of these services' records, or nothing for all services."""
    quoted = " OR ".join(f'"{service}"' for service in chosen)
    return f"service:({quoted})" if chosen else ""


def narrowed(variables: Iterable[Variable]) -> str:
    """Return the Lucene that applies a dashboard's variables to the records that have their fields.

    Lucene reads `a OR NOT b` as "not b, perhaps a": the second half needs the full set `*:*` to keep from.
    Chosen values are phrases, never a regular expression: Lucene's has operators that Grafana does not
    escape there, `" # @ & < > ~`.
    """
    parts = []
    for variable in variables:
        own = variable.source is Source.ELASTICSEARCH
        field = variable.field if own else FIELDS.get(variable.name)
        if field:
            parts.append(f"({field}:(${{{variable.name}:lucene}}) OR (*:* AND NOT _exists_:{field}))")
    return " AND ".join(parts)


def both(*parts: str) -> str:
    """Return the Lucene of all *parts* that say something."""
    return " AND ".join(part for part in parts if part) or "*"


def section(chosen: tuple[str, ...], variables: Iterable[Variable]) -> Section:
    """Return the log panels of a dashboard: how many of each level, the problems, and everything."""
    where = both(of_services(chosen), narrowed(variables))
    whose = " and ".join(chosen) or "all services"
    return Section(
        "Logs",
        (
            levels_panel(where, whose),
            _records("problems", "Warnings and errors", both(where, PROBLEMS), whose),
            _records("records", "All records from INFO up", both(where, "NOT level:DEBUG"), whose),
        ),
    )


def levels_panel(where: str, whose: str) -> Panel:
    """Return the bars of how many records of each level were written."""
    return Panel(
        key="logs:levels",
        title="Records by level",
        kind=Kind.TIMESERIES,
        queries=(Query(where, "{{term level}}", Source.ELASTICSEARCH, count_by="level"),),
        description=f"Log records of {whose} in Elasticsearch, counted by level.",
        unit="locale",
        decimals=0,
        bars=True,
        overrides=tuple(_coloured(level, colour) for level, colour in LEVEL_COLOURS.items()),
        size=Size(24, 6),
    )


def changes_panel(variables: Iterable[Variable], size: Size) -> Panel:
    """Return what changed: starts of services, emergency stops, errors."""
    what = f"({DEPLOYED} OR ({STOPPED}) OR level:(ERROR OR CRITICAL))"
    panel = _records("changes", "Starts, stops and errors", both(what, narrowed(variables)), "all services")
    return Panel(**{**vars(panel), "size": size})


def marks() -> tuple[Annotation, ...]:
    """Return the moments that logs tell of: deployments and restarts, and emergency stops."""
    return (
        Annotation("Deployments and restarts", Query(DEPLOYED, source=Source.ELASTICSEARCH), "blue"),
        Annotation("Emergency stops", Query(STOPPED, source=Source.ELASTICSEARCH), "dark-red"),
    )


def explore_link(chosen: tuple[str, ...], kpi: Kpi) -> Link:
    """Return the link from a point of a curve to the logs of its service in the time that is shown."""
    service = "SERVICE" if "service" in kpi.labels else ""
    where = of_services((service,) if service else chosen)
    query = {
        "refId": "A",
        "datasource": {"type": "elasticsearch", "uid": names.ELASTICSEARCH_UID},
        "query": both(where, PROBLEMS),
        "metrics": [{"id": "1", "type": "logs"}],
        "bucketAggs": [],
        "timeField": "@timestamp",
    }
    pane = {
        "datasource": names.ELASTICSEARCH_UID,
        "queries": [query],
        "range": {"from": "FROM", "to": "TO"},
    }
    panes = quote(json.dumps({"logs": pane}, separators=(",", ":")))
    for word, variable in (("SERVICE", "__field.labels.service"), ("FROM", "__from"), ("TO", "__to")):
        panes = panes.replace(word, f"${{{variable}}}")
    return Link("Warnings and errors of this time", f"/explore?schemaVersion=1&orgId=1&panes={panes}")


def _records(key: str, title: str, where: str, whose: str) -> Panel:
    return Panel(
        key=f"logs:{key}",
        title=title,
        kind=Kind.LOGS,
        queries=(Query(where, source=Source.ELASTICSEARCH),),
        description=f"{title}, of {whose}. A record opens to its fields; its trace id leads to the trace.",
        size=Size(12, 12),
    )


def _coloured(name: str, colour: str) -> dict[str, object]:
    value = {"fixedColor": colour, "mode": "fixed"}
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": "color", "value": value}],
    }
