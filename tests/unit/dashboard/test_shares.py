"""The tables of strategies and symbols: who loses stands first, and a way to each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_dashboard.pages import shares, tables
from amaie_dashboard.sources import Sample
from unit.dashboard.conftest import ROLES, panel

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Catalogue

EVIL = '<b>"a.b|c"</b>'
BY = ("account", "currency", "strategy")


def shown(known: Catalogue, made: dict[tuple[str, str], float], **chosen: str) -> str:
    """Return the tables where strategies have made so much today; of `early` only the total is known."""
    gain = panel(name="gain", labels=("account", "currency"), bounds=(), series=ROLES.pnl_day)
    today = panel(name="today", title="Today", unit="money", labels=BY, bounds=(), series="today")
    ever = panel(name="ever", title="Ever", unit="money", labels=BY, bounds=(), series="ever")
    other = panel(
        name="other", title="Other", labels=("account", "currency", "kind"), bounds=(), series="other"
    )

    def samples(skip: str = "") -> tuple[Sample, ...]:
        return tuple(
            Sample({"account": account, "currency": "USDT", "strategy": strategy}, value, 0.0)
            for (account, strategy), value in made.items()
            if strategy != skip
        )

    hub: Any = SimpleNamespace(values={"today": samples("early"), "ever": samples()}, limits={}, seen={})
    whole = msgspec.structs.replace(known, panels=(gain, today, ever, other))
    return str(shares.both(hub, whole, chosen, lambda labels: "/x?" + "&".join(labels.values())))


def test_who_loses_stands_first_and_who_has_no_figure_last(known: Catalogue) -> None:
    """A row for each strategy of each account, a column for each figure, none for other labels."""
    html = shown(known, {("a", "trend"): 5.0, ("a", "early"): 9.0, ("b", "trend"): -7.0, ("a", "mean"): 1.0})

    places = [
        html.index(row) for row in ("/x?b&amp;USDT&amp;trend", "/x?a&amp;USDT&amp;mean", "USDT&amp;early")
    ]
    assert places == sorted(places)
    assert html.count("<tr") == 1 + 4
    assert html.count("no data yet") == 1
    assert ("Today" in html, "Ever" in html, "Other" in html) == (True, True, False)
    assert "Symbols" not in html


def test_of_a_chosen_account_its_own_strategies_are_shown(known: Catalogue) -> None:
    """The chosen one is marked, and there is a way back to all of them, whatever their names are made of."""
    made = {("a", EVIL): 5.0, ("a", "mean"): 1.0, ("b", "trend"): -7.0}
    html = shown(known, made, account="a", currency="USDT", strategy="mean")

    assert "trend" not in html
    assert "<b>" not in html
    assert html.count('aria-current="true"') == 1
    assert html.index('aria-current="true"') < html.index("/x?a&amp;USDT&amp;mean")
    assert '<a href="/x?">every strategy</a>' in html
    assert "every strategy" not in shown(known, made)


def test_without_strategies_there_is_no_table(known: Catalogue) -> None:
    """An account that tells none apart shows what it always did."""
    assert shown(known, {}) == ""


def test_of_hundreds_the_worst_are_shown(known: Catalogue) -> None:
    """And how many are left is said."""
    html = shown(known, {("a", f"s{number:03}"): float(number) for number in range(120)})

    assert html.count("<tr") == 1 + tables.MOST
    assert "and 70 more" in html
    assert "s000" in html
    assert "s119" not in html
