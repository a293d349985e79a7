"""Golden trading scenarios: what an account truly did, and the facts that Prometheus would scrape of it.

The truth is a path of equity, transfers and wealth and a list of trades. The facts are that truth seen at
scrapes: with gaps where nothing was scraped, and with counters that begin at 0 after a restart. Times are
seconds since 1970-01-01 00:00 UTC, a Thursday and the first of a month, where promtool's clock starts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Path = NDArray[np.float64]

DAY = 86400
HOUR = 3600


@dataclass(frozen=True)
class Trade:
    """A closed trade: when, its result, and its profit (a loss is negative)."""

    time: int
    result: str
    profit: float
    volume: float


@dataclass(frozen=True)
class Account:
    """One account's truth at the scrapes of a grid, and what was scraped of it.

    Attributes:
        name: The account, called like its scenario.
        times: The grid of scrapes in seconds, shape (n,).
        equity: Value of the account at each of them, shape (n,).
        net_transfers: Deposits minus withdrawals so far, shape (n,).
        wealth: Time-weighted value of one unit, shape (n,).
        seen: Whether the scrape took place, shape (n,).
        trades: Closed trades in the order of time.
        restarts: When the trader was started anew, so that its counters began at 0.
    """

    name: str
    currency: str
    times: NDArray[np.int64]
    equity: Path
    net_transfers: Path
    wealth: Path
    seen: NDArray[np.bool_]
    trades: tuple[Trade, ...]
    restarts: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Return account and currency, which name its series."""
        return self.name, self.currency

    def facts(self) -> Iterator[tuple[str, Path]]:
        """Yield each series of facts: selector and values on the grid, NaN where nothing was scraped."""
        own = f'account="{self.name}",currency="{self.currency}"'
        yield f"amaie_trading_equity{{{own}}}", self._scraped(self.equity)
        yield f"amaie_trading_net_transfers{{{own}}}", self._scraped(self.net_transfers)
        yield f"amaie_trading_wealth_index{{{own}}}", self._scraped(self.wealth)
        for result in ("win", "loss", "flat"):
            own_result = f'{own},result="{result}"'
            yield f"amaie_trading_trades_total{{{own_result}}}", self._counter(_is(result))
        yield f"amaie_trading_gross_profit_total{{{own}}}", self._counter(lambda t: max(t.profit, 0.0))
        yield f"amaie_trading_gross_loss_total{{{own}}}", self._counter(lambda t: max(-t.profit, 0.0))
        yield f"amaie_trading_volume_total{{{own}}}", self._counter(lambda t: t.volume)
        for name, path in (("fees", self.fees), ("slippage", self.slippage), ("exposure", self.exposure)):
            yield f"amaie_trading_{name}{{{own}}}", self._scraped(path)
        yield f'amaie_trading_income{{{own},kind="funding"}}', self._scraped(self.funding)

    @property
    def fees(self) -> Path:
        """Fees since the account exists, shape (n,): a thousandth of the volume, whatever restarts."""
        return 0.001 * self._since_ever(lambda t: t.volume)

    @property
    def slippage(self) -> Path:
        """Slippage since the account exists, shape (n,): it may fall."""
        return self._since_ever(lambda t: 0.0004 * t.volume - 0.15)

    @property
    def funding(self) -> Path:
        """Funding since the account exists, shape (n,): received and paid."""
        return self._since_ever(lambda t: 0.3 - 0.0007 * t.volume)

    @property
    def exposure(self) -> Path:
        """Size of what is held, shape (n,): half of the account after every other trade."""
        return np.where(self._since_ever(lambda _: 1.0) % 2 == 1, 0.5 * np.abs(self.equity), 0.0)

    def _since_ever(self, amount: Callable[[Trade], float]) -> Path:
        values = np.zeros(len(self.times))
        for trade in self.trades:
            values[self.times >= trade.time] += amount(trade)
        return values

    def _scraped(self, values: Path) -> Path:
        return np.where(self.seen, values, np.nan)

    def _counter(self, amount: Callable[[Trade], float]) -> Path:
        """Return a counter of the trader: the sum since its last start."""
        values = np.zeros(len(self.times))
        for trade in self.trades:
            start = max((one for one in self.restarts if one <= trade.time), default=-1)
            stop = min((one for one in self.restarts if one > trade.time), default=10**12)
            since = (self.times >= trade.time) & (self.times >= start) & (self.times < stop)
            values[since] += amount(trade)
        return self._scraped(values)


@dataclass
class Builder:
    """Makes accounts on one grid of scrapes; every random path has its own seed."""

    step: int
    days: int
    accounts: list[Account] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay out the grid."""
        self.times = np.arange(0, self.days * DAY + 1, self.step)

    def add(  # what a scenario may say of an account
        self,
        name: str,
        returns: Path,
        *,
        currency: str = "USDT",
        start_equity: float = 10_000.0,
        transfers: dict[int, float] | None = None,
        unseen: tuple[tuple[int, int], ...] = (),
        restarts: tuple[int, ...] = (),
        results: tuple[str, ...] = ("win", "loss", "win", "flat"),
    ) -> None:
        """Add an account that earns `returns` from scrape to scrape; transfers come just after a scrape."""
        wealth: Path = np.cumprod(1 + returns, dtype=np.float64)
        equity, net = np.empty(len(returns)), np.empty(len(returns))
        value, total, due = start_equity, start_equity, dict(transfers or {})
        for i, time in enumerate(self.times):
            value *= 1 + returns[i]
            for moment in [one for one in due if one <= time]:
                amount = due.pop(moment)
                value, total = value + amount, total + amount
            equity[i], net[i] = value, total
        seen = np.ones(len(returns), dtype=bool)
        for first, last in unseen:
            seen[(self.times >= first) & (self.times <= last)] = False
        trades = tuple(self._trades(name, results, seen))
        account = Account(name, currency, self.times, equity, net, wealth, seen, trades, restarts)
        self.accounts.append(account)

    def walk(self, seed: int, scale: float = 0.002) -> Path:
        """Return random returns, the first of them 0."""
        steps = np.random.default_rng(seed).normal(0.0, scale, len(self.times))
        steps[0] = 0.0
        return steps

    def straight(self, *corners: tuple[float, float]) -> Path:
        """Return the returns of a path through corners (share of the time, wealth), straight between them."""
        shares, wealths = zip(*corners, strict=True)
        path = np.interp(self.times / self.times[-1], shares, wealths)
        return np.concatenate(([path[0] - 1], path[1:] / path[:-1] - 1))

    def _trades(self, name: str, results: tuple[str, ...], seen: NDArray[np.bool_]) -> Iterator[Trade]:
        """Yield a trade at every third scrape or so that takes place and whose predecessor did."""
        if not results:
            return
        random = np.random.default_rng(sum(name.encode()))
        for i in range(2, len(self.times)):
            if seen[i] and seen[i - 1] and random.random() < 0.3:
                result = results[random.integers(len(results))]
                size = round(float(random.uniform(1, 50)), 2)
                profit = {"win": size, "loss": -size, "flat": 0.0}[result]
                yield Trade(int(self.times[i]), result, profit, round(float(random.uniform(100, 900)), 2))


def _is(result: str) -> Callable[[Trade], float]:
    return lambda trade: float(trade.result == result)


def golden(step: int, days: int) -> tuple[Account, ...]:
    """Return every golden scenario on a grid of `step` seconds over `days` days."""
    made = Builder(step, days)
    still = np.zeros(len(made.times))
    middle = days // 2 * DAY
    made.add("flat", still)
    made.add("steady", np.where(made.times > 0, 1.001 ** (step / DAY) - 1, 0.0))
    made.add("crash_and_recovery", made.straight((0, 1), (0.4, 1.2), (0.41, 0.8), (0.8, 1.3), (1, 1.25)))
    made.add("transfers", made.walk(1), transfers={middle + 9 * HOUR: 5000.0, middle + 15 * HOUR: -7000.0})
    made.add("restart", made.walk(2), restarts=(DAY + 5 * HOUR, middle + 7 * HOUR, middle + 13 * HOUR))
    made.add(
        "restart_with_gap",
        made.walk(3),
        restarts=(middle + 3 * HOUR,),
        unseen=((middle + 2 * HOUR, middle + 3 * HOUR),),
    )
    made.add(
        "midnight_gap", made.walk(4), unseen=((middle - 1200, middle + 1200), (4 * DAY - 7200, 4 * DAY + 1))
    )
    made.add("long_gap", made.walk(5), unseen=((middle - 20 * HOUR, middle + 10 * HOUR),))
    made.add("first_day", made.walk(6), unseen=((0, (days - 3) * DAY + 13 * HOUR + 600),))
    made.add(
        "young_with_gap",  # a gap of 25 hours in its first week
        made.walk(14),
        unseen=((0, DAY + 10 * HOUR), (2 * DAY + 12 * HOUR, 3 * DAY + 13 * HOUR)),
    )
    if days > 30:
        made.add("outage", made.walk(15), unseen=((middle - 4 * DAY, middle + 4 * DAY),))
    made.add("rollover", made.walk(7, 0.004))
    made.add("negative_equity", made.straight((0, 1), (0.613, -0.211), (0.7, -0.1), (1, 0.4)))
    made.add("all_won", made.walk(8), results=("win",))
    made.add("no_trade", made.walk(9), results=())
    made.add("dual", made.walk(12))
    made.add("dual", made.walk(13), currency="EUR", start_equity=500.0)
    return tuple(made.accounts)
