"""ECharts options of a panel: pure functions of its series, so that a chart can be tested as data.

Colours are of the Okabe-Ito palette, readable with any colour vision, in shades that stand out from a light
and from a dark page alike; bounds differ in their dashes too, and series in their names.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from amaie_dashboard.text import series_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amaie_dashboard.catalogue import Bound, Limits, Panel
    from amaie_dashboard.hub import Course
    from amaie_dashboard.sources import Series

PALETTE: Final = ("#2f8fd0", "#d98200", "#0f9d78", "#b96a9d", "#8a78d8", "#8f8a3a", "#d0623a", "#6f8796")
CRITICAL: Final = "#e0483e"
WARNING: Final = "#d98200"
MUTED: Final = "#8492a6"
MOST_SERIES: Final = 8
_NEAR: Final = 1.5  # a bound is drawn when it lies within so many spans of the data


def _points(series: Series, step: float) -> tuple[tuple[float, float | None], ...]:
    """Return milliseconds and values, with a hole wherever a point is missing.

    As tuples: NiceGUI would watch every list for changes, for each viewer anew.
    """
    points: list[tuple[float, float | None]] = []
    before = None
    for time, value in series.points:
        if before is not None and time - before > 1.5 * step:
            points.append(((before + step) * 1000, None))
        points.append((time * 1000, value))
        before = time
    return tuple(points)


def _extent(bounds: Iterable[Bound], courses: Iterable[Series]) -> tuple[float, float] | None:
    """Return the lowest and the highest value to show, near bounds included; None without data."""
    values = [value for series in courses for _, value in series.points]
    if not values:
        return None
    low, high = min(values), max(values)
    reach = max(high - low, abs(high) * 0.2, 1e-9) * _NEAR
    near = [bound.bound for bound in bounds if low - reach <= bound.bound <= high + reach]
    low, high = min(low, *near, low), max(high, *near, high)
    margin = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    floor = 0.0 if low >= 0 else low - margin
    return (max(floor, low - margin) if low >= 0 else floor), high + margin


def _span(panel: Panel, bounds: Iterable[Bound], series: Iterable[Series]) -> tuple[float, float]:
    """Return the ends of the axis: a state has room for each of its words."""
    if panel.unit == "state":
        return 0.0, float(len(panel.words) - 1)
    return _extent(bounds, series) or (0.0, 1.0)


def bounds(panel: Panel, series: Iterable[Series], limits: Limits) -> dict[Bound, str]:
    """Return every bound that holds for one of the series -> what its line is called.

    A line that does not hold for all of them names whom it is for.
    """
    holders: dict[Bound, list[str]] = {}
    shown = list(series)
    for each in shown:
        for bound in panel.of(each.labels, limits).bounds:
            holders.setdefault(bound, []).append(series_name(panel, each.labels))
    return {
        bound: bound.severity if len(whose) == len(shown) else f"{bound.severity} {', '.join(whose)}"
        for bound, whose in holders.items()
    }


def _lines(named: dict[Bound, str]) -> dict[str, Any]:
    """Return the lines at which alerts fire."""
    lines = [
        {
            "yAxis": bound.bound,
            "name": bound.severity,
            "lineStyle": {
                "color": CRITICAL if bound.severity == "critical" else WARNING,
                "type": "solid" if bound.severity == "critical" else "dashed",
                "width": 1.5,
            },
            "label": {
                "formatter": name,
                "position": "insideEndTop",
                "color": CRITICAL if bound.severity == "critical" else WARNING,
                "fontSize": 10,
            },
        }
        for bound, name in named.items()
    ]
    return {"silent": True, "symbol": "none", "animation": False, "data": lines}


def _line(panel: Panel, series: Series, step: float, colour: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": series_name(panel, series.labels),
        "data": _points(series, step),
        "showSymbol": len(series.points) < 3,  # noqa: PLR2004
        "symbolSize": 4,
        "step": "end" if panel.unit == "state" else False,
        "lineStyle": {"width": 2, "color": colour},
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
        "areaStyle": {"color": colour, "opacity": 0.08},
    }


def matches(labels: dict[str, str], filters: dict[str, str]) -> bool:
    """Return whether a series has every value that is asked for; a label that it lacks does not count."""
    return all(labels.get(name, value) == value for name, value in filters.items() if value)


def chosen(panel: Panel, series: Iterable[Series], filters: dict[str, str]) -> list[Series]:
    """Return the series that a viewer's filters leave, sorted by name, at most `MOST_SERIES`."""
    kept = [each for each in series if matches(each.labels, filters)]
    return sorted(kept, key=lambda each: series_name(panel, each.labels))[:MOST_SERIES]


def options(
    panel: Panel, course: Course | None, filters: dict[str, str], step: float, limits: Limits | None = None
) -> dict[str, Any]:
    """Return the chart of a panel over one time range, with the limits in force drawn for whom they hold."""
    series = chosen(panel, course.series.get(panel.series, ()), filters) if course else []
    lines = [_line(panel, each, step, PALETTE[number % len(PALETTE)]) for number, each in enumerate(series)]
    named = bounds(panel, series, limits or {})
    if lines:
        lines[0]["markLine"] = _lines(named)
    low, high = _span(panel, named, series)
    return {
        "animation": False,
        "aria": {"enabled": True},
        "useUTC": True,
        "grid": {
            "left": 8,
            "right": 12,
            "top": 28 if len(series) > 1 else 12,
            "bottom": 4,
            "containLabel": True,
        },
        "legend": _legend(len(series) > 1),
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": _formatter(panel, panel.decimals),
            "axisPointer": {"type": "line", "lineStyle": {"color": MUTED}},
        },
        "xAxis": {
            "type": "time",
            "min": course.start * 1000 if course else None,
            "max": course.end * 1000 if course else None,
            "axisLine": {"onZero": False, "lineStyle": {"color": MUTED, "opacity": 0.4}},
            "axisTick": {"show": False},
            "axisLabel": {"color": MUTED, "fontSize": 11, "hideOverlap": True},
            "splitLine": {"show": False},
        },
        "yAxis": _y_axis(panel, low, high, shown=bool(series)),
        "series": lines,
    }


def _formatter(panel: Panel, decimals: int) -> str:
    """Return the JavaScript function that writes a value of the panel."""
    return f"value => amaie.figure(value, '{panel.unit}', {decimals}, {json.dumps(panel.words)})"


def _legend(shown: bool) -> dict[str, Any]:  # noqa: FBT001
    return {
        "show": shown,
        "top": 0,
        "left": 0,
        "type": "scroll",
        "icon": "roundRect",
        "itemWidth": 12,
        "itemHeight": 4,
        "textStyle": {"color": MUTED, "fontSize": 11},
    }


def _axis_decimals(panel: Panel, span: float) -> int:
    """Return enough decimals to tell the marks of an axis of this span apart."""
    scaled = span * (100 if panel.unit == "ratio" else 1) / 4
    needed = math.ceil(-math.log10(scaled)) if 0 < scaled < 1 else 0
    return min(max(needed, 0), panel.decimals + 3)


def _y_axis(panel: Panel, low: float, high: float, *, shown: bool) -> dict[str, Any]:
    state = panel.unit == "state"
    return {
        "type": "value",
        "min": low,
        "max": high,
        "splitNumber": 4,
        **({"interval": 1} if state else {}),
        "axisLabel": {
            "show": shown,
            "color": MUTED,
            "fontSize": 11,
            ":formatter": _formatter(panel, _axis_decimals(panel, high - low)),
            "showMinLabel": state or low == 0,
            "showMaxLabel": state,
        },
        "splitLine": {"lineStyle": {"color": MUTED, "opacity": 0.18}},
    }
