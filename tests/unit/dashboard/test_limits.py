"""Figures with the limit of their own account: as bars on the overview, in tiles and in curves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from amaie_dashboard import charts, fragments
from amaie_dashboard.catalogue import Bound, Limits
from amaie_dashboard.pages import limits
from amaie_dashboard.sources import Sample, Series, in_force
from unit.dashboard.conftest import panel

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Catalogue, Panel

NAMED = (
    Bound("DrawdownLimit", "critical", "above", 0.05, "hard"),
    Bound("DrawdownLimit", "warning", "above", 0.045, "soft"),
)
OWN: Limits = {("bold", "USDT", "hard"): 0.2, ("bold", "USDT", "soft"): 0.15}


def hub(*samples: Sample, known: Limits | None = None) -> Any:
    """Return a hub that has samples of the drawdown, and limits in force."""
    series = panel().series
    return SimpleNamespace(values={series: samples}, limits=known or {}, seen={})


def of(account: str, value: float) -> Sample:
    """Return the drawdown of an account."""
    return Sample({"account": account, "currency": "USDT"}, value, 0.0)


def shown(figure: Panel, value: float) -> str:
    """Return the HTML of a figure with its limit."""
    return str(limits.bar(hub(), figure, Sample({"account": "main"}, value, 0.0)))


def test_a_bar_fills_towards_the_critical_bound(drawdown: Panel) -> None:
    """At 4 of 5 percent it has used four fifths of the limit, and both bounds are marked on the way."""
    html = shown(drawdown, 0.04)

    assert "80 % of the limit" in html
    assert html.count("mark-line") == 2
    assert "critical 5.0\N{NARROW NO-BREAK SPACE}%" in html


@pytest.mark.parametrize(("compare", "bound"), [("above", 0.0), ("below", 0.0), ("below", 1000.0)])
def test_a_bound_without_a_way_to_it_shows_the_figure_alone(compare: str, bound: float) -> None:
    """A critical bound of 0 has no share that could be used; the figure stands there all the same."""
    figure = panel(unit="money", bounds=(Bound("A", "critical", compare, bound),))
    html = shown(figure, bound + (1 if compare == "above" else -1))

    assert "track" not in html
    assert 'class="value critical"' in html


def test_an_account_is_judged_by_its_own_limit() -> None:
    """10 % are too much for one, and half of what another may lose."""
    figure = panel(bounds=NAMED, labels=("account", "currency"))
    both = hub(of("bold", 0.1), of("meek", 0.1), known=OWN)
    html = str(fragments.values(both, figure, both.values[figure.series]))

    assert figure.of(of("bold", 0).labels, OWN).limit == msgspec.structs.replace(NAMED[0], bound=0.2)
    assert figure.of(of("meek", 0).labels, OWN).limit == NAMED[0]
    assert "50 % of the limit" in limits.bar(both, figure, of("bold", 0.1))
    assert html.count('class="value ok"') == html.count('class="value critical"') == 1


def test_a_loss_meets_its_limit_below_zero() -> None:
    """A limit is what may be lost, above 0; and where nobody knows one, there is no bound at all."""
    figure = panel(unit="money", bounds=(Bound("DailyLossAmount", "critical", "below", limit="daily_loss"),))
    own = figure.of(of("bold", 0).labels, {("bold", "USDT", "daily_loss"): 500.0})

    assert [own.state(value) for value in (-500.0, -500.01)] == ["ok", "critical"]
    assert figure.of(of("meek", 0).labels, {}).bounds == ()
    assert figure.limit is None
    assert figure.state(-1e9) == "ok"


def test_what_prometheus_records_becomes_the_limits_in_force() -> None:
    """By account, currency and limit."""
    labels = {"__name__": "x", "account": "bold", "currency": "USDT", "limit": "hard"}
    assert in_force([Sample(labels, 0.2, 0.0)]) == {("bold", "USDT", "hard"): 0.2}


def test_a_curve_draws_the_limit_of_whom_it_shows() -> None:
    """One line for all where they agree; where not, each says whose it is."""
    figure = panel(bounds=NAMED[:1], labels=("account", "currency"))
    series = [Series(of(name, 0).labels, ((0.0, 0.1),)) for name in ("bold", "meek")]

    assert list(charts.bounds(figure, series, {}).values()) == ["critical"]
    assert {bound.bound: name for bound, name in charts.bounds(figure, series, OWN).items()} == {
        0.2: "critical bold · USDT",
        0.05: "critical meek · USDT",
    }


def test_of_many_accounts_those_nearest_their_limit_are_shown(known: Catalogue) -> None:
    """Twelve, the fullest first, and how many there are besides."""
    figure = panel(bounds=NAMED, labels=("account", "currency"))
    samples = [of(f"a{number:02}", 0.001 * number) for number in range(20)] + [of("bold", 0.19)]
    html = str(
        limits.nearest(
            hub(*samples, known=OWN),
            msgspec.structs.replace(known, roles=known.roles, panels=(gain(figure), figure)),
        )
    )

    assert html.index("bold · USDT") < html.index("a19 · USDT") < html.index("a18 · USDT")
    assert "a08" not in html
    assert "and 9 more" in html


def test_an_amount_that_nobody_limits_is_no_row(known: Catalogue) -> None:
    """The spec knows no amount that suits every currency; the account with one of its own has its bar."""
    bound = Bound("DailyLossAmount", "critical", "below", limit="daily_loss")
    figure = panel(unit="money", bounds=(bound,), labels=("account", "currency"))
    whole = msgspec.structs.replace(known, panels=(gain(figure), figure))
    own: Limits = {("bold", "USDT", "daily_loss"): 500.0}
    html = str(limits.nearest(hub(of("bold", -250), of("meek", -250), known=own), whole))

    assert "bold" in html
    assert "50 % of the limit" in html
    assert "meek" not in html


def gain(figure: Panel) -> Panel:
    """Return a panel of profit and loss, in whose family the account's figures are found."""
    return msgspec.structs.replace(figure, name="gain", series="account:amaie_gain:today", bounds=())
