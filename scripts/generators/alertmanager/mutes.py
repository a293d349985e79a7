"""Mutes as Alertmanager knows them: time intervals of single days, and routes that they close."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from generators.spec import muting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Severity, Spec
    from generators.spec.mutes import Mute, Window

    Days = list[dict[str, list[str]]]
    Labels = tuple[tuple[str, str], ...]

WEEK = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""Alertmanager's order, in which a range must run forwards."""
MIDNIGHT, END = "00:00", "24:00"


def intervals(mute: Mute) -> dict[str, Any]:
    """Return the windows of a mute under its name."""
    return {"name": mute.name, "time_intervals": [one for window in mute.windows for one in _of(window)]}


def _of(window: Window) -> Iterator[dict[str, Any]]:
    """Yield intervals, each within a day: Alertmanager knows no date and nothing over midnight."""
    where = {"location": window.location}
    if window.from_ and window.to:
        yield from (one | where for one in _stretch(window.from_, window.to))
        return
    times = {"times": [_hours(*hours) for hours in window.times]}
    days = {
        "weekdays": [day for one in window.weekdays for day in _forwards(one)],
        "days_of_month": list(window.days_of_month),
        "months": list(window.months),
        "years": list(window.years),
    }
    for day in [_date(date.fromisoformat(one)) for one in window.dates] or [days]:
        yield {key: value for key, value in {**times, **day, **where}.items() if value}


def _hours(start: str, end: str) -> dict[str, str]:
    return {"start_time": start, "end_time": end}


def _date(day: date) -> dict[str, list[str]]:
    return {"days_of_month": [str(day.day)], "months": [str(day.month)], "years": [str(day.year)]}


def _forwards(days: str) -> list[str]:
    """Return a range of weekdays as it stands, or day by day if it runs over Saturday's end."""
    first, _, last = days.partition(":")
    if not last or WEEK.index(first) <= WEEK.index(last):
        return [days]
    start = WEEK.index(first)
    return [WEEK[(start + one) % 7] for one in range((WEEK.index(last) - start) % 7 + 1)]


def _stretch(start: str, end: str) -> Iterator[dict[str, Any]]:
    """Yield the days from one moment to another, the first and the last with their hours."""
    (first, begin), (last, until) = start.split(), end.split()
    days = _dates(first, last) if "-" in first else _weekdays(first, last, whole=until <= begin)
    for place, day in enumerate(days):
        hours = (begin if place == 0 else MIDNIGHT, until if place == len(days) - 1 else END)
        if hours == (MIDNIGHT, END):
            yield day
        elif hours[0] < hours[1]:
            yield {"times": [_hours(*hours)], **day}


def _dates(first: str, last: str) -> Days:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [_date(start + timedelta(days=day)) for day in range((end - start).days + 1)]


def _weekdays(first: str, last: str, *, whole: bool) -> Days:
    """Return the days of a week from one to another; the same day comes again if the stretch is so long."""
    start = WEEK.index(first)
    count = (WEEK.index(last) - start) % 7 or (7 if whole else 0)
    return [{"weekdays": [WEEK[(start + day) % 7]]} for day in range(count + 1)]


def routes(spec: Spec, severity: Severity) -> list[dict[str, Any]]:
    """Return one child route per set of mutes: an alert enters the first child that takes it, only.

    So a child whose exchange or service is named stands first, and holds the mutes of those for any, too.
    """
    mutes_of = defaultdict(list)
    for mute in spec.routing.mutes:
        if severity in mute.severities:
            for alert in muting.alerts(spec, mute):
                mutes_of[alert].append(mute)
    alerts_of = defaultdict(list)
    for alert, mutes in mutes_of.items():
        for labels in _cases(mutes):
            if names := tuple(mute.name for mute in mutes if _holds(mute, dict(labels))):
                alerts_of[(-len(labels), names, labels)].append(alert)
    return [
        {
            "matchers": [
                f'alertname=~"{"|".join(sorted(alerts))}"',
                *(f'{label}="{value}"' for label, value in labels),
            ],
            "mute_time_intervals": list(names),
        }
        for (_, names, labels), alerts in sorted(alerts_of.items())
    ]


def _cases(mutes: list[Mute]) -> Iterator[Labels]:
    """Yield each combination of the values that mutes name, a label left out standing for any other."""
    named: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for mute in mutes:
        for label, values in mute.bound.items():
            named[label].update((label, value) for value in values)
    for case in itertools.product(*([*sorted(pairs), None] for _, pairs in sorted(named.items()))):
        yield tuple(pair for pair in case if pair)


def _holds(mute: Mute, labels: dict[str, str]) -> bool:
    return all(labels.get(label) in values for label, values in mute.bound.items())
