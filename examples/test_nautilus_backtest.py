"""The account agrees with an engine that nobody here wrote: equity, every trade, ratios."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import TYPE_CHECKING, Any

import pytest
from nautilus_trader.analysis import SharpeRatio, SortinoRatio
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.objects import Money
from nautilus_trader.test_kit.providers import TestInstrumentProvider

from amaie_telemetry import TradingAccount, metrics, testing
from nautilus_backtest import DAY, backtest

if TYPE_CHECKING:
    from nautilus_trader.model.objects import Currency


@pytest.fixture(autouse=True)
def _zero() -> None:
    for family in metrics.ALL:
        family.clear()


def fact(name: str, currency: Currency, **labels: str) -> float:
    """Return what the account exports."""
    series: Any = getattr(metrics.trading, name)
    return testing.value(series.labels(account="nautilus", currency=str(currency), **labels))


def worth(engine: Any, instrument: Any, currency: Currency) -> float:
    """Return what the engine says that the account is worth, open positions included."""
    balance = engine.cache.account_for_venue(instrument.id.venue).balance_total(currency).as_double()
    open_ones = engine.cache.positions_open()
    price = engine.cache.quote_tick(instrument.id)
    exits = [price.bid_price if one.is_long else price.ask_price for one in open_ones]
    pairs = zip(open_ones, exits, strict=True)
    return float(balance + sum(one.unrealized_pnl(at).as_double() for one, at in pairs))


def trades_agree(closed: list[float], currency: Currency, *, within: float) -> None:
    """Hold every closed trade of the engine against what the account exports."""
    wins, losses = [one for one in closed if one > 0], [one for one in closed if one < 0]
    assert len(closed) > 100
    assert fact("trades_total", currency, result="win") == len(wins)
    assert fact("trades_total", currency, result="loss") == len(losses)
    assert fact("gross_profit_total", currency) == pytest.approx(sum(wins), abs=within)
    assert fact("gross_loss_total", currency) == pytest.approx(-sum(losses), abs=within)


def test_netting_agrees() -> None:
    """Longs, shorts, partial closes, turns, fees in one position, each trade a round trip."""
    instrument = TestInstrumentProvider.btcusdt_perp_binance()
    account = TradingAccount("nautilus", "USDT", deposit=1_000_000)
    engine, strategy = backtest(instrument, Money(1_000_000, USDT), account)
    assert account.equity == pytest.approx(worth(engine, instrument, USDT), abs=0.01)
    trades_agree(strategy.closed, USDT, within=0.01)


def test_hedging_agrees_with_the_engines_own_statistics() -> None:
    """Many positions at a time: equity, every trade, the engine's win rate and averages."""
    instrument = TestInstrumentProvider.btcusdt_perp_binance()
    account = TradingAccount("nautilus", "USDT", deposit=1_000_000)
    engine, strategy = backtest(instrument, Money(1_000_000, USDT), account, hedging=True)
    held = sum(abs(one.amount) for one in account.positions.values())
    spread = 6.0  # the account knows one price of a symbol, the engine values longs and shorts at two
    assert account.equity == pytest.approx(worth(engine, instrument, USDT), abs=0.01 + held * spread)
    trades_agree(strategy.closed, USDT, within=0.01)
    said = engine.portfolio.analyzer.get_performance_stats_pnls(USDT)
    won, lost = (fact("trades_total", USDT, result=result) for result in ("win", "loss"))
    assert won + lost == len(strategy.closed)
    unfinished = len(engine.cache.positions_open())  # the engine counts them as losses, by their fees
    assert said["Win Rate"] == pytest.approx(won / (len(strategy.closed) + unfinished))
    assert said["Avg Winner"] == pytest.approx(fact("gross_profit_total", USDT) / won)


def test_inverse_contracts_agree() -> None:
    """Paid in the coin; the engine rounds each payment to 1e-8."""
    instrument = TestInstrumentProvider.xbtusd_bitmex()
    account = TradingAccount("nautilus", "BTC", deposit=10)
    account.instrument(instrument.id, inverse=True)
    engine, strategy = backtest(instrument, Money(10, BTC), account, lot=1_000)
    assert account.equity == pytest.approx(worth(engine, instrument, BTC), abs=1e-5)
    trades_agree(strategy.closed, BTC, within=3e-5)


def test_sharpe_and_sortino_are_the_engines_for_the_same_returns() -> None:
    """Ours are of the index at midnight and 365 days; the engine's are of the returns of closed positions."""
    instrument = TestInstrumentProvider.btcusdt_perp_binance()
    account = TradingAccount("nautilus", "USDT", deposit=1_000_000)
    engine, strategy = backtest(instrument, Money(1_000_000, USDT), account)
    index = list(strategy.days.values())
    returns = [after / before - 1 for before, after in itertools.pairwise(index)]
    times = [day * DAY for day in list(strategy.days)[1:]]
    series = dict(zip(times, returns, strict=True))
    mean, down = statistics.mean(returns), math.sqrt(sum(min(one, 0) ** 2 for one in returns) / len(returns))
    sharpe = mean / statistics.stdev(returns) * math.sqrt(365)
    assert SharpeRatio(365).calculate_from_returns(series) == pytest.approx(sharpe)
    assert SortinoRatio(365).calculate_from_returns(series) == pytest.approx(mean / down * math.sqrt(365))
    said = engine.portfolio.analyzer.get_performance_stats_returns()["Sharpe Ratio (252 days)"]
    assert said != pytest.approx(sharpe, rel=0.1)
