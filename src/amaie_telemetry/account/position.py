"""One position and the round trip that it is in: from flat to flat, or to the turn."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from amaie_telemetry.account.shares import NONE

DUST = 1e-12
"""What is left of a position, as a share of its largest size, that only rounding has left."""


class Held(NamedTuple):
    """A position as it is now: signed amount, average and last price, profit realised in its round trip."""

    amount: float
    average_price: float
    price: float
    profit: float


class Position(Struct, forbid_unknown_fields=True):
    """What is held, and what its round trip has brought so far, in the instrument's currency.

    Attributes:
        amount: Units held; negative if sold short.
        entry: Average value of one unit when it was opened.
        profit: Realised in this round trip, net of all its fees.
        peak: Largest size of this round trip.
        strategy: Which one has begun it, and so owns its result.
    """

    amount: float = 0.0
    entry: float = 0.0
    profit: float = 0.0
    peak: float = 0.0
    strategy: str = NONE

    def unrealised(self, value: float) -> float:
        """Return what closing at this value of one unit would add, before fees."""
        return self.amount * (value - self.entry) if self.amount else 0.0

    def apply(self, signed: float, value: float, fee: float) -> float | None:
        """Take a fill; return the net profit of the round trip that it ends, or None if it ends none.

        A fill that turns the position ends one trip and begins another; its fee is split by size.
        """
        closing = min(abs(signed), abs(self.amount)) if self.amount * signed < 0 else 0.0
        after = self.amount + signed
        if abs(after) <= DUST * max(self.peak, abs(signed)):
            after, closing = 0.0, abs(signed)
        if not closing:
            self._open(after, signed, value, fee)
            return None
        part = fee * closing / abs(signed)
        self.profit += min(closing, abs(self.amount)) * _sign(self.amount) * (value - self.entry) - part
        if after and after * self.amount > 0:
            self.amount = after
            return None
        ended = 0.0 if self._cancels_out(value) else self.profit
        self.amount = self.entry = self.profit = self.peak = 0.0
        if after:
            self._open(after, after, value, fee - part)
        return ended

    def _open(self, after: float, signed: float, value: float, fee: float) -> None:
        self.entry += (value - self.entry) * (signed / after)
        self.amount = after
        self.profit -= fee
        self.peak = max(self.peak, abs(after))

    def _cancels_out(self, value: float) -> bool:
        """Return whether the profit is what rounding leaves of sums that cancel out."""
        return abs(self.profit) <= DUST * self.peak * max(abs(value), abs(self.entry))


def _sign(amount: float) -> float:
    return 1.0 if amount > 0 else -1.0
