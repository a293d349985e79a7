"""What the dashboard knows of the spec: panels by their role, and the limit that a figure approaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from amaie_dashboard.catalogue import Bound
from unit.dashboard.conftest import ROLES, panel

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Catalogue, Panel


def test_the_figures_of_the_account_are_those_beside_profit_and_loss(
    known: Catalogue, drawdown: Panel
) -> None:
    """Its family may have any name: the role finds it."""
    gain = panel(name="gain", family="trading", series=ROLES.pnl_day)
    other = panel(name="other", family="system")
    whole = msgspec.structs.replace(known, panels=(other, drawdown, gain))

    assert whole.money == (drawdown, gain)


@pytest.mark.parametrize(
    ("compare", "bound", "has"),
    [
        ("above", 0.05, True),
        ("below", -1000.0, True),
        ("above", 0.0, False),
        ("below", 0.0, False),
        ("above", -5.0, False),
        ("below", 1000.0, False),
    ],
)
def test_a_limit_has_a_way_to_it_only_on_the_side_of_the_bad_values(
    compare: str, bound: float, *, has: bool
) -> None:
    """No share of zero can be used, nor of a floor that the value stands far above."""
    critical = Bound("A", "critical", compare, bound)
    warning = Bound("A", "warning", compare, bound)
    figure = panel(bounds=(warning, critical))

    assert figure.limit == (critical if has else None)
    assert panel(bounds=(warning,)).limit is None
