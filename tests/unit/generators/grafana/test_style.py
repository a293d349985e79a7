"""Units and colours of a KPI's panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators.grafana import style
from generators.spec.model import Alert, Compare, Kpi, Level, Severity, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence


def kpi(unit: Unit = Unit.MONEY, **levels: Sequence[tuple[Severity, float]]) -> Kpi:
    """Return a KPI with one alert for each of `above` and `below`, with these severities and bounds."""
    alerts = tuple(
        Alert(
            name=f"Alert{compare.capitalize()}",
            compare=Compare(compare),
            levels=tuple(
                Level.model_validate({"severity": severity, "bound": bound, "for": "1m"})
                for severity, bound in pairs
            ),
            summary="Something is wrong with this.",
            impact="Somebody may lose something.",
            action="Look at it and repair it.",
        )
        for compare, pairs in levels.items()
    )
    return Kpi(
        name="figure",
        family="trading",
        title="Figure",
        description="A figure that somebody watches.",
        metric="figure",
        operation="now",
        unit=unit,
        expr="amaie_figure",
        alerts=alerts,
    )


def test_an_alert_above_its_bounds_colours_upwards() -> None:
    """Green, then the warning's colour from its bound on, then the critical one's."""
    levels = [(Severity.CRITICAL, 0.05), (Severity.WARNING, 0.04)]

    assert style.steps(kpi(above=levels)) == [
        {"color": "green", "value": None},
        {"color": "orange", "value": 0.04},
        {"color": "red", "value": 0.05},
    ]


def test_an_alert_below_its_bounds_colours_downwards() -> None:
    """Grafana's steps rise, so the red one comes first; a loss within its bounds is not called good."""
    levels = [(Severity.CRITICAL, -1000), (Severity.WARNING, -500)]

    assert style.steps(kpi(below=levels)) == [
        {"color": "red", "value": None},
        {"color": "orange", "value": -1000},
        {"color": "blue", "value": -500},
        {"color": "green", "value": 0.0},
    ]


def test_alerts_on_both_sides_leave_green_in_the_middle() -> None:
    """Two alerts of one KPI share one scale."""
    both = kpi(below=[(Severity.CRITICAL, -3)], above=[(Severity.WARNING, 3)])

    assert style.steps(both) == [
        {"color": "red", "value": None},
        {"color": "blue", "value": -3},
        {"color": "green", "value": 0.0},
        {"color": "orange", "value": 3},
    ]


@pytest.mark.parametrize(("unit", "start"), [(Unit.STATE, 1), (Unit.COUNT, 1e-9)])
def test_an_alert_above_zero_leaves_zero_green(unit: Unit, start: float) -> None:
    """Grafana colours from a step on; an alert above a bound does not fire at the bound."""
    assert style.steps(kpi(unit, above=[(Severity.CRITICAL, 0)])) == [
        {"color": "green", "value": None},
        {"color": "red", "value": start},
    ]


def test_the_worse_colour_wins_where_two_alerts_hold() -> None:
    """A warning bound beyond the critical one is never seen."""
    levels = [(Severity.CRITICAL, 1), (Severity.WARNING, 2)]

    assert style.steps(kpi(above=levels)) == [
        {"color": "green", "value": None},
        {"color": "red", "value": 1},
    ]


def test_a_figure_that_calls_nobody_is_calm() -> None:
    """Without an alert, or with the heartbeat's only, there is one colour that means nothing."""
    calm = [{"color": "blue", "value": None}]

    assert style.steps(kpi()) == calm
    assert style.steps(kpi(above=[(Severity.NONE, 0)])) == calm


@pytest.mark.parametrize(
    ("unit", "levels", "ends"),
    [
        (Unit.RATIO, {"above": [(Severity.CRITICAL, 0.05)]}, (0.0, 0.0625)),
        (Unit.RATIO, {"above": [(Severity.CRITICAL, 0.9)]}, (0.0, 1.0)),
        (Unit.SECONDS, {"above": [(Severity.WARNING, 2.0)]}, (0.0, 2.5)),
        (Unit.MONEY, {"below": [(Severity.CRITICAL, -1000)]}, (-1250.0, 0.0)),
        (Unit.RATIO, {}, (0.0, 1.0)),
    ],
)
def test_a_gauge_reaches_a_quarter_beyond_its_bounds(
    unit: Unit, levels: dict[str, Sequence[tuple[Severity, float]]], ends: tuple[float, float]
) -> None:
    """A ratio ends at 1 at the latest."""
    assert style.gauge_range(kpi(unit, **levels)) == ends


def test_every_unit_has_a_grafana_unit() -> None:
    """A new unit in the model needs its line here."""
    assert set(style.GRAFANA_UNITS) == set(Unit)


def test_a_state_reads_as_a_word() -> None:
    """Only states are mapped; all other numbers stay numbers."""
    words = {"0": {"index": 0, "text": "no"}, "1": {"index": 1, "text": "yes"}}

    assert style.mappings(kpi(Unit.STATE)) == [{"type": "value", "options": words}]
    assert style.mappings(kpi(Unit.COUNT)) == []


def test_the_description_says_when_the_figure_calls_somebody() -> None:
    """The bounds stand beside the meaning."""
    levels = [(Severity.CRITICAL, -1000), (Severity.WARNING, -500)]

    assert style.description(kpi(below=levels)) == (
        "A figure that somebody watches.\n"
        "\n"
        "Alerts:\n"
        "- **AlertBelow**: critical below -1000.00 for 1m, warning below -500.00 for 1m"
    )
    assert style.description(kpi()) == "A figure that somebody watches."
