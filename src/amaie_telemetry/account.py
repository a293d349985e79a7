"""The facts of a trading account, kept from fills, transfers and prices and exported as the spec says.

Profit is counted per closed part of a position, at average cost, net of fees: each fill that reduces a
position closes one trade with the result win, loss or flat. The wealth index is time-weighted: a transfer
changes the amount that works, never the index.
"""

from __future__ import annotations

from dataclasses import dataclass

from amaie_telemetry import metrics

RESULTS = ("win", "loss", "flat")
_ROUNDING = 1e-12


@dataclass
class Position:
    """What is held of one symbol: signed amount, average price paid, last price, fees of the open part."""

    amount: float = 0.0
    average_price: float = 0.0
    price: float = 0.0
    open_fees: float = 0.0


class TradingAccount:
    """One account in one quote currency; every change is exported at once."""

    def __init__(self, account: str, currency: str, *, deposit: float = 0.0) -> None:
        """Open the account with a first deposit, in the quote currency."""
        labels = {"account": account, "currency": currency}
        trading = metrics.trading
        self._equity = trading.equity.labels(**labels)
        self._net_transfers = trading.net_transfers.labels(**labels)
        self._wealth_index = trading.wealth_index.labels(**labels)
        self._gross_profit = trading.gross_profit_total.labels(**labels)
        self._gross_loss = trading.gross_loss_total.labels(**labels)
        self._volume = trading.volume_total.labels(**labels)
        self._trades = {result: trading.trades_total.labels(**labels, result=result) for result in RESULTS}
        self.positions: dict[str, Position] = {}
        self.cash = deposit
        self.net_transfers = deposit
        self._base_index = 1.0
        self._base_equity = deposit
        self._export()

    @property
    def equity(self) -> float:
        """Cash plus open positions at their last price, in the quote currency."""
        return self.cash + sum(held.amount * held.price for held in self.positions.values())

    @property
    def wealth_index(self) -> float:
        """Value of one unit invested at the start; unmoved by transfers and while nothing is invested."""
        if self._base_equity <= 0:
            return self._base_index
        return self._base_index * self.equity / self._base_equity

    def transfer(self, amount: float) -> None:
        """Take a deposit (positive) or a withdrawal (negative), in the quote currency."""
        self._base_index = self.wealth_index
        self.cash += amount
        self.net_transfers += amount
        self._base_equity = self.equity
        self._export()

    def mark(self, symbol: str, price: float) -> None:
        """Take note of the last price of a symbol, in the quote currency."""
        self.positions.setdefault(symbol, Position()).price = price
        self._export()

    def fill(self, symbol: str, *, side: str, amount: float, price: float, fee: float = 0.0) -> float | None:
        """Take an execution and return the profit of the trade that it closes, or None if it closes none.

        Args:
            symbol: The instrument, such as BTC/USDT.
            side: BUY or SELL.
            amount: Executed quantity in the base currency, positive.
            price: Price of one unit in the quote currency.
            fee: Fee in the quote currency.

        Raises:
            ValueError: The side is neither BUY nor SELL, or the amount is not positive.
        """
        if side not in {"BUY", "SELL"} or not amount > 0:
            raise ValueError(f"a fill is BUY or SELL of a positive amount, not {side} of {amount}")
        held = self.positions.setdefault(symbol, Position())
        signed = amount if side == "BUY" else -amount
        self.cash -= signed * price + fee
        self._volume.inc(amount * price)
        profit = _apply(held, signed, price, fee)
        held.price = price
        if profit is not None:
            self._close(profit)
        self._export()
        return profit

    def _close(self, profit: float) -> None:
        result = "flat" if abs(profit) < _ROUNDING else "win" if profit > 0 else "loss"
        self._trades[result].inc()
        if result == "win":
            self._gross_profit.inc(profit)
        elif result == "loss":
            self._gross_loss.inc(-profit)

    def _export(self) -> None:
        self._equity.set(self.equity)
        self._net_transfers.set(self.net_transfers)
        self._wealth_index.set(self.wealth_index)


def _apply(held: Position, signed: float, price: float, fee: float) -> float | None:
    """Change a position by a signed fill; return the net profit of the part that it closes, if any."""
    closing = min(abs(signed), abs(held.amount)) if held.amount * signed < 0 else 0.0
    share = closing / abs(signed)
    profit = None
    if closing:
        direction = 1.0 if held.amount > 0 else -1.0
        paid = held.open_fees * closing / abs(held.amount)
        profit = direction * closing * (price - held.average_price) - paid - fee * share
        held.open_fees -= paid
    opening = abs(signed) - closing
    after = held.amount + signed
    if opening:
        before = abs(after) - opening
        held.average_price = (before * held.average_price + opening * price) / abs(after)
        held.open_fees += fee * (1 - share)
    held.amount = 0.0 if abs(after) < _ROUNDING else after
    return profit
