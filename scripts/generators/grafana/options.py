"""The options of each panel type, as Grafana 13 writes them: the same legend, tooltip and text everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators.grafana.board import Kind

if TYPE_CHECKING:
    from generators.grafana.board import Link, Panel

NO_DATA = "no data"
SHOWN = {"legend": False, "tooltip": False, "viz": False}
LEGEND = {"displayMode": "list", "placement": "bottom", "showLegend": True}
BARE_LEGEND = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False}
TOOLTIP = {"mode": "multi", "sort": "desc"}
LATEST = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def _timeseries(panel: Panel) -> dict[str, Any]:
    custom = {
        "barAlignment": 0,
        "drawStyle": "bars" if panel.bars else "line",
        "fillOpacity": 80 if panel.bars else 8,
        "hideFrom": SHOWN,
        "insertNulls": False,
        "lineInterpolation": "stepAfter" if panel.stepped else "linear",
        "lineWidth": 1,
        "scaleDistribution": {"log": None, "type": "linear"},
        "showPoints": "auto",
        "spanNulls": False,
        "stacking": {"group": "A", "mode": "normal" if panel.bars else "none"},
        "thresholdsStyle": {"mode": "dashed" if len(panel.steps) > 1 else "off"},
    }
    legend = {**LEGEND, "calcs": ["lastNotNull", "min" if panel.lowest else "max"]}
    return {"options": {"legend": legend, "tooltip": TOOLTIP}, "custom": custom}


def _stat(panel: Panel) -> dict[str, Any]:
    options = {
        "colorMode": "background" if len(panel.steps) > 1 or panel.overrides else "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": LATEST,
        "showPercentChange": False,
        "textMode": "value_and_name" if panel.named else "auto",
        "wideLayout": True,
    }
    return {"options": options}


def _gauge(panel: Panel) -> dict[str, Any]:
    options = {
        "barShape": "flat",
        "barWidthFactor": 0.5,
        "effects": {"barGlow": False, "centerGlow": False, "gradient": False},
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": LATEST,
        "segmentCount": 1,
        "segmentSpacing": 0.3,
        "shape": "gauge",
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
        "textMode": "value_and_name" if panel.named else "auto",
    }
    return {"options": options}


def _bar_gauge(_: Panel) -> dict[str, Any]:
    options = {
        "displayMode": "basic",
        "legend": BARE_LEGEND,
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": LATEST,
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
    }
    return {"options": options}


def _state_timeline(_: Panel) -> dict[str, Any]:
    options = {
        "alignValue": "left",
        "legend": {**BARE_LEGEND, "showLegend": True},
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": TOOLTIP,
    }
    return {"options": options, "custom": {"fillOpacity": 70, "hideFrom": SHOWN, "lineWidth": 0}}


def _heatmap(panel: Panel) -> dict[str, Any]:
    options = {
        "calculate": False,
        "cellGap": 1,
        "color": {
            "exponent": 0.5,
            "fill": "dark-orange",
            "mode": "scheme",
            "reverse": False,
            "scale": "exponential",
            "scheme": "Spectral",
            "steps": 64,
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": True},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": panel.unit},
    }
    return {"options": options, "custom": {"hideFrom": SHOWN, "scaleDistribution": {"type": "linear"}}}


def _table(_: Panel) -> dict[str, Any]:
    custom = {
        "align": "auto",
        "cellOptions": {"type": "auto"},
        "displayMode": None,
        "filterable": False,
        "inspect": False,
    }
    return {"options": {"cellHeight": "sm", "frameIndex": 0, "showHeader": True}, "custom": custom}


def _logs(_: Panel) -> dict[str, Any]:
    options = {
        "dedupStrategy": "none",
        "enableLogDetails": True,
        "prettifyLogMessage": False,
        "showCommonLabels": False,
        "showLabels": False,
        "showLogContextToggle": False,
        "showTime": True,
        "sortOrder": "Descending",
        "wrapLogMessage": True,
    }
    return {"options": options}


_OPTIONS = {
    Kind.TIMESERIES: _timeseries,
    Kind.STAT: _stat,
    Kind.GAUGE: _gauge,
    Kind.BAR_GAUGE: _bar_gauge,
    Kind.STATE_TIMELINE: _state_timeline,
    Kind.HEATMAP: _heatmap,
    Kind.TABLE: _table,
    Kind.LOGS: _logs,
}


def link(item: Link) -> dict[str, Any]:
    """Return a link of a value as Grafana writes it."""
    return {"targetBlank": item.new_tab, "title": item.title, "url": item.url}


def json(panel: Panel) -> dict[str, Any]:
    """Return what a panel's JSON says besides grafanalib's own fields: `options` and `fieldConfig`."""
    parts = _OPTIONS[panel.kind](panel)
    low, high = panel.span or (None, None)
    defaults = {
        "color": {"mode": "palette-classic-by-name" if panel.kind is Kind.TIMESERIES else "thresholds"},
        "custom": parts.get("custom", {}),
        "decimals": panel.decimals,
        "links": [link(item) for item in panel.value_links],
        "mappings": list(panel.mappings),
        "max": high,
        "min": low,
        "noValue": NO_DATA,
        "thresholds": {"mode": "absolute", "steps": list(panel.steps)},
        "unit": panel.unit,
    }
    field_config = {"defaults": defaults, "overrides": list(panel.overrides)}
    return {"options": parts["options"], "fieldConfig": field_config}
