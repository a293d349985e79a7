"""The words that specs are made of: forms of text, choices, and what all their parts have in common."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from generators.spec.strict_yaml import Form

Duration = Annotated[
    str,
    Form(
        r"(?a)(?=.)(?:\d\d?y)?(?:\d{1,4}w)?(?:\d{1,5}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?(?:\d{1,6}ms)?",
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
        r"https?://(?:[^\s/?#@:\[\]\"'{}<>\\]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[^\s/?#\"'{}<>\\]+)*",
        "is not a base address; write it like http://127.0.0.1:3000, no slash at its end",
    ),
]

SecretName = Annotated[
    str, Form(r"[a-z][a-z0-9_]*", "is not the name of a secret file; write it like slack_webhook_url")
]
TimeOfDay = Annotated[
    str, Form(r"(?a)(?:[01]\d|2[0-3]):[0-5]\d|24:00", "is not a time of the day; write it like 06:30")
]
MuteName = Annotated[
    str, Form(r"[a-z][a-z0-9-]*", "is not a name; write lower case words joined by -, like exchange-downtime")
]


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


class LimitUnit(StrEnum):
    """What a limit is measured in: a share, the same in every currency, or an amount of the account's own."""

    RATIO = "ratio"
    CURRENCY = "currency"


class FactRole(StrEnum):
    """What a raw fact means to its readers; exactly one metric plays each role."""

    ACCOUNTS = "accounts"  # one series an account and currency: what limits hold for; only with limits
    EMERGENCY_STOP = "emergency_stop"
    BUILD = "build"
    START = "start"


class KpiRole(StrEnum):
    """What a KPI means to the live dashboard; exactly one KPI plays each role."""

    UP = "up"
    UPTIME = "uptime"
    PNL_DAY = "pnl_day"
    PNL_WEEK = "pnl_week"
    PNL_MONTH = "pnl_month"


class RecordingRole(StrEnum):
    """What a helper series of an account tells in messages; both roles are played, or none."""

    LAST_TRANSFER = "last_transfer"
    LAST_TRANSFER_TIME = "last_transfer_time"


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
