"""The charts of Kibana's log overview, in the form in which Lens saves them."""

from __future__ import annotations

from typing import Any

from generators import names

LAYER = "layer1"
REFERENCE = f"indexpattern-datasource-layer-{LAYER}"
TOP = 10

Object = dict[str, Any]


def visualisations() -> list[Object]:
    """Return all charts."""
    errors = "level : (ERROR or CRITICAL)"
    return [
        _chart(
            "amaie-levels", "Records by level over time", _xy("time", "by"), [_time(), _top("level", "Level")]
        ),
        _chart(
            "amaie-rejections",
            "Rejected lines by reason",
            _bars("by"),
            [_top("reason", "Reason")],
            view="amaie-rejected",
        ),
        _chart(
            "amaie-error-sources", "Errors by module", _bars("by"), [_top("module", "Module")], query=errors
        ),
        _chart(
            "amaie-error-types",
            "Errors by exception",
            _bars("by"),
            [_top("exception_type", "Exception")],
            query=errors,
        ),
    ]


def _chart(
    identity: str,
    title: str,
    visualisation: Object,
    columns: list[tuple[str, Object]],
    *,
    query: str = "",
    view: str = names.LOGS_DATA_VIEW,
) -> Object:
    count: Object = {
        "label": "Records",
        "dataType": "number",
        "operationType": "count",
        "isBucketed": False,
        "scale": "ratio",
        "sourceField": "___records___",
        "params": {"emptyAsNull": True},
    }
    layer = {
        "columns": {**dict(columns), "count": count},
        "columnOrder": [*(name for name, _ in columns), "count"],
        "incompleteColumns": {},
        "sampling": 1,
    }
    state = {
        "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
        "visualization": visualisation,
        "query": {"query": query, "language": "kuery"},
        "filters": [],
        "internalReferences": [],
        "adHocDataViews": {},
    }
    return {
        "type": "lens",
        "id": identity,
        "attributes": {"title": title, "description": "", "visualizationType": "lnsXY", "state": state},
        "references": [{"name": REFERENCE, "type": "index-pattern", "id": view}],
    }


def _time() -> tuple[str, Object]:
    return "time", {
        "label": "Time",
        "dataType": "date",
        "operationType": "date_histogram",
        "sourceField": "@timestamp",
        "isBucketed": True,
        "scale": "interval",
        "params": {"interval": "auto", "includeEmptyRows": True, "dropPartials": False},
    }


def _top(field: str, label: str) -> tuple[str, Object]:
    return "by", {
        "label": label,
        "dataType": "string",
        "operationType": "terms",
        "sourceField": field,
        "isBucketed": True,
        "scale": "ordinal",
        "params": {
            "size": TOP,
            "orderBy": {"type": "column", "columnId": "count"},
            "orderDirection": "desc",
            "otherBucket": True,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
        },
    }


def _xy(x: str, split: str) -> Object:
    return _layers("bar_stacked", {"xAccessor": x, "splitAccessor": split})


def _bars(x: str) -> Object:
    return _layers("bar_horizontal", {"xAccessor": x})


def _layers(series: str, accessors: Object) -> Object:
    layer = {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": series,
        "accessors": ["count"],
        **accessors,
    }
    return {
        "preferredSeriesType": series,
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "layers": [layer],
    }
