"""Who is told of an alert: the `routing:` of `spec/kpis.yaml` as typed, frozen values."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from generators.spec.channels import Channels
from generators.spec.shape_errors import Form, OneOf
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

_DAY = "(?:sun|mon|tues|wednes|thurs|fri|satur)day"
_OF_MONTH = r"(?:-?(?:[1-9]|[12]\d|3[01]))"
_MONTH = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9])"
)
_YEAR = r"\d{4}"


def _range(one: str) -> str:
    return f"{one}(?::{one})?"


Weekdays = Annotated[str, Form(_range(_DAY), "is no day of the week; write it like monday or monday:friday")]
DaysOfMonth = Annotated[
    str, Form(_range(_OF_MONTH), "is no day of the month; write it like '1' or '1:5', '-1' for the last")
]
Months = Annotated[str, Form(_range(_MONTH), "is no month; write it like december or '1:3'")]
Years = Annotated[str, Form(_range(_YEAR), "is no year; write it like '2030' or '2030:2032'")]
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
    weekdays: tuple[Weekdays, ...] = ()
    days_of_month: tuple[DaysOfMonth, ...] = ()
    months: tuple[Months, ...] = ()
    years: tuple[Years, ...] = ()
    location: str = "UTC"

    @field_validator("times")
    @classmethod
    def _within_a_day(cls, times: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        for start, end in times:
            if start >= end:
                raise ValueError(f"{start} is not before {end}; split a window over midnight into two")
        return times

    @field_validator("location")
    @classmethod
    def _is_a_place(cls, location: str) -> str:
        if location not in {*available_timezones(), "UTC"}:
            raise ValueError(f"'{location}' is no time zone; write it like UTC or Europe/Berlin")
        return location


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
