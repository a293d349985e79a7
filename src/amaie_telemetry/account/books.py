"""The books of an account: all that it knows, which is also what its state file holds.

A currency that has no rate yet counts for nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple, TypeAlias

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from amaie_telemetry.account.index import Index
from amaie_telemetry.account.instrument import Instrument, by_symbol
from amaie_telemetry.account.position import Position
from amaie_telemetry.account.shares import Share  # noqa: TC001 (msgspec reads it)

Result: TypeAlias = Literal["win", "loss", "flat"]
Income: TypeAlias = Literal["funding", "interest", "rebate", "dividend", "other"]
Count: TypeAlias = Annotated[int, Meta(ge=0)]
Sum: TypeAlias = Annotated[float, Meta(ge=0)]
VERSION = 2
"""Of the state that is written: a field that an older library would call broken needs the next one."""
READABLE = (1, VERSION)
"""The first had no shares."""
NET = ""
"""The id of the position of a symbol that has only one (netting)."""


class Fee(Struct, frozen=True):
    """What a fill costs; below zero it is a rebate."""

    amount: float
    currency: str


class Worth(NamedTuple):
    """What the positions of a symbol are, in the account's currency.

    Attributes:
        value: What they add to the equity.
        size: Their sizes, long and short alike.
        net: Their sizes, short ones below zero.
        unrealised: What closing them at the last price would add, before fees.
        positions: How many are open.
    """

    value: float = 0.0
    size: float = 0.0
    net: float = 0.0
    unrealised: float = 0.0
    positions: int = 0


class Holding(Struct, forbid_unknown_fields=True):
    """A symbol: its instrument, its last price and its positions by id."""

    instrument: Instrument
    price: float = 0.0
    positions: dict[str, Position] = field(default_factory=dict)


class Totals(Struct, forbid_unknown_fields=True):
    """What only adds up, in the account's currency; income and fees may also fall."""

    trades: dict[Result, Count] = field(default_factory=dict)
    gross_profit: Sum = 0.0
    gross_loss: Sum = 0.0
    volume: Sum = 0.0
    fees: float = 0.0
    slippage: float = 0.0
    income: dict[Income, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin to count what has not come up yet."""
        self.trades = {"win": 0, "loss": 0, "flat": 0, **self.trades}


class Books(Struct, forbid_unknown_fields=True):
    """An account in one currency, with balances in this and others."""

    account: str
    currency: str
    version: int = VERSION
    balances: dict[str, float] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    net_transfers: float = 0.0
    index: Index = field(default_factory=Index)
    totals: Totals = field(default_factory=Totals)
    holdings: dict[str, Holding] = field(default_factory=dict)
    shares: dict[str, dict[str, Share]] = field(default_factory=dict)

    def rate(self, currency: str) -> float:
        """Return what one unit of a currency is worth in the account's own; 0 if nobody has said so."""
        return 1.0 if currency == self.currency else self.rates.get(currency, 0.0)

    def cash(self) -> float:
        """Return all balances, in the account's currency."""
        return sum(amount * self.rate(currency) for currency, amount in self.balances.items())

    def add(self, currency: str, amount: float) -> None:
        """Change a balance."""
        self.balances[currency] = self.balances.get(currency, 0.0) + amount

    def holding(self, symbol: str) -> Holding:
        """Return what is known of a symbol; made at the first call."""
        found = self.holdings.get(symbol)
        if found is None:
            found = self.holdings[symbol] = Holding(by_symbol(symbol, self.currency))
        return found

    def worth(self, held: Holding) -> Worth:
        """Return what the positions of a symbol are at its last price."""
        net = gross = gain = 0.0
        count = 0
        for position in held.positions.values():
            if position.amount:
                net += position.amount
                gross += abs(position.amount)
                count += 1
        if not count:
            return Worth()
        unit, rate = held.instrument.value(held.price), self.rate(held.instrument.currency)
        for position in held.positions.values():
            gain += position.unrealised(unit)
        value = unit * rate
        return Worth(net * value, gross * abs(value), net * abs(value), gain * rate, count)

    def held(self) -> Books:
        """Return books without the symbols of which nothing is held: they are known again when used."""
        open_ones = {
            symbol: holding
            for symbol, holding in self.holdings.items()
            if any(position.amount for position in holding.positions.values())
        }
        return replace(self, holdings=open_ones)

    def slip(self, held: Holding, signed: float, price: float, decided: float) -> None:
        """Book what a fill cost beyond the price that it was decided at; below zero it was better."""
        of = held.instrument
        self.totals.slippage += signed * (of.value(price) - of.value(decided)) * self.rate(of.currency)

    def take(self, symbol: str, position: str, signed: float, price: float, fee: Fee) -> float | None:
        """Book a fill; return the net profit of the round trip that it ends, in the account's currency."""
        held = self.holding(symbol)
        instrument = held.instrument
        value, rate = instrument.value(price), self.rate(instrument.currency)
        cost = fee.amount * self._fee_rate(fee.currency, instrument, price)
        self.totals.volume += abs(signed * value) * rate
        self.totals.fees += cost * rate if rate else fee.amount * self.rate(fee.currency)
        if fee.currency == instrument.base and instrument.spot:
            signed -= fee.amount
            self.add(instrument.currency, -signed * value - cost)
        else:
            self.add(instrument.currency, -signed * value)
            self.add(fee.currency, -fee.amount)
        held.price = price
        place = held.positions.setdefault(position, Position())
        ended = place.apply(signed, value, cost)
        if ended is None:
            return None
        if position != NET and not place.amount:
            del held.positions[position]  # its id never comes again
        self._close(ended, ended * rate)
        return ended * rate

    def _fee_rate(self, currency: str, instrument: Instrument, price: float) -> float:
        """Return what one unit of the fee's currency is worth in the instrument's."""
        if currency == instrument.currency:
            return 1.0
        if currency == instrument.base and not instrument.inverse:
            return price
        rate = self.rate(instrument.currency)
        return self.rate(currency) / rate if rate else 0.0

    def _close(self, profit: float, worth: float) -> None:
        totals = self.totals
        totals.trades["win" if profit > 0 else "loss" if profit < 0 else "flat"] += 1
        if profit > 0:
            totals.gross_profit += worth
        else:
            totals.gross_loss -= worth
