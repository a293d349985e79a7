"""A dashboard as plain values, before grafanalib and Grafana's JSON come into play."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from generators.grafana.grid import Size


class Source(StrEnum):
    """Data sources by Grafana's plugin type; their fixed uids are in `names.py`."""

    PROMETHEUS = "prometheus"
    ELASTICSEARCH = "elasticsearch"


class Kind(StrEnum):
    """Panel types of Grafana that we emit: `model.PanelKind` and what a dashboard needs besides."""

    TIMESERIES = "timeseries"
    STAT = "stat"
    GAUGE = "gauge"
    BAR_GAUGE = "bar_gauge"
    STATE_TIMELINE = "state_timeline"
    HEATMAP = "heatmap"
    TABLE = "table"
    LOGS = "logs"


SIZES = {
    Kind.TIMESERIES: Size(12, 8),
    Kind.STAT: Size(4, 4),
    Kind.GAUGE: Size(4, 4),
    Kind.BAR_GAUGE: Size(12, 8),
    Kind.STATE_TIMELINE: Size(12, 8),
    Kind.HEATMAP: Size(12, 8),
    Kind.TABLE: Size(12, 8),
    Kind.LOGS: Size(24, 10),
}


@dataclass(frozen=True)
class Query:
    """One query of a panel: PromQL, or Lucene for Elasticsearch."""

    text: str
    legend: str = ""
    source: Source = Source.PROMETHEUS
    instant: bool = False
    format: str = "time_series"
    exemplar: bool = False
    count_by: str = ""  # Elasticsearch: count records by this field instead of showing them


@dataclass(frozen=True)
class Link:
    """A link of a panel or a dashboard; *url* may use Grafana's variables."""

    title: str
    url: str = ""
    new_tab: bool = False
    tag: str = ""  # instead of an address: a list of the dashboards with this tag


@dataclass(frozen=True)
class Panel:
    """A panel; *key* is what its stable id is made from, unique within its dashboard."""

    key: str
    title: str
    kind: Kind
    queries: tuple[Query, ...]
    description: str = ""
    unit: str = "none"
    decimals: int | None = None
    steps: tuple[dict[str, str | float | None], ...] = ({"color": "blue", "value": None},)
    mappings: tuple[dict[str, object], ...] = ()
    span: tuple[float, float] | None = None
    stepped: bool = False
    lowest: bool = False  # the legend tells the least value of the time shown instead of the greatest
    bars: bool = False
    named: bool = False  # a tile tells which series it shows
    links: tuple[Link, ...] = ()
    value_links: tuple[Link, ...] = ()
    size: Size | None = None
    transformations: tuple[dict[str, object], ...] = ()
    overrides: tuple[dict[str, object], ...] = ()

    @property
    def cell(self) -> Size:
        """The size that the panel asks of the grid."""
        return self.size or SIZES[self.kind]


@dataclass(frozen=True)
class Section:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Variable:
    """A filter at the top of a dashboard: the values of a label or log field, all chosen at first."""

    name: str
    label: str
    field: str
    source: Source = Source.PROMETHEUS
    in_menu: bool = False  # in the dashboard's menu instead of in sight
    series: tuple[str, ...] = ()  # recorded series of Prometheus whose labels are offered


@dataclass(frozen=True)
class Annotation:
    """Moments that are marked in every curve: firing series of Prometheus, or records of Elasticsearch."""

    name: str
    query: Query
    colour: str
    title: str = ""


@dataclass(frozen=True)
class Board:
    """A dashboard."""

    uid: str
    title: str
    description: str
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...] = ()
    links: tuple[Link, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    time_range: str = "now-6h"


def ref_id(number: int) -> str:
    """Return Grafana's name of a panel's query: A to Z, then A1 to Z1 and so on."""
    turn, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(turn) if turn else "")
