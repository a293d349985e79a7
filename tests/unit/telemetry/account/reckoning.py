"""An account reckoned again from the whole list of what happened, in exact fractions and by another way.

Nothing is averaged here: the profit of a round trip is what its fills have paid in and out, the equity is
what all fills have paid plus what is held, the index is the product of the returns between transfers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal

Key: TypeAlias = "tuple[str, str | None]"


@dataclass(frozen=True)
class Fill:
    """An execution of a signed amount."""

    key: Key
    signed: Decimal
    price: Decimal
    fee: Decimal
    strategy: str | None = None


@dataclass
class Reckoning:
    """All that has happened to an account in one currency."""

    cash: Fraction = Fraction(0)
    transfers: Fraction = Fraction(0)
    income: Fraction = Fraction(0)
    volume: Fraction = Fraction(0)
    index: Fraction = Fraction(1)
    invested: Fraction = Fraction(0)
    prices: dict[str, Fraction] = field(default_factory=dict)
    trips: dict[Key, list[tuple[Fraction, Fraction]]] = field(default_factory=dict)
    closed: list[Fraction] = field(default_factory=list)
    opened: dict[Key, tuple[Fraction, Fraction]] = field(default_factory=dict)
    owners: dict[Key, str] = field(default_factory=dict)
    begun: list[tuple[str, str]] = field(default_factory=list)
    owned: list[tuple[str, str, Fraction]] = field(default_factory=list)

    def held(self, key: Key) -> Fraction:
        """Return the signed amount of a position."""
        return sum((signed for signed, _ in self.trips.get(key, [])), Fraction(0))

    @property
    def equity(self) -> Fraction:
        """Cash and all that is held at the last prices."""
        return self.cash + sum(self.held(key) * self.prices[key[0]] for key in self.trips)

    @property
    def exposure(self) -> Fraction:
        """Sizes of all positions."""
        return Fraction(sum(abs(self.held(key)) * self.prices[key[0]] for key in self.trips))

    @property
    def net_exposure(self) -> Fraction:
        """Sizes of all positions, short ones below zero."""
        return Fraction(sum(self.held(key) * self.prices[key[0]] for key in self.trips))

    @property
    def open_positions(self) -> Fraction:
        """How many are held."""
        return Fraction(sum(self.held(key) != 0 for key in self.trips))

    @property
    def unrealised(self) -> Fraction:
        """What closing all would add: of each trip what was opened, at its average price, against now."""
        found = Fraction(0)
        for key, trip in self.opened.items():
            held, average = trip
            found += held * (self.prices[key[0]] - average)
        return found

    def _open(self, key: Key, part: Fraction, price: Fraction) -> None:
        """Keep the average price of what is held: a part that closes does not move it."""
        held, average = self.opened.get(key, (Fraction(0), Fraction(0)))
        after = held + part
        if held * part >= 0 and after:
            average = (held * average + part * price) / after
        self.opened[key] = (after, average)

    def fill(self, one: Fill) -> None:
        """Take an execution; one that turns its position is two."""
        signed, price, fee = Fraction(one.signed), Fraction(one.price), Fraction(one.fee)
        self.cash -= signed * price + fee
        self.volume += abs(signed) * price
        self.prices[one.key[0]] = price
        trip, held = self.trips.setdefault(one.key, []), self.held(one.key)
        first = -held if held * signed < 0 and abs(signed) > abs(held) else signed
        turned = first != signed
        for part in filter(None, (first, signed - first)):
            if not trip:
                self.owners[one.key] = one.strategy or (self.owners[one.key] if turned else "none")
                self.begun.append((self.owners[one.key], one.key[0]))
            trip.append((part, -part * price - fee * part / signed))
            self._open(one.key, part, price)
            if self.held(one.key) == 0:
                self.closed.append(sum((paid for _, paid in trip), Fraction(0)))
                self.owned.append((self.owners[one.key], one.key[0], self.closed[-1]))
                trip.clear()

    def shares(self, most: int) -> dict[tuple[str, str], tuple[Fraction, int]]:
        """Return profit and number of the trades by strategy and symbol, the first `most` of both."""
        strategies, symbols = (list(dict.fromkeys(names))[:most] for names in zip(*self.begun, strict=True))

        def told(strategy: str, symbol: str) -> tuple[str, str]:
            return strategy if strategy in strategies else "other", symbol if symbol in symbols else "other"

        return {
            key: (sum(profits, Fraction(0)), len(profits))
            for key in {told(*names) for names in self.begun}
            for profits in [[profit for *names, profit in self.owned if told(*names) == key]]
        }

    def mark(self, symbol: str, price: Decimal) -> None:
        """Take a price."""
        self.prices[symbol] = Fraction(price)

    def transfer(self, amount: Decimal) -> None:
        """Take a deposit or withdrawal, as long as something is left to work on both sides of it."""
        if self.invested:
            self.index *= self.equity / self.invested
        self.cash += Fraction(amount)
        self.transfers += Fraction(amount)
        self.invested = self.equity

    def earn(self, amount: Decimal) -> None:
        """Take funding and the like."""
        self.cash += Fraction(amount)
        self.income += Fraction(amount)

    @property
    def wealth_index(self) -> Fraction:
        """The index with the return since the last transfer."""
        return self.index * self.equity / self.invested if self.invested else self.index
