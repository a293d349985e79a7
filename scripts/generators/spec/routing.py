"""Who is told of an alert: the `routing:` of `spec/kpis.yaml` as typed, frozen values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from generators.spec.channels import Channels
from generators.spec.shape_errors import OneOf
from generators.spec.vocabulary import (
    AlertName,
    Duration,
    MuteName,
    Name,
    Part,
    Sentence,
    Severity,
    TimeOfDay,
)

ChannelName = Annotated[str, OneOf(tuple(Channels.model_fields))]


class Delivery(Part):
    """How alerts of one severity reach people, and how they are grouped and repeated."""

    severity: Severity
    channels: tuple[ChannelName, ...] = Field(min_length=1)
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
