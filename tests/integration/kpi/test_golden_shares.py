"""Strategies and symbols in golden scenarios: what Prometheus records is the sum over their trades."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest

from integration.kpi import replay, scenarios
from integration.kpi.reference import start_of_day
from integration.kpi.scenarios import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from integration.kpi.replay import Found
    from integration.kpi.scenarios import Account, Path, Trade
    from support.containers import Tool

    Label = Literal["strategy", "symbol"]

pytestmark = pytest.mark.integration

STEP = 900
DAYS = 3
CHOSEN = ("restart", "midnight_gap", "first_day", "dual")
MOMENTS = (
    *(HOUR, 23 * HOUR, DAY, DAY + 900, DAY + 1800, DAY + 6 * HOUR, DAY + 9 * HOUR, DAY + 14 * HOUR),
    *(2 * DAY - 900, 2 * DAY, 2 * DAY + 900, 2 * DAY + 9 * HOUR, 2 * DAY + 22 * HOUR, 3 * DAY),
)
STRATEGIES = ("trend", "mean", "late")
SYMBOLS = ("BTC/USDT", "ETH/USDT")
LATE = DAY + 7 * HOUR
"""When the last of the strategies begins: on a day that others have begun before."""
OF = {
    "total": "account_currency_{label}:amaie_trading_realised:total",
    "day": "account_currency_{label}:amaie_trading_realised:day",
    "trades": "account_currency_strategy:amaie_trading_strategy_trades:day",
}
WHOLE = "account_currency:amaie_trading_realised:day"


@dataclass(frozen=True)
class Shared:
    """An account whose trades have a strategy and a symbol; a share is there from its first trade on."""

    account: Account

    @property
    def times(self) -> NDArray[np.int64]:
        """The grid of scrapes."""
        return self.account.times

    def facts(self) -> Iterator[tuple[str, Path]]:
        """Yield the account's own facts and those of its shares."""
        yield from self.account.facts()
        own = f'account="{self.account.name}",currency="{self.account.currency}"'
        for strategy in STRATEGIES:
            for symbol in SYMBOLS:
                trades = [one for one in self.account.trades if whose(one) == (strategy, symbol)]
                if trades:
                    labels = f'{own},strategy="{strategy}",symbol="{symbol}"'
                    since = np.where(self.times >= trades[0].time, 0.0, np.nan)
                    since[~self.account.seen] = np.nan
                    profit, count = (since + self._so_far(trades, amount) for amount in ("profit", "count"))
                    yield f"amaie_trading_realised{{{labels}}}", profit
                    yield f"amaie_trading_strategy_trades_total{{{labels}}}", count

    def _so_far(self, trades: list[Trade], amount: str) -> Path:
        closed = np.array([one.time for one in trades])
        values = np.array([one.profit if amount == "profit" else 1.0 for one in trades])
        return np.array([values[closed <= time].sum() for time in self.times])


def whose(trade: Trade) -> tuple[str, str]:
    """Return strategy and symbol of a trade, drawn from its time and size."""
    drawn = zlib.crc32(f"{trade.time} {trade.volume}".encode())
    strategy = STRATEGIES[drawn % (3 if trade.time >= LATE else 2)]
    return strategy, SYMBOLS[drawn // 3 % 2]


def expected(account: Account, label: Label, figure: str, moment: int) -> dict[str, float]:
    """Return a figure of each strategy or symbol from the list of trades, where it is defined."""
    seen = account.times[account.seen]
    if moment not in seen:
        return {}
    place = 0 if label == "strategy" else 1
    closed = [one for one in account.trades if one.time <= moment]
    before = seen[seen <= start_of_day(moment)]
    if figure != "total" and not [one for one in closed if len(before) and one.time <= before[-1]]:
        return {}
    found = {whose(one)[place]: 0.0 for one in closed}
    for one in closed:
        if figure == "total" or one.time > before[-1]:
            found[whose(one)[place]] += 1 if figure == "trades" else one.profit
    return found


@pytest.fixture(scope="module")
def accounts() -> tuple[Account, ...]:
    """Return the scenarios that matter to sums."""
    return tuple(one for one in scenarios.golden(STEP, DAYS) if one.name in CHOSEN)


@pytest.fixture(scope="module")
def replayed(
    accounts: tuple[Account, ...], promtool: Tool, tmp_path_factory: pytest.TempPathFactory
) -> Found:
    """Return what Prometheus recorded of them."""
    series = {name.format(label=label) for name in OF.values() for label in ("strategy", "symbol")}
    by = ("account", "currency", "strategy", "symbol")
    folder = tmp_path_factory.mktemp("replay")
    return replay.replay(promtool, folder, map(Shared, accounts), sorted(series | {WHOLE}), MOMENTS, by)


@pytest.mark.parametrize(
    ("label", "figure"),
    [
        ("strategy", "total"),
        ("strategy", "day"),
        ("strategy", "trades"),
        ("symbol", "total"),
        ("symbol", "day"),
    ],
)
def test_shares_are_the_sums_over_their_trades(
    label: Label, figure: str, accounts: tuple[Account, ...], replayed: Found
) -> None:
    """Each strategy and symbol has the sum of its trades, or no figure where none is defined."""
    checked = 0
    for moment in MOMENTS:
        recorded = replayed.get((OF[figure].format(label=label), moment), {})
        for account in accounts:
            wanted = expected(account, label, figure, moment)
            found = {key[2]: value for key, value in recorded.items() if key[:2] == account.key}
            assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9), (account.key, moment / DAY)
            checked += len(wanted)
    assert checked > 5 * len(accounts)


@pytest.mark.parametrize("label", ["strategy", "symbol"])
def test_shares_add_up_to_what_the_account_has_realised(
    label: Label, accounts: tuple[Account, ...], replayed: Found
) -> None:
    """Whatever restarts and wherever nothing was scraped: two ways of counting, one sum."""
    compared = 0
    for moment in MOMENTS:
        shares = replayed.get((OF["day"].format(label=label), moment), {})
        whole = replayed.get((WHOLE, moment), {})
        for key in {share[:2] for share in shares}:
            total = sum(value for share, value in shares.items() if share[:2] == key)
            assert total == pytest.approx(whole[key], rel=1e-9, abs=1e-9), (key, moment / DAY)
            compared += 1
    assert compared > 4 * len(accounts)
