"""Reference implementation of every trading KPI with numpy and pandas: from the truth, not from PromQL.

Each function takes an account and a moment (seconds since 1970, on the account's grid of scrapes) and
returns the KPI, or None where it is undefined. What a gap in the scrapes means is said in the KPIs'
descriptions: the last value of the day before a midnight stands for that midnight; an account without one
counts from when it was first seen within the period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import empyrical
import numpy as np
import pandas as pd

from integration.kpi.scenarios import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.kpi.scenarios import Account, Trade

    Reference = Callable[[Account, int], float | None]

WINDOW = 30 * DAY
LEAST_RETURNS = 5
VANISHING = 1e-12
QUARTER = 900
LEAST_CHANGE = 0.0002


def scraped(account: Account, values: np.ndarray) -> pd.Series:
    """Return values at the scrapes that took place, indexed by second."""
    return pd.Series(values, index=account.times)[account.seen]


def adjusted(account: Account) -> pd.Series:
    """Return equity net of transfers at the scrapes."""
    return scraped(account, account.equity - account.net_transfers)


def at(series: pd.Series, moment: int) -> float | None:
    """Return a value at exactly a moment, or None where there was no scrape."""
    return float(series[moment]) if moment in series.index else None


def close(series: pd.Series, midnight: int) -> float | None:
    """Return the last value of the day that ends at a midnight, the midnight included."""
    day = series[(series.index > midnight - DAY) & (series.index <= midnight)]
    return float(day.iloc[-1]) if len(day) else None


def start_of_day(moment: int) -> int:
    """Return the midnight that begins the day of a moment."""
    return moment - moment % DAY


def start_of_week(moment: int) -> int:
    """Return the Monday 00:00 that begins the week of a moment."""
    day = pd.Timestamp(moment, unit="s").normalize()
    return int((day - pd.Timedelta(days=day.day_of_week)).timestamp())


def start_of_month(moment: int) -> int:
    """Return the first of the month, 00:00, of a moment."""
    return int(pd.Timestamp(moment, unit="s").normalize().replace(day=1).timestamp())


def pnl_since(begin: Callable[[int], int]) -> Reference:
    """Return the P&L since the beginning of a stretch of the calendar."""

    def pnl(account: Account, moment: int) -> float | None:
        series = adjusted(account)
        now = at(series, moment)
        if now is None:
            return None
        before = close(series, begin(moment))
        return now - (before if before is not None else float(series[series.index >= begin(moment)].iloc[0]))

    return pnl


def return_since(begin: Callable[[int], int]) -> Reference:
    """Return the P&L since then as a share of the equity at that time and the transfers since."""
    pnl_of = pnl_since(begin)

    def share(account: Account, moment: int) -> float | None:
        pnl, equity = pnl_of(account, moment), at(scraped(account, account.equity), moment)
        return None if pnl is None or equity is None or equity <= pnl else pnl / (equity - pnl)

    return share


def pnl_change(account: Account, moment: int) -> float | None:
    """Return the change of equity, net of transfers, within a quarter of an hour."""
    now, before = at(adjusted(account), moment), at(adjusted(account), moment - QUARTER)
    return None if now is None or before is None else now - before


def pnl_surprise(account: Account, moment: int) -> float | None:
    """Return the size of that change in standard deviations of those of the day before."""
    change = pnl_change(account, moment)
    last = (moment - QUARTER) // QUARTER * QUARTER
    steps = range(last, moment - QUARTER - DAY, -QUARTER)
    known = [one for one in (pnl_change(account, step) for step in steps) if one is not None]
    equity = at(scraped(account, account.equity), moment)
    usual = max(float(np.std(known)) if known else 0.0, LEAST_CHANGE * (equity or 0.0))
    return None if change is None or usual <= 1e-6 else abs(change) / usual


def drawdown_path(account: Account) -> pd.Series:
    """Return the drawdown from the running peak at each scrape."""
    wealth = scraped(account, account.wealth)
    return 1 - wealth / wealth.cummax()


def drawdown(account: Account, moment: int) -> float | None:
    """Return the drawdown at a moment."""
    return at(drawdown_path(account), moment)


def drawdown_max(account: Account, moment: int) -> float | None:
    """Return the largest drawdown of 30 days."""
    path = drawdown_path(account)
    window = path[(path.index > moment - WINDOW) & (path.index <= moment)]
    return float(window.max()) if len(window) else None


def returns(account: Account, moment: int) -> pd.Series:
    """Return the daily returns of the last 30 midnights, as far as both of their days are known."""
    wealth = scraped(account, account.wealth)
    last = start_of_day(moment)
    found = []
    for midnight in range(last - WINDOW + DAY, last + 1, DAY):
        now, before = close(wealth, midnight), close(wealth, midnight - DAY)
        if now is not None and before is not None and before > 0:
            found.append(now / before - 1)
    return pd.Series(found, dtype=float)


def return_days(account: Account, moment: int) -> float | None:
    """Return how many daily returns are known."""
    return float(len(returns(account, moment))) or None


def sharpe(account: Account, moment: int) -> float | None:
    """Return the Sharpe ratio, annualised by the root of 365; empyrical must agree."""
    daily = returns(account, moment)
    if len(daily) < LEAST_RETURNS or daily.std(ddof=1) <= VANISHING:
        return None
    ratio = float(daily.mean() / daily.std(ddof=1) * np.sqrt(365))
    assert np.isclose(ratio, empyrical.sharpe_ratio(daily, annualization=365), rtol=1e-9)
    return ratio


def sortino(account: Account, moment: int) -> float | None:
    """Return the Sortino ratio against a target of 0, annualised by the root of 365; empyrical must agree."""
    daily = returns(account, moment)
    downside = float(np.sqrt((daily.clip(upper=0) ** 2).mean())) if len(daily) else 0.0
    if len(daily) < LEAST_RETURNS or downside <= VANISHING:
        return None
    ratio = float(daily.mean() / downside * np.sqrt(365))
    assert np.isclose(ratio, empyrical.sortino_ratio(daily, annualization=365), rtol=1e-9)
    return ratio


def trades_between(account: Account, begin: int, moment: int) -> list[Trade] | None:
    """Return the trades after `begin` up to a moment, or None where there was no scrape at the moment."""
    if moment not in adjusted(account).index:
        return None
    return [trade for trade in account.trades if begin < trade.time <= moment]


def known_since(account: Account, begin: int, moment: int) -> int:
    """Return `begin`, or when the account was first seen after it if the day before `begin` has no scrape."""
    series = adjusted(account)
    if close(series, begin) is not None:
        return begin
    return int(series.index[(series.index > begin) & (series.index <= moment)][0])


def trades_today(account: Account, moment: int) -> list[Trade] | None:
    """Return the trades of the day so far."""
    if moment not in adjusted(account).index:
        return None
    return trades_between(account, known_since(account, start_of_day(moment), moment), moment)


def trades_of_window(account: Account, moment: int) -> list[Trade] | None:
    """Return the trades of the last 30 days, as far as they are known."""
    if moment not in adjusted(account).index:
        return None
    return trades_between(account, known_since(account, moment - WINDOW, moment), moment)


def trades_day(account: Account, moment: int) -> float | None:
    """Return the number of trades of the day."""
    trades = trades_today(account, moment)
    return None if trades is None else float(len(trades))


def volume_day(account: Account, moment: int) -> float | None:
    """Return the notional value traded in the day."""
    trades = trades_today(account, moment)
    return None if trades is None else float(sum(trade.volume for trade in trades))


def win_rate(account: Account, moment: int) -> float | None:
    """Return the share of the trades of 30 days that won."""
    trades = trades_of_window(account, moment)
    return sum(trade.result == "win" for trade in trades) / len(trades) if trades else None


def average_win(account: Account, moment: int) -> float | None:
    """Return the mean profit of the trades won in 30 days."""
    won = [trade.profit for trade in trades_of_window(account, moment) or () if trade.result == "win"]
    return float(np.mean(won)) if won else None


def average_loss(account: Account, moment: int) -> float | None:
    """Return the mean loss, as a positive number, of the trades lost in 30 days."""
    lost = [-trade.profit for trade in trades_of_window(account, moment) or () if trade.result == "loss"]
    return float(np.mean(lost)) if lost else None


def profit_factor(account: Account, moment: int) -> float | None:
    """Return what the trades won in 30 days earned for each unit that the others lost."""
    profits = np.array([trade.profit for trade in trades_of_window(account, moment) or ()])
    lost = -profits[profits < 0].sum()
    return float(profits[profits > 0].sum() / lost) if lost > 1e-9 else None


def expectancy(account: Account, moment: int) -> float | None:
    """Return the mean result of the trades of 30 days."""
    trades = trades_of_window(account, moment)
    return float(np.mean([trade.profit for trade in trades])) if trades else None


def value_at_risk(account: Account, moment: int) -> float | None:
    """Return the loss that one day in twenty of 30 was worse than, by linear interpolation; 0 for a gain."""
    daily = returns(account, moment)
    return max(0.0, -float(np.quantile(daily, 0.05))) if len(daily) >= 20 else None


def calmar(account: Account, moment: int) -> float | None:
    """Return the mean daily return of 30 days times 365 over the maximum drawdown of 30 days."""
    daily, worst = returns(account, moment), drawdown_max(account, moment)
    if len(daily) < LEAST_RETURNS or worst is None or worst <= VANISHING:
        return None
    return float(daily.mean() * 365 / worst)


def facts_disagree(account: Account, moment: int) -> float | None:
    """Return by how much the processes that export the account differ: there is one."""
    equity = at(scraped(account, account.equity), moment)
    return 0.0 if equity else None


def facts_not_numbers(account: Account, moment: int) -> float | None:
    """Return how many facts are no numbers: none of a scenario."""
    return None if at(scraped(account, account.equity), moment) is None else 0.0


def facts_exporters(account: Account, moment: int) -> float | None:
    """Return how many processes export the account: one."""
    return None if at(scraped(account, account.equity), moment) is None else 1.0


def facts_back(account: Account, moment: int) -> float | None:
    """Return whether the counter of volume fell by less than half; a deeper fall is a new process."""
    counter = next(values for selector, values in account.facts() if "volume_total" in selector)
    seen = scraped(account, counter)
    before, now = seen[seen.index < moment], at(seen, moment)
    if now is None or not len(before) or now < 0.5 * before.iloc[-1]:
        return None
    return float(now < before.iloc[-1])


def exposure(account: Account, moment: int) -> float | None:
    """Return the size of what is held."""
    return at(scraped(account, account.exposure), moment)


def leverage(account: Account, moment: int) -> float | None:
    """Return the exposure for each unit of equity."""
    held, whole = exposure(account, moment), equity(account, moment)
    return held / whole if held is not None and whole is not None and whole > 0 else None


def time_in_market(account: Account, moment: int) -> float | None:
    """Return the share of the quarters of an hour of a day in which something was held, of those known."""
    held = scraped(account, account.exposure)
    steps = range(moment // QUARTER * QUARTER, moment - DAY, -QUARTER)
    known = [float(held[step]) for step in steps if step in held.index]
    return float(np.mean([one > 0 for one in known])) if known else None


def realised_day(account: Account, moment: int) -> float | None:
    """Return what the trades of the day made."""
    trades = trades_today(account, moment)
    return None if trades is None else float(sum(trade.profit for trade in trades))


def since_midnight(path: Callable[[Account], np.ndarray]) -> Reference:
    """Return by how much a sum has changed since midnight, or since it was first seen after that."""

    def changed(account: Account, moment: int) -> float | None:
        series = scraped(account, path(account))
        now, before = at(series, moment), series[series.index <= start_of_day(moment)]
        return None if now is None else now - float(before.iloc[-1] if len(before) else series.iloc[0])

    return changed


slippage_day = since_midnight(lambda account: account.slippage)


def slippage_ratio(account: Account, moment: int) -> float | None:
    """Return the slippage of the day as a share of its volume."""
    slipped, volume = slippage_day(account, moment), volume_day(account, moment)
    return slipped / volume if slipped is not None and volume else None


def drawdown_duration(account: Account, moment: int) -> float | None:
    """Return the time since the wealth was at its highest value so far."""
    wealth = scraped(account, account.wealth)
    if moment not in wealth.index:
        return None
    known = wealth[wealth.index <= moment]
    return float(moment - known.index[known >= known.cummax()][-1])


def volatility(account: Account, moment: int) -> float | None:
    """Return the sample deviation of the daily returns, annualised by the root of 365."""
    daily = returns(account, moment)
    if len(daily) < LEAST_RETURNS:
        return None
    deviation = float(daily.std(ddof=1) * np.sqrt(365))
    assert np.isclose(deviation, empyrical.annual_volatility(daily, annualization=365), rtol=1e-9)
    return deviation


def equity(account: Account, moment: int) -> float | None:
    """Return the value of the account."""
    return at(scraped(account, account.equity), moment)


def equity_age(account: Account, moment: int) -> float | None:
    """Return the time since the account was last seen, up to 30 days."""
    times = account.times[account.seen & (account.times <= moment)]
    return float(moment - times[-1]) if len(times) and moment - times[-1] < WINDOW else None


KPIS: dict[str, Reference] = {
    "pnl_day": pnl_since(start_of_day),
    "pnl_week": pnl_since(start_of_week),
    "pnl_month": pnl_since(start_of_month),
    "return_day": return_since(start_of_day),
    "return_week": return_since(start_of_week),
    "return_month": return_since(start_of_month),
    "pnl_change": pnl_change,
    "pnl_surprise": pnl_surprise,
    "drawdown": drawdown,
    "drawdown_max": drawdown_max,
    "return_days": return_days,
    "sharpe": sharpe,
    "sortino": sortino,
    "win_rate": win_rate,
    "average_win": average_win,
    "average_loss": average_loss,
    "profit_factor": profit_factor,
    "expectancy": expectancy,
    "value_at_risk": value_at_risk,
    "calmar": calmar,
    "trades_day": trades_day,
    "volume_day": volume_day,
    "equity": equity,
    "equity_age": equity_age,
    "facts_disagree": facts_disagree,
    "exposure": exposure,
    "leverage": leverage,
    "time_in_market": time_in_market,
    "realised_day": realised_day,
    "fees_day": since_midnight(lambda account: account.fees),
    "income_day": since_midnight(lambda account: account.funding),
    "slippage_day": slippage_day,
    "slippage_ratio": slippage_ratio,
    "drawdown_duration": drawdown_duration,
    "volatility": volatility,
    "facts_not_numbers": facts_not_numbers,
    "facts_exporters": facts_exporters,
    "facts_back": facts_back,
}
"""Every trading KPI of the spec whose formula is more than a copy of a fact."""
