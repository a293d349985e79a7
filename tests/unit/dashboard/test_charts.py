"""A panel's chart as data: lines, holes, bounds, axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from nicegui.observables import ObservableDict

from amaie_dashboard import charts
from amaie_dashboard.catalogue import Bound, Panel
from amaie_dashboard.hub import Course
from amaie_dashboard.sources import Series

if TYPE_CHECKING:
    from collections.abc import Sequence


def drawn(panel: Panel, *series: Series, **filters: str) -> dict[str, Any]:
    """Return the chart of a panel over 15 minutes."""
    course = Course(fetched=900, start=0, end=900, series={panel.series: series})
    return charts.options(panel, course, filters, 15)


def line(*values: float, account: str = "main", times: Sequence[float] | None = None) -> Series:
    """Return a series with a point every 15 seconds."""
    stamps = times or [15.0 * number for number in range(len(values))]
    return Series({"account": account}, tuple(zip(stamps, values, strict=True)))


def test_a_missing_point_leaves_a_hole(drawdown: Panel) -> None:
    """The line is broken where nothing was recorded; it is never joined and never drawn at 0."""
    chart = drawn(drawdown, line(0.01, 0.02, times=(0, 60)))

    assert chart["series"][0]["data"] == ((0, 0.01), (15_000, None), (60_000, 0.02))
    assert chart["series"][0].get("connectNulls", False) is False


def test_nobody_watches_the_points_of_a_line(drawdown: Panel) -> None:
    """NiceGUI wraps lists and dictionaries, to see them change: of thousands of points, for each viewer."""
    points = drawn(drawdown, line(0.01, 0.02))["series"][0]["data"]

    assert ObservableDict({"data": points})["data"] is points
    assert {type(point) for point in points} == {tuple}


def test_near_bounds_are_drawn_and_kept_in_sight(drawdown: Panel) -> None:
    """Both levels are lines of their own dash and name, within the axis."""
    chart = drawn(drawdown, line(0.03, 0.044))
    marks = chart["series"][0]["markLine"]["data"]

    assert [(mark["name"], mark["yAxis"], mark["lineStyle"]["type"]) for mark in marks] == [
        ("critical", 0.05, "solid"),
        ("warning", 0.045, "dashed"),
    ]
    assert chart["yAxis"]["max"] > 0.05


def test_a_far_bound_does_not_flatten_the_curve(drawdown: Panel) -> None:
    """Where the figure is far from its limit, the axis shows the figure."""
    assert drawn(drawdown, line(0.0010, 0.0012))["yAxis"]["max"] < 0.01


def test_a_filter_leaves_only_what_it_names(drawdown: Panel) -> None:
    """A label that the panel lacks filters nothing."""
    both = (line(0.01), line(0.02, account="other"))

    assert [each["name"] for each in drawn(drawdown, *both)["series"]] == ["main", "other"]
    assert [each["name"] for each in drawn(drawdown, *both, account="other")["series"]] == ["other"]
    assert len(drawn(drawdown, *both, service="amaie-core")["series"]) == 2


def test_no_data_draws_an_empty_frame(drawdown: Panel) -> None:
    """Without a series there is no line and no label that could be taken for a figure."""
    for chart in (drawn(drawdown), charts.options(drawdown, None, {}, 15)):
        assert chart["series"] == []
        assert chart["yAxis"]["axisLabel"]["show"] is False


@pytest.mark.parametrize(
    ("unit", "words", "low", "high"),
    [
        ("state", ("no", "yes"), 0.0, 1.0),
        ("state", ("green", "yellow", "red"), 0.0, 2.0),
        ("ratio", (), 0.0, 1.08),
    ],
)
def test_a_state_has_room_for_each_of_its_words(
    drawdown: Panel, unit: str, words: tuple[str, ...], low: float, high: float
) -> None:
    """A state's axis is fixed; other figures that are never negative start at 0 where that is near."""
    chart = drawn(msgspec.structs.replace(drawdown, unit=unit, words=words), line(0.0, 1.0))

    assert (chart["yAxis"]["min"], chart["yAxis"]["max"]) == (low, pytest.approx(high))


def test_a_state_is_written_in_its_words_by_the_browser_too(drawdown: Panel) -> None:
    """Tooltip and axis get the words, quoted as the browser reads them."""
    health = msgspec.structs.replace(drawdown, unit="state", words=("green", "it's red"))
    chart = drawn(health, line(0.0, 1.0))

    assert '["green", "it\'s red"]' in chart["tooltip"][":valueFormatter"]
    assert '["green", "it\'s red"]' in chart["yAxis"]["axisLabel"][":formatter"]


@pytest.mark.parametrize(("value", "state"), [(0.04, "ok"), (0.046, "warning"), (0.051, "critical")])
def test_the_worst_broken_bound_is_the_state(drawdown: Panel, value: float, state: str) -> None:
    """Critical wins over warning."""
    assert drawdown.state(value) == state


def test_a_bound_itself_is_still_good() -> None:
    """As in the rules: above means more than, below means less than."""
    assert not Bound("A", "critical", "above", 1.0).broken_by(1.0)
    assert not Bound("A", "critical", "below", 1.0).broken_by(1.0)
    assert Bound("A", "critical", "below", 1.0).broken_by(0.99)
