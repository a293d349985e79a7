"""Tables of figures that share labels: a row for each value of the labels, a column for each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.grafana import style
from generators.grafana.board import Kind, Link, Panel, Query, ref_id
from generators.grafana.options import link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generators.grafana.grid import Size
    from generators.spec.model import Family, Kpi


def panel(  # what differs between two tables
    key: str,
    title: str,
    description: str,
    *,
    by: Sequence[str],
    asked: Mapping[str, str],
    first: str,
    falling: bool,
    overrides: Iterable[dict[str, object]],
    size: Size,
) -> Panel:
    """Return a table.

    Args:
        key: What the panel's id is made from.
        title: Its title.
        description: Its text.
        by: Labels that every answer has.
        asked: Title of a column -> the PromQL of its figures.
        first: The column that the rows are sorted by.
        falling: Whether its greatest figure comes first.
        overrides: How columns look.
        size: Its size.
    """
    columns = {f"Value #{ref_id(number)}": name for number, name in enumerate(asked)}
    organise = {
        "excludeByName": {"Time": True, "__name__": True},
        "indexByName": {name: number for number, name in enumerate((*by, *columns))},
        "renameByName": columns,
    }
    return Panel(
        key=key,
        title=title,
        kind=Kind.TABLE,
        queries=tuple(Query(text, instant=True, format="table") for text in asked.values()),
        description=description,
        transformations=(
            {"id": "merge", "options": {}},
            {"id": "organize", "options": organise},
            {"id": "sortBy", "options": {"sort": [{"field": first, "desc": falling}]}},
        ),
        overrides=tuple(overrides),
        size=size,
    )


def chooses(family: Family, name: str, by: Iterable[str]) -> dict[str, object]:
    """Return the column whose cells choose the values of their row in the dashboard's variables."""
    chosen = "&".join(f"var-{label}=${{__data.fields.{label}:percentencode}}" for label in by)
    address = f"/d/{names.dashboard_uid(family)}?{chosen}&${{__url_time_range}}"
    return column(name, links=[link(Link(f"Show this {name} alone", address))])


def figure(kpi: Kpi) -> dict[str, object]:
    """Return the column of a KPI, in its unit."""
    return column(kpi.title, unit=style.GRAFANA_UNITS[kpi.unit], decimals=kpi.decimals)


def column(name: str, **properties: object) -> dict[str, object]:
    """Return how a column looks."""
    listed = [{"id": key, "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": listed}
