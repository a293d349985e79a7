"""The tables of strategies and symbols that stand before the curves."""

from __future__ import annotations

from typing import Any

from support.grafana_lab import SPEC, curve, kpi, panels, render, tiny

BY_STRATEGY = ("account", "currency", "strategy")
TOTAL = kpi(
    name="made", title="P&L by strategy", operation="total", metric="trading_realised", labels=BY_STRATEGY
)
TODAY = kpi(name="made_today", title="P&L today by strategy", metric="trading_realised", labels=BY_STRATEGY)
BY_KIND = kpi(name="income", title="Income", labels=("account", "currency", "kind"))


def table(dashboard: dict[str, Any], title: str) -> dict[str, Any]:
    """Return a table by the beginning of its title."""
    return next(one for one in panels(dashboard, "table") if one["title"].startswith(title))


def test_a_table_has_a_row_for_each_share_of_each_account_and_the_least_first() -> None:
    """One question a column, merged by the labels; what is divided by another label is in no such table."""
    dashboard = tiny(TODAY, TOTAL, BY_KIND)
    shown = table(dashboard, "Strategies")
    _merge, organise, order = shown["transformations"]

    assert [one["title"] for one in panels(dashboard, "table")][:1] == [shown["title"]]
    assert list(organise["options"]["renameByName"].values()) == ["P&L today by strategy", "P&L by strategy"]
    assert order["options"]["sort"] == [{"field": "P&L today by strategy", "desc": False}]
    assert shown["targets"][0]["expr"] == (
        "account_currency_strategy:amaie_trading_realised:day"
        "{account=~`${account:regex}`,currency=~`${currency:regex}`,strategy=~`${strategy:regex}`}"
    )
    assert not [one for one in panels(dashboard, "table") if one["title"].startswith("Symbols")]


def test_a_click_chooses_one_strategy_of_one_account_whose_curve_follows() -> None:
    """The variable that it sets narrows the curve, and offers what the figures know."""
    dashboard = tiny(TODAY)
    [chosen] = [
        each["properties"][0]["value"][0]["url"]
        for each in table(dashboard, "Strategies")["fieldConfig"]["overrides"]
        if each["matcher"]["options"] == "strategy"
    ]
    variables = {each["name"]: each for each in dashboard["templating"]["list"]}

    assert "var-strategy=${__data.fields.strategy:percentencode}&${__url_time_range}" in chosen
    assert chosen.startswith(
        "/d/amaie-trading?var-account=${__data.fields.account:percentencode}&var-currency="
    )
    assert "strategy=~`${strategy:regex}`" in curve(dashboard, "made_today")["targets"][0]["expr"]
    assert variables["strategy"]["datasource"]["uid"] == "prometheus"
    assert variables["symbol"]["datasource"]["uid"] == "elasticsearch"  # no figure here has it


def test_only_the_trading_dashboard_has_them() -> None:
    """Strategies and symbols, each once, right behind the accounts and their limits."""
    found = {
        uid: [one["title"].partition(",")[0] for one in panels(dashboard, "table")][:4]
        for uid, dashboard in render(SPEC).items()
    }
    assert found.pop("amaie-trading") == ["Accounts", "Limits in force", "Strategies", "Symbols"]
    assert not [titles for titles in found.values() if {"Strategies", "Symbols"} & set(titles)]
