"""What an account exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amaie_telemetry import metrics
from amaie_telemetry.account.given import RefusedError

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge

    from amaie_telemetry.account.books import Totals
    from amaie_telemetry.account.ledger import Ledger
    from amaie_telemetry.account.shares import Share

RESULTS = ("win", "loss", "flat")
OUTCOMES = ("filled", "cancelled", "rejected")


class Facts:
    """The series of one account. Counters go on where the account's totals are."""

    def __init__(self, account: str, currency: str, totals: Totals) -> None:
        """Make the series; those of a new account begin at zero."""
        labels = {"account": account, "currency": currency}
        trading = metrics.trading
        self._labels = labels
        self._equity = trading.equity.labels(**labels)
        self._index = trading.wealth_index.labels(**labels)
        self._exposure = trading.exposure.labels(**labels)
        self._net_exposure = trading.net_exposure.labels(**labels)
        self._unrealised = trading.unrealised.labels(**labels)
        self._positions = trading.open_positions.labels(**labels)
        self._slippage = trading.slippage.labels(**labels)
        self._orders = {one: trading.orders_total.labels(**labels, outcome=one) for one in OUTCOMES}
        self._transfers = trading.net_transfers.labels(**labels)
        self._fees = trading.fees.labels(**labels)
        self._counters = {
            "gross_profit": trading.gross_profit_total.labels(**labels),
            "gross_loss": trading.gross_loss_total.labels(**labels),
            "volume": trading.volume_total.labels(**labels),
            **{result: trading.trades_total.labels(**labels, result=result) for result in RESULTS},
        }
        self._shares: dict[tuple[str, str], ShareFacts] = {}
        self._told = _sums(totals)
        for name, total in self._told.items():
            self._counters[name].inc(max(0.0, total - _value(self._counters[name])))

    def prices(self, ledger: Ledger) -> None:
        """Export what a price moves."""
        held = ledger.open  # sums over all open symbols
        equity = ledger.books.cash() + held.value
        self._equity.set(equity)
        self._index.set(ledger.books.index.at(equity))
        self._exposure.set(held.size)
        self._net_exposure.set(held.net)
        self._unrealised.set(held.unrealised)
        self._positions.set(held.positions)

    def order(self, outcome: str) -> None:
        """Count an order that ended."""
        if outcome not in self._orders:
            raise RefusedError(f"the outcome is {outcome!r:.80}; it must be filled, cancelled or rejected")
        self._orders[outcome].inc()

    def all(self, ledger: Ledger) -> None:
        """Export everything."""
        self.prices(ledger)
        totals = ledger.books.totals
        self._transfers.set(ledger.books.net_transfers)
        self._fees.set(totals.fees)
        self._slippage.set(totals.slippage)
        for kind, amount in totals.income.items():
            metrics.trading.income.labels(**self._labels, kind=kind).set(amount)
        sums = _sums(totals)
        for name, total in sums.items():
            if total != self._told[name]:
                self._counters[name].inc(total - self._told[name])
        self._told = sums
        if ledger.shares.news:
            for (strategy, symbol), share in ledger.shares.news.items():
                self._share(strategy, symbol, share)
            ledger.shares.news.clear()

    def _share(self, strategy: str, symbol: str, share: Share) -> None:
        """Export what a strategy has made in a symbol. A counter that stands there from before goes on."""
        known = self._shares.get((strategy, symbol))
        if known is None:
            labels = {**self._labels, "strategy": strategy, "symbol": symbol}
            trades = metrics.trading.strategy_trades_total.labels(**labels)
            realised = metrics.trading.realised.labels(**labels)
            known = self._shares[strategy, symbol] = ShareFacts(realised, trades, _value(trades))
        known.realised.set(share.realised)
        known.trades.inc(max(0.0, share.trades - known.counted))
        known.counted = max(known.counted, share.trades)


@dataclass(slots=True)
class ShareFacts:
    """The series of a share, and where its counter stands."""

    realised: Gauge
    trades: Counter
    counted: float


def _sums(totals: Totals) -> dict[str, float]:
    return {
        "gross_profit": totals.gross_profit,
        "gross_loss": totals.gross_loss,
        "volume": totals.volume,
        **{str(result): number for result, number in totals.trades.items()},
    }


def _value(counter: Counter) -> float:
    [metric] = counter.collect()
    return next(sample.value for sample in metric.samples if sample.name.endswith("_total"))
