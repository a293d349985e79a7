"""The spec as typed, frozen values: what `spec.py` returns and every generator reads.

The shapes mirror `spec/kpis.yaml` one to one. Times are durations in Prometheus' notation ("15s", "1h30m");
ratios run from 0 to 1; money is in the quote currency that the `currency` label names.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from generators.spec.channels import Channel, Channels
from generators.spec.instances import Played
from generators.spec.routing import Delivery, Routing
from generators.spec.vocabulary import (
    Address,
    AlertName,
    Compare,
    Duration,
    FactRole,
    KpiRole,
    LimitUnit,
    MetricName,
    MetricType,
    Name,
    Operation,
    PanelKind,
    Part,
    RecordingRole,
    Sentence,
    ServiceName,
    Severity,
    Unit,
)

if TYPE_CHECKING:
    from generators.spec.logspec import LogSpec

__all__ = [
    "KQL",
    "Address",
    "Alert",
    "AlertName",
    "Channel",
    "Channels",
    "Compare",
    "Delivery",
    "Duration",
    "Exporter",
    "Family",
    "Figure",
    "Guard",
    "Kpi",
    "Level",
    "Limit",
    "LimitUnit",
    "Links",
    "Metric",
    "MetricName",
    "MetricType",
    "Model",
    "Name",
    "Operation",
    "PanelKind",
    "Part",
    "Recording",
    "Routing",
    "Scrape",
    "Sentence",
    "Service",
    "ServiceName",
    "Settings",
    "Severity",
    "Spec",
    "Unit",
]

KQL = "kql: "
"""What a diagnosis line for Kibana starts with; every other one is PromQL."""


class Links(Part):
    """Base addresses that annotations of an alert start with; no slash at the end."""

    grafana: Address
    kibana: Address
    launcher: Address  # live dashboard; it also serves the runbooks


class Settings(Part):
    """What holds for the whole stack."""

    scrape_interval: Duration
    evaluation_interval: Duration
    retention: Duration
    links: Links


class Service(Part):
    """A role: what programs of one kind export and write, by whatever names and however often they run."""

    name: ServiceName
    description: Sentence


class Family(Part):
    """KPIs that belong on one dashboard."""

    name: Name
    title: str
    description: Sentence


class Metric(Part):
    """A raw fact that our services export."""

    name: MetricName
    type: MetricType
    unit: Unit
    help: Sentence
    services: tuple[ServiceName, ...]  # roles
    labels: tuple[Name, ...] = ()
    buckets: tuple[float, ...] = ()
    role: FactRole | None = None


class Exporter(Part):
    """Somebody else's exporter: the metrics (and their labels) that formulas may use."""

    name: ServiceName
    description: Sentence
    metrics: dict[str, tuple[str, ...]]  # metric name -> label names besides job and instance
    roles: dict[FactRole, MetricName] = Field(default_factory=dict)


class Level(Part):
    """One severity of an alert: its bound, a number or a limit of the account, and its patience."""

    severity: Severity
    bound: float | None = None  # of a limit: its default, if there is one (`limits.filled`)
    limit: Name | None = None
    for_: Duration = Field(alias="for")
    keep_firing_for: Duration | None = None


class Guard(Part):
    """What must hold too before an alert may speak, such as enough samples behind the figure."""

    kpi: Name  # a KPI or a recording whose labels are among those of the alert's KPI
    at_least: float


class Alert(Part):
    """When a KPI's value needs a person, and what that person is told.

    Texts may use {{ value }}, {{ magnitude }} (the value without its sign), {{ bound }} (of the level),
    {{ limit }} (the bound of the most severe level) and {{ <label> }}.
    """

    name: AlertName
    compare: Compare
    levels: tuple[Level, ...] = Field(min_length=1)
    summary: Sentence
    impact: Sentence
    action: Sentence
    diagnosis: tuple[str, ...] = ()  # further PromQL or KQL lines for the runbook
    mitigation: tuple[Sentence, ...] = ()
    guard: Guard | None = None
    service: ServiceName | None = None  # the role whose logs to open when the KPI has no service label
    unrecorded: bool = False  # asks the formula, too: what must be told while nothing can be recorded
    component: ServiceName | None = None  # what is ill when it is none of our services
    missing: str = "silent"  # what an absent series means: "silent: why" or the alert that covers it


class Limit(Part):
    """What an account may lose at most: a positive number, which an installation may set for each account."""

    name: Name
    unit: LimitUnit
    default: float | None = None  # where an installation sets none
    description: Sentence


class Figure(Part):
    """A formula and the series `<labels>:amaie_<metric>:<operation>` that records it (`names.recorded`)."""

    name: Name
    family: Name
    description: Sentence
    metric: Name
    operation: Operation
    labels: tuple[Name, ...] = ()
    interval: Duration | None = None  # how often it is computed; None: at every evaluation
    expr: str


class Recording(Figure):
    """A helper series that formulas build on: recorded like a KPI, but nobody watches it."""

    role: RecordingRole | None = None


class Kpi(Figure):
    """A figure people watch: one formula, one recorded series, one panel, its alerts."""

    title: str
    unit: Unit
    role: KpiRole | None = None
    decimals: int = Field(default=2, ge=0, le=12)
    panel: PanelKind = PanelKind.TIMESERIES
    words: tuple[str, ...] = ()  # of a state: what its values 0, 1, … are called; "no" and "yes" if not given
    example: dict[Name, str] = Field(default_factory=dict)  # label values for tests and previews
    alerts: tuple[Alert, ...] = ()


class Spec(Played):
    """The whole of `spec/kpis.yaml`."""

    version: Literal[1]
    settings: Settings
    services: tuple[Service, ...]
    families: tuple[Family, ...]
    metrics: tuple[Metric, ...]
    exporters: tuple[Exporter, ...] = ()
    limits: tuple[Limit, ...] = ()
    recordings: tuple[Recording, ...] = ()
    kpis: tuple[Kpi, ...]
    routing: Routing


class Scrape(Part):
    """A part of the stack that Prometheus scrapes, from the `metrics.port` label in its compose file."""

    service: ServiceName
    port: int = Field(ge=1, le=65535)
    path: str = "/metrics"
    scheme: str = "http"


@dataclass(frozen=True)
class Model:
    """All that a generator may read: both specs, and what compose says about scraping."""

    spec: Spec
    logs: LogSpec
    scrapes: tuple[Scrape, ...]
    seed_words: dict[str, tuple[str, ...]] = made(default_factory=dict)
