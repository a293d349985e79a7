"""Makes grafanalib's JSON modern: Grafana's present keys only, and no null that means "not set".

grafanalib 0.7.1 writes the shapes of Grafana 5 to 9 beside the ones that we set. What Grafana's schema
does not name is dropped here; `tests/integration/test_grafana_schema.py` holds the result against it.
"""

from __future__ import annotations

from typing import Any

SCHEMA_VERSION = 42
"""Version of the dashboard schema that the shapes follow, so that Grafana migrates nothing on loading."""

PLUGIN_VERSION = "13.2.0"
"""Version of the panels whose options we write; it keeps Grafana from running the panels' migrations."""

DASHBOARD = (
    "annotations",
    "description",
    "editable",
    "fiscalYearStartMonth",
    "graphTooltip",
    "links",
    "panels",
    "refresh",
    "schemaVersion",
    "tags",
    "templating",
    "time",
    "timepicker",
    "timezone",
    "title",
    "uid",
    "weekStart",
)
PANEL = (
    "collapsed",
    "datasource",
    "description",
    "fieldConfig",
    "gridPos",
    "id",
    "interval",
    "links",
    "options",
    "panels",
    "pluginVersion",
    "targets",
    "timeFrom",
    "title",
    "transformations",
    "transparent",
    "type",
)
FIELD = ("color", "custom", "decimals", "links", "mappings", "max", "min", "noValue", "thresholds", "unit")
ALL = {"selected": True, "text": ["All"], "value": ["$__all"]}
OUTDATED_OPTIONS = {"bargauge": ("fieldOptions", "showThresholdLabels", "showThresholdMarkers")}
ROW = ("collapsed", "gridPos", "id", "panels", "title", "type")
TARGET = (
    "alias",
    "bucketAggs",
    "datasource",
    "editorMode",
    "exemplar",
    "expr",
    "format",
    "instant",
    "legendFormat",
    "metrics",
    "query",
    "range",
    "refId",
    "timeField",
)
VARIABLE = (
    "allValue",
    "current",
    "datasource",
    "hide",
    "includeAll",
    "label",
    "multi",
    "name",
    "options",
    "query",
    "refresh",
    "regex",
    "skipUrlSync",
    "sort",
    "type",
)


def keep(data: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Return *data* with only those of *keys* that have a value."""
    return {key: data[key] for key in keys if data.get(key) is not None}


def without_nulls(data: Any) -> Any:
    """Return JSON *data* without the keys set to null, except a threshold's open lower end."""
    if isinstance(data, list):
        return [without_nulls(item) for item in data]
    if not isinstance(data, dict):
        return data
    step = data.keys() == {"color", "value"}
    return {key: without_nulls(value) for key, value in data.items() if step or value is not None}


def target(data: dict[str, Any]) -> dict[str, Any]:
    """Return a query in its modern shape."""
    return keep(data, TARGET)


def panel(data: dict[str, Any]) -> dict[str, Any]:
    """Return a panel in its modern shape."""
    if data["type"] == "row":
        return keep(data, ROW)
    outdated = OUTDATED_OPTIONS.get(data["type"], ())
    options = {key: value for key, value in data["options"].items() if key not in outdated}
    modern = {
        **data,
        "options": options,
        "fieldConfig": {
            "defaults": keep(data["fieldConfig"]["defaults"], FIELD),
            "overrides": data["fieldConfig"]["overrides"],
        },
        "pluginVersion": PLUGIN_VERSION,
        "targets": [target(query) for query in data["targets"]],
    }
    return keep(modern, PANEL)


def dashboard(data: dict[str, Any]) -> dict[str, Any]:
    """Return a dashboard in its modern shape."""
    variables = [keep({**variable, "current": ALL}, VARIABLE) for variable in data["templating"]["list"]]
    modern = {
        **data,
        "panels": [panel(item) for item in data["panels"]],
        "templating": {"list": variables},
        "timepicker": {},
        "weekStart": "monday",
    }
    kept: dict[str, Any] = without_nulls(keep(modern, DASHBOARD))
    return kept
