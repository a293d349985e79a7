"""The overview: money, what is down, what changed, on one screen."""

from __future__ import annotations

from typing import Any

import promql_parser
import pytest

from generators.grafana import overview
from support.grafana_lab import SPEC, alert, kpi, panels, render, with_kpis

SCREEN = 24
"""Rows of 38 pixels that a screen of 1080 pixels shows below Grafana's and the dashboard's head."""

LOSS = alert("Loss", "below", critical=-1000, warning=-500)
DRAWDOWN = alert("Drawdown", "above", critical=0.05)
UP = alert("Down", "below", critical=1)


def board(*kpis: Any) -> dict[str, Any]:
    """Return the overview of these KPIs."""
    found: dict[str, Any] = render(with_kpis(*kpis))["amaie-overview"]
    return found


def titled(dashboard: dict[str, Any], title: str) -> dict[str, Any]:
    """Return the panel of that title."""
    [panel] = [panel for panel in panels(dashboard) if panel["title"] == title]
    return panel


def test_the_overview_of_the_whole_spec_fits_on_one_screen() -> None:
    """Nobody scrolls to learn that something is down."""
    dashboard = render(SPEC)["amaie-overview"]

    cells = [panel["gridPos"] for panel in dashboard["panels"]]
    assert max(cell["y"] + cell["h"] for cell in cells) <= SCREEN
    assert [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"] == [
        "Is money at risk?",
        "Is anything down, or near its limit?",
        "What changed?",
    ]


def test_tiles_are_the_figures_of_money_that_page_beside_the_counts_of_alerts() -> None:
    """A warning alone is no tile, and neither is a service of a family without money."""
    dashboard = board(
        kpi(alerts=[LOSS]),
        kpi(name="win_rate", operation="wins", title="Win rate", unit="ratio"),
        kpi(name="service_up", operation="up", title="Up", family="system", unit="state", alerts=[UP]),
    )

    stats = [panel["title"] for panel in panels(dashboard, "stat")]
    assert stats == ["Firing, critical", "Firing, warning", "P&L today"]


def test_a_count_of_no_alert_is_zero_and_green() -> None:
    """The ALERTS series does not exist while nothing fires."""
    panel = titled(board(kpi(alerts=[LOSS])), "Firing, critical")

    [target] = panel["targets"]
    assert target["expr"] == 'count(ALERTS{alertstate="firing",severity="critical"}) or vector(0)'
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "red", "value": 1},
    ]


def test_states_keep_their_own_colours_and_words_in_one_timeline() -> None:
    """A service is well at 1, an emergency stop is well at 0."""
    stop = alert("Stopped", "above", critical=0)
    dashboard = board(
        kpi(name="up", title="Service", family="system", unit="state", panel="state_timeline",
            labels=("service",), words=("down", "up"), alerts=[UP]),
        kpi(name="stop", title="Trading", operation="stop", unit="state", panel="state_timeline",
            labels=(), words=("trading", "stopped"), alerts=[stop]),
    )  # fmt: skip

    panel = titled(dashboard, "Up and down")
    looks = {
        override["matcher"]["options"]: {item["id"]: item["value"] for item in override["properties"]}
        for override in panel["fieldConfig"]["overrides"]
    }
    assert [target["legendFormat"] for target in panel["targets"]] == ["Service: {{service}}", "Trading"]
    assert looks["A"]["thresholds"]["steps"] == [
        {"color": "red", "value": None},
        {"color": "green", "value": 1},
    ]
    assert looks["B"]["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "red", "value": 1},
    ]
    assert looks["B"]["mappings"][0]["options"]["1"] == {"index": 1, "text": "stopped"}


@pytest.mark.parametrize(
    ("made", "share"),
    [
        (alert("Drawdown", "above", critical=0.05, warning=0.04), "SERIES / 0.05"),
        (alert("Loss", "below", critical=-1000), "SERIES / -1000"),
        (alert("Down", "below", critical=1), ""),
        (alert("Stopped", "above", critical=0), ""),
        (alert("Slow", "above", warning=0.25), ""),
    ],
)
def test_a_limit_is_used_up_on_the_bad_side_of_zero(made: dict[str, Any], share: str) -> None:
    """Of the critical bound; a state or a warning is no limit."""
    wanted = kpi(labels=(), alerts=[made])

    query = overview.used(wanted, wanted.alerts[0])
    series = "all:amaie_trading_pnl:day"
    named = f'label_replace(clamp_min({share}, 0), "limit", "P&L today", "", "")'
    expected = f'label_join({named}, "limit", " · ", "limit")'
    assert query == (expected.replace("SERIES", series) if share else "")


def test_a_share_of_a_limit_is_taken_for_each_account_and_names_it() -> None:
    """By the limit in force, and never across currencies."""
    lost = alert("Loss", "below", critical=-1)
    lost["levels"][0] = {**lost["levels"][0], "bound": None, "limit": "daily_loss"}
    wanted = kpi(labels=("account", "currency"), alerts=[lost])

    query = overview.used(wanted, wanted.alerts[0])
    promql_parser.parse(query)
    narrowed = '{limit="daily_loss",account=~`${account:regex}`,currency=~`${currency:regex}`}'
    assert f"/ on (account, currency) -account_currency_limit:amaie_limit:in_force{narrowed}, 0)" in query
    assert query.endswith('"limit", " · ", "limit", "account", "currency")')


def test_the_nearest_limits_are_one_query() -> None:
    """It parses, keeps the eight nearest and marks 80 % and 100 %."""
    second = kpi(name="drawdown", operation="drawdown", title="Drawdown", unit="ratio", alerts=[DRAWDOWN])
    panel = titled(board(kpi(alerts=[LOSS]), second), "Nearest limits, share used")

    [target] = panel["targets"]
    promql_parser.parse(target["expr"])
    assert target["expr"].startswith("topk(8, label_join(")
    assert target["expr"].count(" or ") == 1
    assert [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [
        None,
        0.8,
        1,
    ]


def test_a_spec_without_limits_and_states_has_an_overview_all_the_same() -> None:
    """Counts of alerts, the list of alerts and the log of changes are always there."""
    titles = [panel["title"] for panel in panels(board(kpi()))]

    assert titles == [
        "Firing, critical",
        "Firing, warning",
        "Alerts that fire or are about to",
        "Starts, stops and errors",
    ]
