"""Panels of what fires; `tests/integration/test_grafana_panels.py` asks their queries."""

from __future__ import annotations

from typing import Any

from support.grafana_lab import SPEC, kpi, panels, tiny


def table() -> dict[str, Any]:
    """Return the list of alerts of the trading dashboard."""
    [panel] = panels(tiny(kpi()), "table")
    return panel


def overrides(panel: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is special about each column: name -> property -> value."""
    return {
        override["matcher"]["options"]: {item["id"]: item["value"] for item in override["properties"]}
        for override in panel["fieldConfig"]["overrides"]
    }


def test_the_list_tells_severity_name_state_and_since_when_first() -> None:
    """What Prometheus needs to tell series apart is hidden."""
    [organise] = table()["transformations"]

    assert organise["id"] == "organize"
    assert list(organise["options"]["indexByName"])[:4] == ["severity", "alertname", "alertstate", "Value"]
    assert organise["options"]["renameByName"] == {"Value": "since"}
    assert organise["options"]["excludeByName"] == dict.fromkeys(
        ["Time", "__name__", "instance", "job", "kpi"], True
    )
    assert overrides(table())["since"] == {"unit": "dateTimeFromNow"}


def test_an_alert_in_the_list_leads_to_its_runbook_and_its_dashboard() -> None:
    """The runbook is a page of the launcher."""
    runbook, dashboard = overrides(table())["alertname"]["links"]

    assert runbook["url"] == SPEC.settings.links.launcher + "/runbooks/${__value.text}"
    assert runbook["targetBlank"] is True
    assert dashboard["url"] == "/d/amaie-${__data.fields.family}?${__url_time_range}"


def test_a_severity_has_its_colour() -> None:
    """The same colours as in tiles and curves."""
    [mapping] = overrides(table())["severity"]["mappings"]

    assert mapping["options"] == {
        "critical": {"color": "red", "index": 0},
        "warning": {"color": "orange", "index": 1},
    }


def test_a_family_shows_its_own_alerts_but_never_the_watchdog() -> None:
    """In the list, in the history and in the marks."""
    dashboard = tiny(kpi())

    [history] = [panel for panel in panels(dashboard) if panel["title"] == "Alerts over time"]
    mark = dashboard["annotations"]["list"][1]
    for text in (
        table()["targets"][0]["expr"],
        history["targets"][0]["expr"],
        mark["target"]["expr"],
    ):
        assert text.count("ALERTS") == text.count('severity!="none",family="trading"')


def test_the_variables_choose_among_the_alerts_and_keep_those_without_the_label() -> None:
    """An alert of another account is not this one's; a dead service is everybody's."""
    text = table()["targets"][0]["expr"]

    assert text.count("account=~`(${account:regex})?`") == 2
    assert text.count("currency=~`(${currency:regex})?`") == 2
    assert "symbol" not in text
