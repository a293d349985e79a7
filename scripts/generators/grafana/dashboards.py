"""Grafana dashboards from the spec: one for each family, laid out by `grid.py`.

The only module that knows grafanalib. Its classes carry the panel types; every option whose shape changed
since grafanalib's last release goes through `extraJson`, and `grafana_modern.py` drops the old keys.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from generators import names
from generators.grafana import family as grafana_family
from generators.grafana import grid, modern, options, overview
from generators.grafana.board import Kind, Source, ref_id
from generators.shared import output

if TYPE_CHECKING:
    from generators.grafana.board import Annotation, Board, Link, Panel, Query, Section, Variable
    from generators.spec.model import Model, Spec

IN_MENU = 3  # Grafana's VariableHide.inControlsMenu, younger than grafanalib
FOLDER = "grafana/generated/dashboards"
OFFERED = 500
"""Values of a log field that a variable offers; "All" is all there are."""

ALL = {Source.PROMETHEUS: "/.*/||.*", Source.ELASTICSEARCH: "*"}
"""What "All" is, as it stands: of Lucene any value of a field.

A variable of the metrics narrows logs, too, so its "All" is both: a regular expression of any label, and in
Lucene any value, `||` being its OR.
"""

SOURCES = {
    Source.PROMETHEUS: {"type": "prometheus", "uid": names.PROMETHEUS_UID},
    Source.ELASTICSEARCH: {"type": "elasticsearch", "uid": names.ELASTICSEARCH_UID},
}
BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
CLASSES = {
    Kind.TIMESERIES: core.TimeSeries,
    Kind.STAT: core.Stat,
    Kind.GAUGE: core.GaugePanel,
    Kind.BAR_GAUGE: core.BarGauge,
    Kind.STATE_TIMELINE: core.StateTimeline,
    Kind.HEATMAP: core.Heatmap,
    Kind.TABLE: core.Table,
    Kind.LOGS: core.Logs,
}


def _records(query: Query) -> dict[str, Any]:
    """Return what an Elasticsearch query asks for: the records themselves, or their count by a field."""
    if not query.count_by:
        shown = {"id": "1", "settings": {"limit": "200"}, "type": "logs"}
        return {"bucketAggs": [], "metrics": [shown], "query": query.text}
    order = {"min_doc_count": "1", "order": "desc", "orderBy": "_term", "size": "10"}
    steps = {"interval": "auto", "min_doc_count": "0", "trimEdges": "0"}
    buckets = [
        {"field": query.count_by, "id": "2", "settings": order, "type": "terms"},
        {"field": "@timestamp", "id": "3", "settings": steps, "type": "date_histogram"},
    ]
    counted = [{"id": "1", "type": "count"}]
    return {"alias": query.legend, "bucketAggs": buckets, "metrics": counted, "query": query.text}


def _target(query: Query, ref_id: str) -> dict[str, Any]:
    source = SOURCES[query.source]
    if query.source is Source.ELASTICSEARCH:
        return {**_records(query), "datasource": source, "refId": ref_id, "timeField": "@timestamp"}
    target = core.Target(
        expr=query.text,
        format=query.format,
        legendFormat=query.legend,
        instant=query.instant,
        refId=ref_id,
        datasource=source,
    )
    more = {"editorMode": "code", "exemplar": query.exemplar, "query": None, "range": not query.instant}
    return {**target.to_json_data(), **more}


def _link(link: Link) -> dict[str, Any]:
    return {
        "asDropdown": bool(link.tag),
        "icon": "external link" if link.new_tab else "dashboard",
        "includeVars": not link.new_tab,
        "keepTime": not link.new_tab,
        "tags": [link.tag] if link.tag else [],
        "targetBlank": link.new_tab,
        "title": link.title,
        "tooltip": "",
        "type": "dashboards" if link.tag else "link",
        "url": link.url,
    }


def _panel(panel: Panel, cell: grid.Place, interval: str) -> core.Panel:
    source = SOURCES[panel.queries[0].source]
    return CLASSES[panel.kind](
        title=panel.title,
        id=names.panel_id(panel.key),
        description=panel.description,
        dataSource=source,
        gridPos=core.GridPos(h=cell.height, w=cell.width, x=cell.x, y=cell.y),
        interval=interval,
        links=[_link(link) for link in panel.links],
        maxDataPoints=None,
        targets=[_target(query, ref_id(number)) for number, query in enumerate(panel.queries)],
        transformations=list(panel.transformations),
        extraJson=options.json(panel),
    )


def _row(section: Section, y: int) -> core.RowPanel:
    place = core.GridPos(h=1, w=grid.COLUMNS, x=0, y=y)
    return core.RowPanel(title=section.title, id=names.panel_id(f"row:{section.title}"), gridPos=place)


def _panels(board: Board, interval: str) -> list[core.Panel]:
    panels, y = [], 0
    for section in board.sections:
        panels.append(_row(section, y))
        cells = grid.place([panel.cell for panel in section.panels], y + 1)
        panels += [_panel(panel, cell, interval) for panel, cell in zip(section.panels, cells, strict=True)]
        y = grid.bottom(cells, y + 1)
    return panels


def _variable(variable: Variable) -> core.Template:
    query: str | dict[str, Any]
    if variable.source is Source.PROMETHEUS:
        lookup = f'label_values({{__name__=~"{"|".join(variable.series)}"}}, {variable.field})'
        query = {"qryType": 1, "query": lookup, "refId": "PrometheusVariableQueryEditor-VariableQuery"}
    else:
        query = json.dumps({"find": "terms", "field": variable.field, "size": OFFERED})
    return core.Template(
        name=variable.name,
        label=variable.label,
        query=query,
        dataSource=SOURCES[variable.source],
        allValue=ALL[variable.source],
        hide=IN_MENU if variable.in_menu else core.SHOW,
        includeAll=True,
        multi=True,
        regex="",
        refresh=core.REFRESH_ON_TIME_RANGE_CHANGE,
        sort=core.SORT_ALPHA_ASC,
    )


def _annotation(annotation: Annotation) -> dict[str, Any]:
    query = annotation.query
    shown = {
        "datasource": SOURCES[query.source],
        "enable": True,
        "hide": False,
        "iconColor": annotation.colour,
        "name": annotation.name,
    }
    if query.source is Source.ELASTICSEARCH:
        fields = {"tagsField": "service", "textField": "message", "timeField": "@timestamp"}
        return {**shown, **fields, "target": modern.target(_target(query, "Anno"))}
    texts = {"tagKeys": "severity,component", "textFormat": "{{component}}", "titleFormat": annotation.title}
    return {**shown, **texts, "target": modern.target(_target(query, "Anno"))}


def dashboard(board: Board, spec: Spec) -> str:
    """Return the JSON text of a dashboard."""
    built = core.Dashboard(
        title=board.title,
        uid=board.uid,
        description=f"{board.description}\n\n{output.mark()}",
        annotations=core.Annotations(list=[BUILT_IN, *map(_annotation, board.annotations)]),
        editable=False,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        links=[_link(link) for link in board.links],
        panels=_panels(board, spec.settings.scrape_interval),
        refresh="30s",
        schemaVersion=modern.SCHEMA_VERSION,
        tags=[grafana_family.TAG, "generated"],
        templating=core.Templating(list=[_variable(variable) for variable in board.variables]),
        time=core.Time(board.time_range, "now"),
        timezone=core.UTC,
    )
    plain = json.loads(json.dumps(built, cls=DashboardEncoder))
    return output.json_text(modern.dashboard(plain))


def render(model: Model) -> dict[str, str]:
    """Return every dashboard: repository path -> JSON text."""
    spec = model.spec
    families = [grafana_family.board(spec, family) for family in spec.families]
    boards = [overview.board(spec), *families]
    return {f"{FOLDER}/{board.uid}.json": dashboard(board, spec) for board in boards}
