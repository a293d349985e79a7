"""Golden trading scenarios: what Prometheus records of each agrees with the reference implementation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from generators import names
from generators.spec import kpispec
from integration.kpi import reference, replay, scenarios
from integration.kpi.scenarios import DAY, HOUR
from operate.paths import ROOT

if TYPE_CHECKING:
    from integration.kpi.replay import Found
    from integration.kpi.scenarios import Account
    from support.containers import Tool

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1800)]  # a replay of months is one fixture

RELATIVE = 1e-9
ABSOLUTE = {"money": 1e-9, "count": 0.0, "seconds": 0.0}
"""What rounding may leave of a difference that is 0: a billionth of a coin; for ratios a trillionth."""

SPEC = kpispec.load(ROOT / "spec" / "kpis.yaml")
FIGURES = {kpi.name: kpi for kpi in SPEC.kpis if kpi.name in reference.KPIS}


@dataclass(frozen=True)
class Grid:
    """A replay: scrapes every `step` seconds for `days` days, looked at in some moments."""

    step: int
    days: int
    moments: tuple[int, ...]


# Over months: calendar, ratios of 30 days. The grid is too coarse for changes within 15 minutes.
MONTHS = Grid(
    HOUR,
    45,
    (
        *(0, HOUR, DAY + 12 * HOUR),
        *(4 * DAY - HOUR, 4 * DAY, 4 * DAY + HOUR),  # Monday
        *(5 * DAY, 5 * DAY + HOUR, 6 * DAY),  # Sharpe begins
        *(18 * DAY + HOUR, 22 * DAY, 22 * DAY + HOUR, 22 * DAY + 11 * HOUR, 22 * DAY + 20 * HOUR, 23 * DAY),
        *(30 * DAY, 30 * DAY + HOUR, 31 * DAY - HOUR, 31 * DAY, 31 * DAY + HOUR),  # February
        *(42 * DAY + 14 * HOUR, 42 * DAY + 18 * HOUR, 43 * DAY, 44 * DAY + 12 * HOUR, 45 * DAY),
    ),
)
# Over days: gaps and restarts in detail. The middle is a Monday.
DAYS = Grid(
    900,
    8,
    (
        *(900, HOUR, 6 * HOUR, DAY, DAY + 5 * HOUR, DAY + 5 * HOUR + 900, DAY + 23 * HOUR),
        *(4 * DAY - 1800, 4 * DAY - 900, 4 * DAY, 4 * DAY + 900, 4 * DAY + 1800, 4 * DAY + 3 * HOUR),
        *(4 * DAY + 3 * HOUR + 900, 4 * DAY + 9 * HOUR, 4 * DAY + 10 * HOUR + 900, 4 * DAY + 16 * HOUR),
        *(5 * DAY + 13 * HOUR + 900, 5 * DAY + 14 * HOUR, 6 * DAY, 7 * DAY + 12 * HOUR, 8 * DAY),
    ),
)
GRIDS = {"months": MONTHS, "days": DAYS}
TOO_FINE = {"months": {"pnl_change", "pnl_surprise"}, "days": {"value_at_risk"}}


@pytest.fixture(scope="module", params=GRIDS)
def replayed(
    request: pytest.FixtureRequest, promtool: Tool, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, tuple[Account, ...], Found]:
    """Return the name of a grid, its accounts, and what Prometheus recorded of them."""
    grid = GRIDS[request.param]
    accounts = scenarios.golden(grid.step, grid.days)
    series = [names.recorded(kpi) for kpi in FIGURES.values()]
    folder = tmp_path_factory.mktemp("replay")
    return request.param, accounts, replay.replay(promtool, folder, accounts, series, grid.moments)


@pytest.mark.parametrize("name", FIGURES)
def test_prometheus_agrees_with_the_reference(
    name: str, replayed: tuple[str, tuple[Account, ...], Found]
) -> None:
    """A KPI has the reference's value, or is absent where the reference is undefined, in every scenario."""
    grid, accounts, found = replayed
    if name in TOO_FINE[grid]:
        return
    kpi = FIGURES[name]
    wrong, defined = [], 0
    for moment in GRIDS[grid].moments:
        recorded = found.get((names.recorded(kpi), moment), {})
        for account in accounts:
            expected, actual = reference.KPIS[name](account, moment), recorded.get(account.key)
            defined += expected is not None
            absolute = ABSOLUTE.get(kpi.unit, 1e-12)
            if expected is None or actual is None:
                good = expected is actual
            else:
                good = actual == pytest.approx(expected, rel=RELATIVE, abs=absolute)
            if not good:
                wrong.append(f"{account.key} at {moment / DAY:.4f} d: {actual} is not {expected}")
    assert not wrong, "\n".join(wrong)
    assert defined > len(accounts)


def test_the_reference_knows_every_trading_figure() -> None:
    """No trading KPI is without a reference, save copies of a fact, rates too fine for the grid, and shares.

    Those of strategies and symbols have their own, in test_golden_shares.
    """
    trading = {kpi.name for kpi in SPEC.kpis if kpi.family == "trading"}
    copies = {"emergency_stop", "net_exposure", "open_positions", "unrealised"}
    rates = {"order_rate", "order_fill_ratio", "order_rejections"}
    shares = {"strategy_realised", "strategy_realised_day", "strategy_trades_day"}
    shares |= {"symbol_realised", "symbol_realised_day"}
    assert trading - reference.KPIS.keys() == copies | rates | shares


def test_nothing_recorded_is_a_sentinel(replayed: tuple[str, tuple[Account, ...], Found]) -> None:
    """No scenario makes any KPI NaN or infinite."""
    _, _, found = replayed
    values = [value for samples in found.values() for value in samples.values()]
    assert values
    assert all(abs(value) < float("inf") for value in values)
