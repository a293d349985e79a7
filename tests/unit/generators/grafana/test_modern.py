"""Cleaning of what grafanalib writes."""

from __future__ import annotations

from generators.grafana import modern


def test_what_is_not_set_is_left_out_but_an_open_threshold_stays_null() -> None:
    """Grafana's first step has no lower end, and it must say so."""
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 0}]

    cleaned = modern.without_nulls({"height": None, "nested": [{"gone": None, "steps": steps}]})
    assert cleaned == {"nested": [{"steps": steps}]}


def test_false_zero_and_empty_are_values() -> None:
    """`editable: false` is the point of it."""
    assert modern.keep({"a": False, "b": 0, "c": "", "d": [], "e": None}, ("a", "b", "c", "d", "e", "f")) == {
        "a": False,
        "b": 0,
        "c": "",
        "d": [],
    }


def test_a_row_keeps_no_query() -> None:
    """The library gives headings targets, a data source and field settings."""
    row = {"type": "row", "id": 1, "title": "Now", "targets": [], "datasource": None, "panels": []}

    assert modern.panel(row) == {"id": 1, "panels": [], "title": "Now", "type": "row"}


def test_outdated_options_of_a_bar_gauge_go_and_those_of_a_gauge_stay() -> None:
    """The same name is old in the one and present in the other."""
    shown = {"fieldConfig": {"defaults": {}, "overrides": []}, "targets": []}
    options = {"showThresholdMarkers": True, "sizing": "auto"}

    assert modern.panel({"type": "bargauge", "options": options, **shown})["options"] == {"sizing": "auto"}
    assert modern.panel({"type": "gauge", "options": options, **shown})["options"] == options
