"""What each strategy has realised in each symbol: few of both are told apart, all others together.

Labels multiply the series of an account, so they are bounded: what comes up after the first few, or has a
name that is too long for a label, is booked under `other`. The account's own sums have no part in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from collections.abc import Collection

FEW = 10
"""Strategies, and symbols, that an account tells apart if nothing is said."""
LONGEST = 100
"""Bytes of a name that becomes a label: Prometheus refuses a whole scrape for one that is too long."""
OTHER = "other"
NONE = "none"
"""The strategy of a trade that was begun without one."""


class Share(Struct, forbid_unknown_fields=True):
    """The trades that a strategy has closed in a symbol, and what they brought in the account's currency."""

    realised: float = 0.0
    trades: Annotated[int, Meta(ge=0)] = 0


class Shares:
    """The shares of an account.

    Attributes:
        booked: All of them, by strategy and symbol.
        most: How many strategies, and how many symbols, are told apart.
        news: Shares that are new or have changed, by strategy and symbol; taken away by the reader.
    """

    def __init__(self, booked: dict[str, dict[str, Share]], most: int) -> None:
        """Go on with what is booked, which is changed in place; at first all of it is news."""
        self.most = most
        self.booked = booked
        self._symbols = {symbol for symbols in booked.values() for symbol in symbols}
        self.news = {
            (strategy, symbol): share
            for strategy, symbols in booked.items()
            for symbol, share in symbols.items()
        }

    def begin(self, strategy: str, symbol: str) -> list[tuple[str, str]]:
        """Let a share be there before its first trade ends; return what of it goes under `other`, by name."""
        told = self._labels(strategy, symbol)
        if told[1] not in self.booked.get(told[0], ()):
            self._of(told)
        if told == (strategy, symbol):
            return []
        names = (("strategies", strategy), ("symbols", symbol))
        return [each for each, label in zip(names, told, strict=True) if label != each[1]]

    def close(self, strategy: str, symbol: str, profit: float) -> None:
        """Book a trade that has ended."""
        share = self._of(self._labels(strategy, symbol))
        share.realised += profit
        share.trades += 1

    def _of(self, labels: tuple[str, str]) -> Share:
        """Return a share that changes; one that is not there yet begins at zero."""
        strategy, symbol = labels
        self._symbols.add(symbol)
        share = self.booked.setdefault(strategy, {}).setdefault(symbol, Share())
        self.news[labels] = share
        return share

    def _labels(self, strategy: str, symbol: str) -> tuple[str, str]:
        return self._label(strategy, self.booked), self._label(symbol, self._symbols)

    def _label(self, name: str, known: Collection[str]) -> str:
        if name in known:
            return name
        free = len(known) - (OTHER in known) < self.most and len(name.encode()) <= LONGEST
        return name if free else OTHER
