"""What each strategy has realised in each symbol: few of both are told apart, all others together.

Labels multiply the series of an account, so they are bounded: what comes up after the first few, or has a
name that is too long for a label, is booked under `other`. The account's own sums have no part in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

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
    """The shares of an account, by strategy and symbol."""

    def __init__(self, booked: dict[str, dict[str, Share]], most: int) -> None:
        """Go on with what is booked, which is changed in place; `most` of each label are told apart."""
        self.most = most
        self._booked = booked

    def __iter__(self) -> Iterator[tuple[str, str, Share]]:
        """Yield strategy, symbol and share."""
        for strategy, symbols in self._booked.items():
            for symbol, share in symbols.items():
                yield strategy, symbol, share

    def begin(self, strategy: str, symbol: str) -> list[tuple[str, str]]:
        """Let a share be there before its first trade ends; return what of it goes under `other`, by name."""
        if symbol in self._booked.get(strategy, ()):
            return []
        self._of(strategy, symbol)
        told = (("strategies", strategy, self._booked), ("symbols", symbol, self._symbols()))
        return [(what, name) for what, name, known in told if name not in known]

    def close(self, strategy: str, symbol: str, profit: float) -> None:
        """Book a trade that has ended."""
        share = self._of(strategy, symbol)
        share.realised += profit
        share.trades += 1

    def _of(self, strategy: str, symbol: str) -> Share:
        strategy, symbol = self._label(strategy, self._booked), self._label(symbol, self._symbols())
        return self._booked.setdefault(strategy, {}).setdefault(symbol, Share())

    def _symbols(self) -> set[str]:
        return {symbol for symbols in self._booked.values() for symbol in symbols}

    def _label(self, name: str, known: Collection[str]) -> str:
        free = len(known) - (OTHER in known) < self.most and len(name.encode()) <= LONGEST
        return name if free or name in known else OTHER
