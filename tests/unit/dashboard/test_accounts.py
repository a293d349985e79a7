"""The table of accounts: which needs a person, and a way to each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_dashboard.catalogue import Bound
from amaie_dashboard.pages import accounts, tables
from amaie_dashboard.sources import Sample
from unit.dashboard.conftest import ROLES, panel

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Catalogue

EVIL = '<b>"a.b|c"</b>'
BOTH = ("account", "currency")


def shown(known: Catalogue, drawdowns: dict[str, float], **chosen: str) -> str:
    """Return the table of accounts with these drawdowns; the one called bold may lose more."""
    figure = panel(
        labels=BOTH, bounds=(Bound("DrawdownLimit", "critical", "above", 0.05, "hard"),), series="drawdown"
    )
    gain = panel(name="gain", title="Gain", labels=BOTH, bounds=(), series=ROLES.pnl_day)
    unlimited = panel(name="other", title="Other", labels=BOTH, bounds=(), series="other")
    samples = tuple(
        Sample({"account": name, "currency": "USDT"}, value, 0.0) for name, value in drawdowns.items()
    )
    hub: Any = SimpleNamespace(values={"drawdown": samples}, limits={("bold", "USDT", "hard"): 0.2}, seen={})
    whole = msgspec.structs.replace(known, panels=(figure, gain, unlimited))
    return str(accounts.table(hub, whole, chosen, lambda labels: f"/x?{labels['account']}"))


def test_the_account_that_needs_a_person_stands_first(known: Catalogue) -> None:
    """By its own limit, not by the size of its figure."""
    html = shown(known, {"ann": 0.01, "bold": 0.19, "zoe": 0.06})

    assert html.index("zoe") < html.index("ann") < html.index("bold")
    assert html.count("badge critical") == 1
    assert "Gain" in html
    assert "Other" not in html


def test_one_account_needs_no_table(known: Catalogue) -> None:
    """Its tiles and curves say all."""
    assert shown(known, {"ann": 0.01}) == ""


def test_a_row_leads_to_the_account_and_the_chosen_one_is_marked(known: Catalogue) -> None:
    """Whatever its name is made of; and there is a way back to all."""
    html = shown(known, {EVIL: 0.01, "ann": 0.01}, account="ann", currency="USDT")

    assert "<b>" not in html
    assert 'href="/x?&lt;b&gt;&#34;a.b|c&#34;&lt;/b&gt;"' in html
    assert html.count('aria-current="true"') == 1
    assert "every account" in html
    assert "every account" not in shown(known, {EVIL: 0.01, "ann": 0.01})


def test_of_a_thousand_accounts_the_worst_are_shown(known: Catalogue) -> None:
    """A page of all would take a second to draw, every two seconds."""
    html = shown(known, {f"a{number:03}": 0.01 if number else 0.5 for number in range(200)})

    assert html.count("<tr") == tables.MOST + 1
    assert "and 150 more" in html
