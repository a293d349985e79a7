"""When alerts tell nobody, because what they tell is expected: `mutes` of the spec and of `site.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, field_validator

from generators.spec.shape_errors import Form
from generators.spec.vocabulary import AlertName, MuteName, Name, Part, Sentence, Severity, TimeOfDay

_DAY = "(?:sun|mon|tues|wednes|thurs|fri|satur)day"
_OF_MONTH = r"(?:-?(?:[1-9]|[12]\d|3[01]))"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH = f"(?:{_MONTHS}|1[0-2]|[1-9])"
_SHORTEST = 28  # days of a month
_YEAR = r"\d{4}"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"


def _range(one: str) -> str:
    return f"{one}(?::{one})?"


def _forwards(text: str) -> str:
    """Refuse, as Alertmanager does, a range of months or years that ends before it begins."""
    names = _MONTHS.split("|")
    begin, end = (names.index(one) + 1 if one in names else int(one) for one in _ends(text))
    if begin > end:
        raise ValueError(_backwards(text))
    return text


def _days_forwards(text: str) -> str:
    """Refuse, as Alertmanager does, days that no month has in this order, or only a short one."""
    begin, end = map(int, _ends(text))
    if begin < 0 < end:
        raise ValueError(f"'{text}' runs into the next month; write '{begin}:-1' and '1:{end}'")
    if begin + _SHORTEST * (begin < 0) > end + _SHORTEST * (end < 0):
        raise ValueError(_backwards(text, " in February" if begin * end < 0 else ""))
    return text


def _ends(text: str) -> tuple[str, str]:
    begin, _, end = text.partition(":")
    return begin, end or begin


def _backwards(text: str, when: str = "") -> str:
    return f"'{text}' ends before it begins{when}; write two ranges, or the earlier end first"


Weekdays = Annotated[str, Form(_range(_DAY), "is no day of the week; write it like monday or monday:friday")]
DaysOfMonth = Annotated[
    str,
    Form(_range(_OF_MONTH), "is no day of the month; write it like '1' or '1:5', '-1' for the last"),
    AfterValidator(_days_forwards),
]
Months = Annotated[
    str, Form(_range(_MONTH), "is no month; write it like december or '1:3'"), AfterValidator(_forwards)
]
Years = Annotated[
    str, Form(_range(_YEAR), "is no year; write it like '2030' or '2030:2032'"), AfterValidator(_forwards)
]
Date = Annotated[str, Form(_DATE, "is no date; write it like 2026-12-25")]
Moment = Annotated[
    str,
    Form(f"(?:{_DAY}|{_DATE}) {_TIME}", "is no moment; write it like friday 16:00, or like 2026-12-24 12:15"),
]
LabelValue = Annotated[
    str,
    Form(
        r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,62}",
        "is no name as series carry it; write up to 63 letters, digits, . _ : / and -, like cme",
    ),
]


class Window(Part):
    """A part of the calendar, in a time zone; what is left out is always true.

    It is a stretch `from` a moment `to` another one (of each week, or once); or days, and the hours of them
    in Alertmanager's own notation.
    """

    from_: Moment | None = Field(default=None, alias="from")  # included
    to: Moment | None = None  # excluded
    dates: tuple[Date, ...] = ()
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

    @field_validator("dates")
    @classmethod
    def _are_dates(cls, dates: tuple[str, ...]) -> tuple[str, ...]:
        for one in dates:
            _on_a_calendar(one)
        return dates

    @field_validator("from_", "to")
    @classmethod
    def _is_a_moment(cls, moment: str | None) -> str | None:
        if moment and "-" in moment:
            _on_a_calendar(moment.partition(" ")[0])
        return moment

    @field_validator("location")
    @classmethod
    def _is_a_place(cls, location: str) -> str:
        if location not in {*available_timezones(), "UTC"}:
            raise ValueError(f"'{location}' is no time zone; write it like UTC or Europe/Berlin")
        return location


def _on_a_calendar(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is on no calendar; write a day that there is") from None


class Mute(Part):
    """When which alerts tell nobody: those that are named, or all about an exchange, a service, a family."""

    name: MuteName
    description: Sentence
    severities: tuple[Severity, ...] = (Severity.WARNING,)
    alerts: tuple[AlertName, ...] = ()
    families: tuple[Name, ...] = ()
    exchanges: tuple[LabelValue, ...] = ()
    services: tuple[LabelValue, ...] = ()
    windows: tuple[Window, ...] = Field(min_length=1)

    @property
    def bound(self) -> dict[str, tuple[str, ...]]:
        """Return label -> the values that an alert must have one of; an alert without the label is told."""
        labels = {"exchange": self.exchanges, "service": self.services}
        return {label: values for label, values in labels.items() if values}
