"""Which alerts a mute keeps quiet, and what no mute may: a critical alert about money is always told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from generators.spec.references import known, twice
from generators.spec.vocabulary import KpiRole, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generators.spec.model import Alert, Kpi, Spec
    from generators.spec.mutes import Mute, Window
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place

LONGEST = 62
"""Days of one stretch: what is closed for longer is not watched at all."""
_DAYS = ("days_of_month", "months", "weekdays", "years")


def alerts(spec: Spec, mute: Mute) -> tuple[str, ...]:
    """Return the names of the alerts of a mute: those that it names, else all that can be meant."""
    if mute.alerts:
        return mute.alerts
    return tuple(alert.name for kpi, alert in _all(spec) if _fits(kpi, alert, mute))


def _all(spec: Spec) -> Iterator[tuple[Kpi, Alert]]:
    for kpi in spec.kpis:
        for alert in kpi.alerts:
            yield kpi, alert


def _fits(kpi: Kpi, alert: Alert, mute: Mute) -> bool:
    """Tell whether an alert has a level, the family and the labels that a mute without names asks for."""
    family = not mute.families or kpi.family in mute.families
    loud = {level.severity for level in alert.levels}
    return family and mute.bound.keys() <= set(kpi.labels) and not loud.isdisjoint(mute.severities)


def problems(spec: Spec, mutes: Sequence[Mute], services: Sequence[str], at: Place) -> Found:
    """Yield a place and a text for everything wrong.

    Args:
        spec: Which alerts there are.
        mutes: What is checked.
        services: The names that services run by.
        at: Where the mutes stand.
    """
    yield from twice((((*at, m, "name"), mute.name) for m, mute in enumerate(mutes)), "name")
    for m, mute in enumerate(mutes):
        place = (*at, m)
        yield from _whom(spec, mute, services, place)
        yield from _named(spec, mute, place)
        for w, window in enumerate(mute.windows):
            yield from _window(window, (*place, "windows", w))


def _whom(spec: Spec, mute: Mute, services: Sequence[str], place: Place) -> Found:
    """Yield what a mute cannot be about."""
    families = [family.name for family in spec.families]
    for f, name in enumerate(mute.families):
        yield from known((*place, "families", f), "family", name, families)
    for s, name in enumerate(mute.services):
        yield from known((*place, "services", s), "service", name, services)
    if not (mute.alerts or mute.families or mute.bound):
        yield place, "all alerts would be quiet; write alerts, exchanges, services or families"
    elif mute.alerts and mute.families:
        yield (*place, "families"), "the alerts are named already; remove the families"
    elif not alerts(spec, mute) and set(mute.families) <= set(families):
        yield place, "no alert of these severities has what it asks for; remove the mute or a condition"


def _named(spec: Spec, mute: Mute, place: Place) -> Found:
    """Yield alerts of a mute that do not exist, that it cannot keep quiet, or that must be told."""
    found = {alert.name: (kpi, alert) for kpi, alert in _all(spec)}
    for a, name in enumerate(mute.alerts):
        here = (*place, "alerts", a)
        yield from known(here, "alert", name, found)
        if name in found:
            yield from _without_effect(*found[name], mute, here)
    money = {kpi.family for kpi in spec.kpis if kpi.role is KpiRole.PNL_DAY}
    for name in alerts(spec, mute) if Severity.CRITICAL in mute.severities else ():
        kpi, alert = found.get(name, (None, None))
        if kpi and alert and kpi.family in money and Severity.CRITICAL in {x.severity for x in alert.levels}:
            wrong = f"'{name}' is critical and about money, which is always told"
            yield (*place, "severities"), f"{wrong}; remove the alert, or critical here"


def _without_effect(kpi: Kpi, alert: Alert, mute: Mute, place: Place) -> Found:
    severities = {level.severity for level in alert.levels}
    if severities.isdisjoint(mute.severities):
        wrong = f"'{alert.name}' is {' and '.join(sorted(severities))} only, which this mute leaves loud"
        yield place, f"{wrong}; add that to severities or remove the alert"
    for label in sorted(mute.bound.keys() - set(kpi.labels)):
        yield place, f"'{alert.name}' names no {label}; remove the alert, or write another mute for it"


def _window(window: Window, place: Place) -> Found:
    """Yield keys of a window that contradict each other, and a window without an end."""
    written = {key for key in (*_DAYS, "dates", "times") if getattr(window, key)}
    if window.from_ or window.to:
        for key in sorted(written):
            yield (*place, key), "from and to say all of the window; remove this, or write another window"
        yield from _stretch(window, place)
    elif not written:
        yield place, "it would never end; write from and to, dates, weekdays or times"
    elif window.dates:
        for key in sorted(written & set(_DAYS)):
            yield (*place, key), "the dates say the days already; remove this, or write another window"


def _stretch(window: Window, place: Place) -> Found:
    start, end = window.from_, window.to
    if not (start and end):
        yield place, f"{'to' if start else 'from'} is missing; write both from and to"
    elif ("-" in start) is not ("-" in end):
        yield (*place, "to"), f"'{end}' is of another kind than '{start}'; write two dates, or two weekdays"
    elif start == end:
        yield (*place, "to"), f"it would begin and end at '{start}'; write when it ends"
    elif "-" in start:
        days = (date.fromisoformat(end[:10]) - date.fromisoformat(start[:10])).days
        if end < start:
            yield (*place, "to"), f"'{end}' is before '{start}'; write when it ends"
        elif days > LONGEST:
            yield (
                (*place, "to"),
                f"{days} days are more than the {LONGEST} of one stretch; write a nearer end",
            )
