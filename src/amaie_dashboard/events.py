"""What changed: deployments, restarts, emergency stops and alerts, read from the courses of their series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from amaie_dashboard.sources import label_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amaie_dashboard.catalogue import Catalogue
    from amaie_dashboard.sources import Series

MOST: Final = 10
SERVICES: Final = "services"
"""Prometheus' job of AMAIE's own services; what is recorded, and alerts, carry no job."""
_MISSED: Final = 3  # points that fail to come before a series has ended


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and how bad it is."""

    time: float
    state: str  # ok, warning or critical
    text: str


def query(catalogue: Catalogue) -> str:
    """Return the one selector of all series that tell of changes."""
    roles = catalogue.roles
    names = label_value(f"ALERTS|{roles.up}|{roles.emergency_stop}|{roles.build}|{roles.start}")
    return f'{{__name__=~{names},alertstate=~"firing|",job=~"{SERVICES}|"}}'


def _alert(series: Series, end: float, missed: float) -> Iterator[Event]:
    name, severity = series.labels.get("alertname", ""), series.labels.get("severity", "none")
    if severity == "none":
        return
    started = before = None
    for time, _ in series.points:
        if before is None or time - before > missed:
            if started is not None and before is not None:
                yield Event(before, "ok", f"{name} resolved ({severity})")
            started = time
            yield Event(time, severity, f"{name} fires ({severity})")
        before = time
    if before is not None and end - before > missed:
        yield Event(before, "ok", f"{name} resolved ({severity})")


def _steps(series: Series, up: tuple[str, str], down: tuple[str, str]) -> Iterator[Event]:
    """Tell of each change of a series between 0 and 1: state and text for either way."""
    before: float | None = None
    for time, value in series.points:
        if before is not None and value != before:
            state, text = up if value > before else down
            yield Event(time, state, text)
        before = value


def _restarts(series: Series, service: str, start: float) -> Iterator[Event]:
    known: float | None = None
    for _, value in series.points:
        if known is not None and value - known > 1 and value >= start:
            yield Event(value, "warning", f"{service} restarted")
        known = value


def _of(series: Series, catalogue: Catalogue, start: float, end: float) -> Iterator[Event]:
    roles, missed = catalogue.roles, _MISSED * catalogue.seconds_between_points
    name, service = series.labels.get("__name__"), series.labels.get("service", "a service")
    if name == "ALERTS":
        yield from _alert(series, end, missed)
    elif name == roles.up:
        yield from _steps(series, ("ok", f"{service} is back"), ("critical", f"{service} went down"))
    elif name == roles.emergency_stop:
        yield from _steps(series, ("critical", "Emergency stop: trading halted"), ("ok", "Trading resumed"))
    elif name == roles.start:
        yield from _restarts(series, service, start)
    elif name == roles.build and series.points and series.points[0][0] - start > missed:
        version = series.labels.get("version", "unknown")
        yield Event(series.points[0][0], "ok", f"{service} runs version {version}")


def changes(catalogue: Catalogue, courses: Iterable[Series], start: float) -> tuple[Event, ...]:
    """Return the events that the courses tell of, the newest first, each text once per moment."""
    known = tuple(courses)
    end = max((series.points[-1][0] for series in known if series.points), default=start)
    found = {event for series in known for event in _of(series, catalogue, start, end)}
    return tuple(sorted(found, key=lambda event: (-event.time, event.text))[:MOST])
