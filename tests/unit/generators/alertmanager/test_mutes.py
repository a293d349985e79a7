"""Mutes as Alertmanager reads them: closed routes for each set of mutes, and windows within single days."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from generators.alertmanager import config as alertmanager
from generators.alertmanager import mutes as alertmanager_mutes
from generators.spec import kpispec
from generators.spec.model import Severity, Spec
from generators.spec.mutes import Mute, Window
from generators.spec.strict_yaml import SpecError

SMALL = Path(__file__).parents[3] / "golden" / "small" / "spec" / "kpis.yaml"


@pytest.fixture(scope="module")
def shop() -> Spec:
    """Return the small spec of the golden files."""
    return kpispec.load(SMALL)


def _muted(shop: Spec, *mutes: Mute, severity: str = "warning") -> list[list[dict[str, Any]]]:
    """Return the child routes of every route of a severity when these mutes are in the spec."""
    with_mutes = shop.model_copy(update={"routing": shop.routing.model_copy(update={"mutes": mutes})})
    routes = alertmanager.config(with_mutes)["route"]["routes"]
    return [route.get("routes", []) for route in routes if f'severity="{severity}"' in route["matchers"]]


def _mute(name: str, *alerts: str, severities: tuple[Severity, ...] = (Severity.WARNING,)) -> Mute:
    window = Window(times=(("06:00", "06:30"),))
    return Mute(
        name=name,
        description="While it is closed.",
        severities=severities,
        alerts=alerts,
        windows=(window,),
    )


def test_a_mute_silences_its_alerts_on_every_channel_of_its_severity(shop: Spec) -> None:
    """The muted alerts leave each route of that severity through a child that the window closes."""
    child = {"matchers": ['alertname=~"CashLow|ServiceSlow"'], "mute_time_intervals": ["closed"]}
    closed = _mute("closed", "ServiceSlow", "CashLow")
    assert _muted(shop, closed) == [[child], [child]]
    assert _muted(shop, closed, severity="critical") == [[], []]


def test_an_alert_in_two_mutes_is_silent_in_both_windows(shop: Spec) -> None:
    """Alerts enter one child only, so there is one child for each set of mutes."""
    mutes = _mute("closed", "CashLow", "ServiceSlow"), _mute("stocktaking", "CashLow")
    assert _muted(shop, *mutes)[0] == [
        {"matchers": ['alertname=~"ServiceSlow"'], "mute_time_intervals": ["closed"]},
        {"matchers": ['alertname=~"CashLow"'], "mute_time_intervals": ["closed", "stocktaking"]},
    ]


def test_a_mute_can_name_critical_alerts_too(shop: Spec) -> None:
    """Only the severities that a mute names are silent."""
    closed = _mute("closed", "CashLow", severities=(Severity.CRITICAL,))
    assert _muted(shop, closed) == [[], []]
    assert len(_muted(shop, closed, severity="critical")[0]) == 1


def test_windows_are_written_as_alertmanager_reads_them(shop: Spec) -> None:
    """A window keeps what it says and leaves out what it does not."""
    assert alertmanager.config(shop)["time_intervals"] == [
        {
            "name": "closed",
            "time_intervals": [{"times": [{"start_time": "00:00", "end_time": "06:00"}], "location": "UTC"}],
        }
    ]


def test_a_window_over_midnight_is_refused_with_its_cure(tmp_path: Path) -> None:
    """Alertmanager takes no window that ends before it starts, so the spec does not either."""
    bad = tmp_path / "kpis.yaml"
    text = SMALL.read_text()
    window = '- times: [["00:00", "06:00"]]\n'
    assert text.count(window) == 1
    bad.write_text(text.replace(window, f'- times: [["22:00", "06:00"]]\n        {window}'))
    with pytest.raises(SpecError) as refused:
        kpispec.load(bad, "spec/kpis.yaml")
    assert re.sub(r":\d+:", ":LINE:", str(refused.value)) == (
        "spec/kpis.yaml:LINE: routing.mutes[closed].windows[0].times: "
        "22:00 is not before 06:00; split a window over midnight into two"
    )


def _intervals(**window: Any) -> list[dict[str, Any]]:
    """Return the intervals of one window, without where on earth it is."""
    mute = _mute("closed", "CashLow").model_copy(update={"windows": (Window(**window),)})
    found = alertmanager_mutes.intervals(mute)["time_intervals"]
    return [{key: value for key, value in one.items() if key != "location"} for one in found]


def _hours(start: str, end: str) -> dict[str, Any]:
    return {"times": [{"start_time": start, "end_time": end}]}


def test_a_stretch_of_the_week_is_a_day_at_a_time() -> None:
    """Alertmanager knows nothing over midnight: the first and the last day have hours."""
    assert _intervals(from_="friday 16:00", to="sunday 17:00") == [
        {"weekdays": ["friday"], **_hours("16:00", "24:00")},
        {"weekdays": ["saturday"]},
        {"weekdays": ["sunday"], **_hours("00:00", "17:00")},
    ]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("monday 16:00", "monday 17:00", ["monday"]),
        ("saturday 00:00", "saturday 24:00", ["saturday"]),
        ("saturday 24:00", "monday 00:00", ["sunday"]),
        (
            "friday 17:00",
            "friday 16:00",
            ["friday", "saturday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday"],
        ),
    ],
)
def test_a_stretch_begins_and_ends_where_it_says(start: str, end: str, days: list[str]) -> None:
    """Within a day, at midnight, or nearly a week later."""
    assert [one["weekdays"] for one in _intervals(from_=start, to=end)] == [[day] for day in days]


def test_a_stretch_between_dates_runs_over_the_year() -> None:
    """Day, month and year of each day."""
    assert _intervals(from_="2026-12-31 12:15", to="2027-01-01 17:00") == [
        {"days_of_month": ["31"], "months": ["12"], "years": ["2026"], **_hours("12:15", "24:00")},
        {"days_of_month": ["1"], "months": ["1"], "years": ["2027"], **_hours("00:00", "17:00")},
    ]


def test_each_date_is_an_interval_with_the_hours_of_all() -> None:
    """Else the day of one date and the month of another would be a third one."""
    assert _intervals(dates=("2026-11-27", "2026-12-24"), times=(("13:00", "24:00"),)) == [
        {"days_of_month": ["27"], "months": ["11"], "years": ["2026"], **_hours("13:00", "24:00")},
        {"days_of_month": ["24"], "months": ["12"], "years": ["2026"], **_hours("13:00", "24:00")},
    ]


def test_weekdays_over_the_end_of_the_week_are_named_one_by_one() -> None:
    """Alertmanager's week begins on Sunday, and it refuses a range that runs backwards."""
    assert _intervals(weekdays=("friday:monday", "tuesday:wednesday"))[0]["weekdays"] == [
        *("friday", "saturday", "sunday", "monday"),
        "tuesday:wednesday",
    ]


def test_a_mute_of_an_exchange_leaves_the_others_loud(shop: Spec) -> None:
    """The named value comes first and holds the mutes of all; an alert without the label is in neither."""
    labels = {"exchanges": ("a",)}
    bound = _mute("closed", "ServiceSlow").model_copy(update=labels)
    assert _muted(shop, bound, _mute("night", "ServiceSlow", "CashLow"))[0] == [
        {
            "matchers": ['alertname=~"ServiceSlow"', 'exchange="a"'],
            "mute_time_intervals": ["closed", "night"],
        },
        {"matchers": ['alertname=~"CashLow|ServiceSlow"'], "mute_time_intervals": ["night"]},
    ]
