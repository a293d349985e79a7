"""Renders Kibana's saved objects: data views, searches and the log overview, all with stable ids."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generators import names
from generators.elastic import lens
from generators.shared import output
from generators.spec.logfield import FieldType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generators.spec.logspec import LogSpec
    from generators.spec.model import Model

PATH = "kibana/generated/objects.ndjson"
REJECTED_DATA_VIEW = "amaie-rejected"
TIME = "@timestamp"
REFERENCE = "kibanaSavedObjectMeta.searchSourceJSON.index"

Object = dict[str, Any]


def render(model: Model) -> dict[str, str]:
    """Return all saved objects as one file that Kibana imports."""
    return {PATH: "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects(model.logs))}


def objects(logs: LogSpec) -> list[Object]:
    """Return every object; those that others refer to come first."""
    return [*_data_views(logs), *_searches(), *lens.visualisations(), _overview()]


def _data_views(logs: LogSpec) -> list[Object]:
    return [
        _data_view(names.LOGS_DATA_VIEW, names.stream("logs", "*"), "AMAIE logs", _formats(logs)),
        _data_view(REJECTED_DATA_VIEW, names.stream("rejected", "*"), "AMAIE rejected lines", {}),
    ]


def _formats(logs: LogSpec) -> Object:
    """Numbers are shown with all their digits, times in seconds as durations."""
    exact: Object = {"id": "number", "params": {"pattern": "0,0.[000000000000]"}}
    seconds: Object = {"id": "number", "params": {"pattern": "0,0.[000000]"}}
    return {
        field.name: seconds if field.unit == "seconds" else exact
        for field in logs.fields
        if field.type is FieldType.DECIMAL
    }


def _data_view(identity: str, pattern: str, title: str, formats: Object) -> Object:
    attributes = {
        "title": pattern,
        "name": title,
        "timeFieldName": TIME,
        "fieldFormatMap": json.dumps(formats),
        "sourceFilters": "[]",
        "runtimeFieldMap": "{}",
        "fieldAttrs": "{}",
        "allowHidden": False,
    }
    return {"type": "index-pattern", "id": identity, "attributes": attributes, "references": []}


def _searches() -> list[Object]:
    trading = ["level", "service", "message", "order_id", "symbol", "side", "amount", "price", "trade_id"]
    return [
        search(
            names.ERRORS_SEARCH,
            "Errors",
            "Everything at ERROR and above, newest first.",
            "level : (ERROR or CRITICAL)",
            ["level", "service", "module", "message", "exception_type"],
        ),
        search(
            names.TRADE_SEARCH,
            "Trade audit trail",
            'A trade\'s whole story in order: add order_id : "…" to the query.',
            "order_id : *",
            trading,
            oldest_first=True,
        ),
        search(
            names.TRACE_SEARCH,
            "One trace",
            'One operation across all services in order: add trace_id : "…" to the query.',
            "trace_id : *",
            ["service", "span_name", "level", "message", "duration_seconds", "trace_id", "span_id"],
            oldest_first=True,
        ),
        search(
            names.REJECTED_SEARCH,
            "Rejected lines",
            "Lines that broke the contract, with the reason; docs/logs.md says how to replay them.",
            "",
            ["reason", "detail", "service", "source", "record"],
            view=REJECTED_DATA_VIEW,
        ),
    ]


def search(
    identity: str,
    title: str,
    description: str,
    query: str,
    columns: Sequence[str],
    *,
    oldest_first: bool = False,
    view: str = names.LOGS_DATA_VIEW,
) -> Object:
    """Return a saved search of Discover."""
    source = {"query": {"query": query, "language": "kuery"}, "filter": [], "indexRefName": REFERENCE}
    attributes = {
        "title": title,
        "description": description,
        "columns": list(columns),
        "sort": [[TIME, "asc" if oldest_first else "desc"]],
        "grid": {},
        "hideChart": False,
        "isTextBasedQuery": False,
        "timeRestore": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    references = [{"name": REFERENCE, "type": "index-pattern", "id": view}]
    return {"type": "search", "id": identity, "attributes": attributes, "references": references}


LAYOUT = (
    ("lens", "amaie-levels", (0, 0, 32, 12)),
    ("lens", "amaie-rejections", (32, 0, 16, 12)),
    ("lens", "amaie-error-sources", (0, 12, 24, 12)),
    ("lens", "amaie-error-types", (24, 12, 24, 12)),
    ("search", names.ERRORS_SEARCH, (0, 24, 48, 16)),
    ("search", names.TRADE_SEARCH, (0, 40, 48, 16)),
)
"""Kind, id and place (x, y, width, height of 48 columns) of each panel of the overview."""


def _overview() -> Object:
    panels, references = [], []
    for number, (kind, identity, (x, y, width, height)) in enumerate(LAYOUT, start=1):
        index, reference = f"panel-{number}", f"panel_{number}"
        grid = {"x": x, "y": y, "w": width, "h": height, "i": index}
        panels.append(
            {
                "type": kind,
                "gridData": grid,
                "panelIndex": index,
                "embeddableConfig": {"enhancements": {}},
                "panelRefName": reference,
            }
        )
        references.append({"name": f"{index}:{reference}", "type": kind, "id": identity})
    source = {"query": {"query": "", "language": "kuery"}, "filter": []}
    attributes = {
        "title": "AMAIE log overview",
        "description": f"How much services say, how loud, from where. {output.mark(names.LOGS)}",
        "panelsJSON": json.dumps(panels),
        "optionsJSON": json.dumps({"useMargins": True, "syncColors": True, "syncCursor": True}),
        "timeRestore": True,
        "timeFrom": "now-1h",
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": 30000},
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    return {
        "type": "dashboard",
        "id": names.LOGS_DASHBOARD,
        "attributes": attributes,
        "references": references,
    }
