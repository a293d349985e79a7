"""The table of accounts that stands before the curves."""

from __future__ import annotations

from typing import Any

import promql_parser

from support.grafana_lab import SPEC, kpi, panels, render, tiny
from unit.generators.grafana.test_own import LOW

EQUITY = kpi(
    name="equity",
    title="Equity",
    operation="now",
    expr="max by (account, currency) (amaie_trading_equity > 0)",
)


def table(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Return the table of accounts."""
    return next(one for one in panels(dashboard, "table") if one["title"].startswith("Accounts"))


def test_the_accounts_come_first_with_how_much_of_its_limit_each_has_used() -> None:
    """A column for the account's value and one for each figure that a limit holds for, whatever its unit."""
    dashboard = tiny(EQUITY, LOW, kpi(name="other", title="Other", operation="other"))
    shown = table(dashboard)
    merge, organise, order = shown["transformations"]

    assert dashboard["panels"][1] == shown
    assert list(organise["options"]["renameByName"].values()) == ["limit used", "Equity", "P&L today"]
    assert (merge["id"], order["options"]["sort"]) == ("merge", [{"field": "limit used", "desc": True}])
    assert {(target["format"], target["instant"]) for target in shown["targets"]} == {("table", True)}
    promql_parser.parse(shown["targets"][0]["expr"])


def test_a_click_chooses_one_account_in_one_currency_and_keeps_the_time() -> None:
    """Whatever its name is made of."""
    [link] = next(
        one["properties"][0]["value"]
        for one in table(tiny(LOW))["fieldConfig"]["overrides"]
        if one["matcher"]["options"] == "account"
    )

    assert link["url"] == (
        "/d/amaie-trading?var-account=${__data.fields.account:percentencode}"
        "&var-currency=${__data.fields.currency:percentencode}&${__url_time_range}"
    )


def test_below_stand_the_limits_in_force_and_since_when_each_holds() -> None:
    """For the chosen accounts; the time in milliseconds, as Grafana reads dates; no limit that is gone."""
    [shown] = [one for one in panels(tiny(LOW), "table") if one["title"] == "Limits in force"]
    value, since = (target["expr"] for target in shown["targets"])
    chosen = "{account=~`${account:regex}`,currency=~`${currency:regex}`}"

    assert value == f"account_currency_limit:amaie_limit:in_force{chosen}"
    assert since == (
        f"1000 * (account_currency_limit:amaie_limit:since{chosen}"
        " and account_currency_limit:amaie_limit:in_force)"
    )
    assert shown["transformations"][1]["options"]["renameByName"] == {
        "Value #A": "may lose",
        "Value #B": "since",
    }
    promql_parser.parse(since)


def test_a_family_without_accounts_has_no_table() -> None:
    """Only the trading dashboard has one."""
    found = {
        uid
        for uid, dashboard in render(SPEC).items()
        if any(one["title"].startswith("Accounts") for one in panels(dashboard, "table"))
    }
    assert found == {"amaie-trading"}
