"""The spec as typed, frozen values: what `spec.py` returns and every generator reads.

The shapes mirror `spec/kpis.yaml` one to one, so that a person who knows the file knows the model.
Times are durations in Prometheus' notation ("15s", "1h30m"); ratios run from 0 to 1; money is in the
quote currency that the `currency` label names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from stackgen.strict_yaml import Form

if TYPE_CHECKING:
    from stackgen.logspec import LogSpec

Duration = Annotated[
    str,
    Form(
        r"(?=.)(?:\d{1,6}y)?(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?(?:\d{1,6}ms)?",
        "is not a duration; write it like 5m or 1h30m",
    ),
]
MetricName = Annotated[
    str, Form(r"[a-z][a-z0-9_]*", "is not a metric name; write it like amaie_orders_total")
]
Name = Annotated[
    str, Form(r"[a-z][a-z0-9_]*", "is not a name; write lower case words joined by _, like pnl_day")
]
Operation = Annotated[str, Form(r"[a-z0-9_]+", "is not an operation; write it like day or p95_5m")]
ServiceName = Annotated[
    str, Form(r"[a-z][a-z0-9-]*", "is not a name; write lower case words joined by -, like amaie-core")
]
AlertName = Annotated[str, Form(r"[A-Z][A-Za-z0-9]*", "is not an alert name; write it like DailyLossLimit")]
Sentence = Annotated[
    str, Form(r"(?s).{10,}", "says too little; write a whole sentence of at least 10 characters")
]
Address = Annotated[
    str,
    Form(
        r"https?://[^\s/]+(?:/[^\s/]+)*",
        "is not a base address; write it like http://127.0.0.1:3000, no slash at its end",
    ),
]

SecretName = Annotated[
    str, Form(r"[a-z][a-z0-9_]*", "is not the name of a secret file; write it like slack_webhook_url")
]
TimeOfDay = Annotated[
    str, Form(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", "is not a time of the day; write it like 06:30")
]
MuteName = Annotated[
    str, Form(r"[a-z][a-z0-9-]*", "is not a name; write lower case words joined by -, like exchange-downtime")
]


KQL = "kql: "
"""What a diagnosis line for Kibana starts with; every other one is PromQL."""


class Part(BaseModel):
    """A part of the spec: unknown keys are refused and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Unit(StrEnum):
    """Units of the field; `names.py` maps each to its Grafana unit and its text in an alert."""

    MONEY = "money"
    RATIO = "ratio"
    SECONDS = "seconds"
    BYTES = "bytes"
    COUNT = "count"
    PER_SECOND = "per_second"
    NATS = "nats"
    INDEX = "index"
    STATE = "state"


class MetricType(StrEnum):
    """Metric types of the Prometheus exposition format that the services use."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Severity(StrEnum):
    """Severities, most urgent first: each has its own path to a person."""

    CRITICAL = "critical"
    WARNING = "warning"
    NONE = "none"  # Watchdog: never for a person, only for the heartbeat.


class Compare(StrEnum):
    """On which side of its bound a value is bad."""

    ABOVE = "above"
    BELOW = "below"


class PanelKind(StrEnum):
    """How a KPI is drawn."""

    TIMESERIES = "timeseries"
    STAT = "stat"
    GAUGE = "gauge"
    BAR_GAUGE = "bar_gauge"
    STATE_TIMELINE = "state_timeline"
    HEATMAP = "heatmap"
    TABLE = "table"


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
    """A program that exports metrics and writes logs under the contract."""

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
    services: tuple[ServiceName, ...]
    labels: tuple[Name, ...] = ()
    buckets: tuple[float, ...] = ()


class Exporter(Part):
    """Somebody else's exporter: the metrics (and their labels) that formulas may use."""

    name: ServiceName
    description: Sentence
    metrics: dict[str, tuple[str, ...]]  # metric name -> label names besides job and instance


class Level(Part):
    """One severity of an alert: its bound and its patience."""

    severity: Severity
    bound: float
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
    service: ServiceName | None = None  # whose logs to open when the KPI has no service label
    component: ServiceName | None = None  # what is ill when it is none of our services
    missing: str = "silent"  # what an absent series means: "silent: why" or the alert that covers it


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


class Kpi(Figure):
    """A figure people watch: one formula, one recorded series, one panel, its alerts."""

    title: str
    unit: Unit
    decimals: int = 2
    panel: PanelKind = PanelKind.TIMESERIES
    words: tuple[str, ...] = ()  # of a state: what its values 0, 1, … are called; "no" and "yes" if not given
    example: dict[Name, str] = Field(default_factory=dict)  # label values for tests and previews
    alerts: tuple[Alert, ...] = ()


class PagerDuty(Part):
    """Where a page goes: PagerDuty's Events API v2."""

    url: str
    routing_key_file: SecretName


class Sms(Part):
    """Where a text message goes: an Amazon SNS topic, whose subscribers are telephones."""

    topic_arn: str
    region: str
    credentials_file: SecretName  # AWS shared credentials file; AWS_SHARED_CREDENTIALS_FILE names it


class Slack(Part):
    """Where a chat message goes: a Slack incoming webhook."""

    channel: str
    webhook_url_file: SecretName


class Email(Part):
    """Where a mail goes, over an SMTP server that asks for a password."""

    to: tuple[str, ...] = Field(min_length=1)
    sender: str
    smarthost: str
    username: str
    password_file: SecretName


class Heartbeat(Part):
    """The watchman outside (a dead man's switch) that raises alarm when Watchdog stops arriving."""

    url_file: SecretName
    stopped_by: tuple[AlertName, ...] = ()  # alerts that nobody hears: the watchman is let know by silence


class Channel(StrEnum):
    """A way out of Alertmanager; each has its own receiver, so that one that hangs delays no other."""

    PAGERDUTY = "pagerduty"
    SMS = "sms"
    SLACK = "slack"
    EMAIL = "email"
    HEARTBEAT = "heartbeat"


class Channels(Part):
    """The settings of every channel; secrets are names of files."""

    pagerduty: PagerDuty
    sms: Sms
    slack: Slack
    email: Email
    heartbeat: Heartbeat


class Delivery(Part):
    """How alerts of one severity reach people, and how they are grouped and repeated."""

    severity: Severity
    channels: tuple[Channel, ...] = Field(min_length=1)
    group_by: tuple[Name, ...]
    group_wait: Duration
    group_interval: Duration
    repeat_interval: Duration


class Window(Part):
    """A stretch of the calendar, in Alertmanager's own notation; what is left out is always true."""

    times: tuple[tuple[TimeOfDay, TimeOfDay], ...] = ()  # start (included), end (excluded)
    weekdays: tuple[str, ...] = ()
    days_of_month: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    location: str = "UTC"

    @field_validator("times")
    @classmethod
    def _within_a_day(cls, times: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        for start, end in times:
            if start >= end:
                raise ValueError(f"{start} is not before {end}; split a window over midnight into two")
        return times


class Mute(Part):
    """When which alerts tell nobody, because what they tell is expected."""

    name: MuteName
    description: Sentence
    severities: tuple[Severity, ...] = (Severity.WARNING,)
    alerts: tuple[AlertName, ...] = Field(min_length=1)
    windows: tuple[Window, ...] = Field(min_length=1)


class Routing(Part):
    """Who is told of what, how fast, and when not."""

    channels: Channels
    deliveries: tuple[Delivery, ...]
    mutes: tuple[Mute, ...] = ()


class Spec(Part):
    """The whole of `spec/kpis.yaml`."""

    version: int
    settings: Settings
    services: tuple[Service, ...]
    families: tuple[Family, ...]
    metrics: tuple[Metric, ...]
    exporters: tuple[Exporter, ...] = ()
    recordings: tuple[Recording, ...] = ()
    kpis: tuple[Kpi, ...]
    routing: Routing


class Scrape(Part):
    """A service of the compose file that Prometheus scrapes, from its `metrics.port` label."""

    service: ServiceName
    port: int = Field(ge=1, le=65535)
    path: str = "/metrics"


@dataclass(frozen=True)
class Model:
    """All that a generator may read: both specs, and what compose says about scraping."""

    spec: Spec
    logs: LogSpec
    scrapes: tuple[Scrape, ...]
