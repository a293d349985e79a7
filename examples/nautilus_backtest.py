"""nautilus-trader and a `TradingAccount` side by side: two handlers of a strategy are all that connects them.

Run it: `make examples`, then `.cache/examples/bin/python examples/nautilus_backtest.py`.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import Venue
from nautilus_trader.model.objects import Money
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.trading.strategy import Strategy

from amaie_telemetry import TradingAccount

if TYPE_CHECKING:
    from nautilus_trader.model.events import OrderFilled, PositionClosed
    from nautilus_trader.model.identifiers import PositionId
    from nautilus_trader.model.instruments import Instrument

START = 1_767_225_600 * 10**9  # 2026-01-01, in nanoseconds
STEP = 600 * 10**9
DAY = 86_400 * 10**9


class Watched(Strategy):  # type: ignore[misc]
    """Buys and sells at random; tells the account what it sees and does."""

    def __init__(self, instrument: Instrument, account: TradingAccount, *, lot: float, hedging: bool) -> None:
        """Trade one instrument in lots."""
        super().__init__()
        self.instrument = instrument
        self.account = account
        self.hedging = hedging
        self.lot = lot
        self.rng = random.Random(2)  # noqa: S311 (seeded)
        self.ticks = 0
        self.days: dict[int, float] = {}
        self.closed: list[float] = []

    def on_start(self) -> None:
        """Ask for prices."""
        self.subscribe_quote_ticks(self.instrument.id)

    def on_quote_tick(self, tick: QuoteTick) -> None:
        """Tell the price at which the position could be closed, and trade now and then."""
        self.account.mark(tick.instrument_id, tick.bid_price if self.is_long() else tick.ask_price)
        self.days[tick.ts_event // DAY] = self.account.wealth_index
        self.ticks += 1
        if self.ticks % 5 == 0:
            self.trade()

    def on_order_filled(self, event: OrderFilled) -> None:
        """Tell the execution, as the engine gives it."""
        self.account.fill(
            event.instrument_id,
            side=event.order_side,
            amount=event.last_qty,
            price=event.last_px,
            fee=event.commission.as_decimal(),
            fee_currency=event.commission.currency,
            position=event.position_id if self.hedging else None,
        )

    def on_position_closed(self, event: PositionClosed) -> None:
        """Keep what the engine says of a trade, to compare."""
        self.closed.append(event.realized_pnl.as_double())

    def is_long(self) -> bool:
        """Return whether the position is long, as the engine sees it."""
        return bool(self.portfolio.is_net_long(self.instrument.id))

    def trade(self) -> None:
        """Open, add, reduce, close or turn."""
        lot = self.rng.choice([1, 2, 3, 5]) * self.lot
        opened = self.cache.positions_open()
        if not opened or self.rng.random() < 0.3:
            self.order(self.rng.choice([OrderSide.BUY, OrderSide.SELL]), lot)
            return
        position = self.rng.choice(opened)
        held = float(position.quantity)
        most = held if self.hedging else held + lot  # netting: beyond it, the position turns
        amount = self.rng.choice([min(lot, most), held, most])
        self.order(position.closing_order_side(), amount, position.id if self.hedging else None)

    def order(self, side: OrderSide, amount: float, position_id: PositionId | None = None) -> None:
        """Send an order at the market."""
        order = self.order_factory.market(self.instrument.id, side, self.instrument.make_qty(amount))
        self.submit_order(order, position_id=position_id)


def backtest(
    instrument: Instrument, deposit: Money, account: TradingAccount, *, lot: float = 1, hedging: bool = False
) -> tuple[BacktestEngine, Watched]:
    """Run a backtest of two weeks on a seeded random walk; return the engine and the strategy."""
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(log_level="ERROR")))
    engine.add_venue(
        venue=instrument.id.venue,
        oms_type=OmsType.HEDGING if hedging else OmsType.NETTING,
        account_type=AccountType.MARGIN,
        starting_balances=[deposit],
        base_currency=deposit.currency,
        default_leverage=Decimal(10),
    )
    engine.add_instrument(instrument)
    engine.add_data(walk(instrument, 2_501))
    strategy = Watched(instrument, account, lot=lot, hedging=hedging)
    engine.add_strategy(strategy)
    engine.run()
    return engine, strategy


def walk(instrument: Instrument, steps: int) -> list[QuoteTick]:
    """Return quotes along a random walk."""
    rng, price, made = random.Random(1), 50_000.0, []  # noqa: S311 (seeded)
    for step in range(steps):
        price *= 1 + rng.gauss(0, 0.002)
        time = START + step * STEP
        bid, ask = instrument.make_price(price), instrument.make_price(price * 1.0001)
        size = instrument.make_qty(10_000)
        made.append(QuoteTick(instrument.id, bid, ask, size, size, time, time))
    return made


def main() -> None:
    """Print both sides of a backtest."""
    instrument: Any = TestInstrumentProvider.btcusdt_perp_binance()
    deposit = Money(1_000_000, instrument.quote_currency)
    account = TradingAccount("nautilus", "USDT", deposit=deposit.as_decimal())
    engine, _ = backtest(instrument, deposit, account)
    balance = engine.cache.account_for_venue(Venue("BINANCE")).balance_total(deposit.currency)
    print("engine: ", balance, engine.portfolio.unrealized_pnl(instrument.id))
    print("account:", account.equity, account.positions)


if __name__ == "__main__":
    main()
