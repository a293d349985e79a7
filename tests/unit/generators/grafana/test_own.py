"""Figures in the colour that each account's own limit gives them."""

from __future__ import annotations

from typing import Any

import promql_parser

from generators.grafana import own
from support.grafana_lab import alert, kpi, panels, tiny


def limited(compare: str, **limits: str) -> dict[str, Any]:
    """Return an alert whose levels have limits instead of bounds."""
    made = alert("Drawdown", compare, **dict.fromkeys(limits, 1.0))
    for level in made["levels"]:
        level |= {"bound": 0.05, "limit": limits[level["severity"]]}
    return made


HIGH = kpi(alerts=[limited("above", critical="hard", warning="soft")], panel="gauge", unit="ratio")
LOW = kpi(alerts=[limited("below", critical="daily_loss")])


def test_each_series_has_one_colour_by_the_limit_of_its_account() -> None:
    """Beyond the critical limit red, else beyond the warning orange, else green."""
    (red, beyond), (orange, near), (green, within) = own.questions(HIGH)

    assert (red, orange, green) == ("red", "orange", "green")
    assert ' > on (account, currency) account_currency_limit:amaie_limit:in_force{limit="hard",' in beyond
    assert near.count(" unless ") == 1
    assert within.count(" unless ") == 2
    assert all(promql_parser.parse(text) for _, text in own.questions(HIGH))


def test_a_loss_within_its_limit_is_not_called_good() -> None:
    """It is blue below zero and green above; the limit itself lies below zero."""
    asked = own.questions(LOW)

    assert [colour for colour, _ in asked] == ["red", "blue", "green"]
    assert " < on (account, currency) -account_currency_limit:amaie_limit" in asked[0][1]
    assert [text[-6:].lstrip(") ") for _, text in asked[1:]] == ["< 0", ">= 0"]


def test_a_tile_shows_the_accounts_nearest_to_their_limits_in_their_colours() -> None:
    """One without a limit has used nothing of it, and is shown after the others."""
    tile = panels(tiny(HIGH), "stat")[0]
    colours = {
        one["matcher"]["options"]: one["properties"][0]["value"]["fixedColor"]
        for one in tile["fieldConfig"]["overrides"]
    }

    assert colours == {"A": "red", "B": "orange", "C": "green"}
    assert tile["options"]["colorMode"] == "background"
    assert all("and on (account, currency) topk(4, " in target["expr"] for target in tile["targets"])
    assert all(" or 0 * account_currency:" in target["expr"] for target in tile["targets"])
    assert all(target["instant"] for target in tile["targets"])


def test_a_figure_without_a_limit_keeps_its_thresholds() -> None:
    """There is one bound for all, and Grafana knows how to draw it."""
    assert not own.limited(kpi(alerts=[alert("Loss", "below", critical=-1)]))
    assert own.limited(LOW)
