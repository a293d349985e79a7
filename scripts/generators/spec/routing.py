"""Who is told of an alert: the `routing:` of `spec/kpis.yaml` as typed, frozen values."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from generators.spec.vocabulary import (
    AlertName,
    Duration,
    MuteName,
    Name,
    Part,
    SecretName,
    Sentence,
    Severity,
    TimeOfDay,
)


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
