"""What changed, read from series."""

from __future__ import annotations

import msgspec

from amaie_dashboard.catalogue import Catalogue
from amaie_dashboard.events import Event, changes, query
from amaie_dashboard.sources import Series
from unit.dashboard.conftest import ROLES

KNOWN = Catalogue((), ROLES, 15, (), logs="logs", data_view="view")


def told(*values: tuple[float, float], **labels: str) -> tuple[Event, ...]:
    """Return the events of one series with the given points, looking back to 0."""
    clock = Series({"__name__": "clock"}, ((600.0, 1.0),))
    return changes(KNOWN, (Series(labels, values), clock), 0.0)


def test_an_alert_fires_and_resolves() -> None:
    """Its points begin and end; a critical one is told as critical."""
    points = tuple((float(time), 1.0) for time in range(100, 161, 15))

    assert told(*points, __name__="ALERTS", alertname="DrawdownLimit", severity="critical") == (
        Event(160, "ok", "DrawdownLimit resolved (critical)"),
        Event(100, "critical", "DrawdownLimit fires (critical)"),
    )


def test_an_alert_that_still_fires_has_not_resolved() -> None:
    """Its last point is the newest of all."""
    points = tuple((float(time), 1.0) for time in range(480, 601, 15))
    events = told(*points, __name__="ALERTS", alertname="A", severity="warning")

    assert [event.text for event in events] == ["A fires (warning)"]


def test_the_watchdog_is_no_news() -> None:
    """An alert of severity none is for the heartbeat."""
    assert told((0, 1), __name__="ALERTS", alertname="Watchdog", severity="none") == ()


def test_a_service_goes_down_and_comes_back() -> None:
    """From 1 to 0 and to 1 again."""
    up = {"__name__": ROLES.up, "service": "amaie-trader"}

    assert [event.text for event in told((0, 1), (15, 0), (30, 1), **up)] == [
        "amaie-trader is back",
        "amaie-trader went down",
    ]


def test_a_new_start_time_is_a_restart() -> None:
    """The event happened when the process started, not when it was seen."""
    points = ((0, -100.0), (300, -100.0), (315, 302.5))
    events = told(*points, __name__=ROLES.start, service="amaie-core")

    assert events == (Event(302.5, "warning", "amaie-core restarted"),)


def test_a_version_that_appears_is_a_deployment() -> None:
    """A version that was there from the start of the window is no news."""
    build = {"__name__": ROLES.build, "service": "amaie-core", "version": "1.5.0"}

    assert told((300, 1), **build) == (Event(300, "ok", "amaie-core runs version 1.5.0"),)
    assert told((0, 1), (300, 1), **build) == ()


def test_an_emergency_stop_begins_and_ends() -> None:
    """Its series goes to 1 and back."""
    events = told((0, 0), (15, 1), (30, 0), __name__=ROLES.emergency_stop)

    assert [event.text for event in events] == ["Trading resumed", "Emergency stop: trading halted"]


def test_one_selector_asks_for_every_series_that_tells_of_changes() -> None:
    """By the names that play the roles, whatever they are."""
    for name in ("ALERTS", ROLES.up, ROLES.emergency_stop, ROLES.build, ROLES.start):
        assert name in query(KNOWN)


def test_a_series_ends_after_three_points_that_did_not_come() -> None:
    """With rules every minute, two minutes of silence are no end yet."""
    slow = msgspec.structs.replace(KNOWN, seconds_between_points=60)
    fires = Series(
        {"__name__": "ALERTS", "alertname": "A", "severity": "warning"},
        tuple((float(time), 1.0) for time in (60, 120, 240)),
    )
    clock = Series({"__name__": "clock"}, ((360.0, 1.0),))

    assert [event.text for event in changes(slow, (fires, clock), 0.0)] == ["A fires (warning)"]
    assert len(changes(KNOWN, (fires, clock), 0.0)) == 6
