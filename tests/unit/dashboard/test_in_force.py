"""The limits in force on the page of the accounts: what each may lose, and since when."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_dashboard.catalogue import Bound
from amaie_dashboard.pages import in_force, tables
from unit.dashboard.conftest import panel

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Catalogue

HARD, LOSS = ("bold", "USDT", "drawdown_critical_ratio"), ("meek", "EUR", "daily_loss")
HUB: Any = SimpleNamespace(limits={HARD: 0.05, LOSS: 1500.0}, limits_since={HARD: 1_766_000_000.0})


def shown(known: Catalogue, hub: Any = HUB, **chosen: str) -> str:
    """Return the HTML of the limits, measured as those of a drawdown and a loss."""
    figures = (
        panel(unit="ratio", bounds=(Bound("A", "critical", "above", 0.05, HARD[2]),)),
        panel(unit="money", bounds=(Bound("B", "critical", "below", limit=LOSS[2]),)),
    )
    return str(in_force.table(hub, msgspec.structs.replace(known, panels=figures), chosen))


def test_each_limit_stands_with_its_account_and_since_when_it_holds(known: Catalogue) -> None:
    """A share in percent, an amount as it is; a time that nobody knows yet is said to be unknown."""
    html = shown(known)

    assert "bold · USDT</th><td>drawdown_critical_ratio</td><td>5.0\N{NARROW NO-BREAK SPACE}%</td>" in html
    assert "<td>2025-12-17 19:33:20 UTC</td>" in html
    assert "meek · EUR</th><td>daily_loss</td><td>1" in html
    assert "500.00</td><td>unknown</td>" in html


def test_a_chosen_account_shows_its_own_limits_only(known: Catalogue) -> None:
    """By account, by currency, or by both."""
    assert "meek" not in shown(known, account="bold")
    assert "bold" not in shown(known, currency="EUR")
    assert shown(known, account="bold", currency="EUR") == ""


def test_many_limits_are_cut_with_their_number_and_without_any_there_is_no_table(known: Catalogue) -> None:
    """A desk of a thousand accounts has nine thousand."""
    many = {(f"a{number:03}", "USDT", "daily_loss"): 1.0 for number in range(tables.MOST + 7)}
    html = shown(known, SimpleNamespace(limits=many, limits_since={}))

    assert html.count("<tr><th scope=row>") == tables.MOST
    assert "and 7 more" in html
    assert shown(known, SimpleNamespace(limits={}, limits_since={})) == ""
