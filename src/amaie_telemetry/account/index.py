"""The wealth index: time-weighted value of one unit invested at the start."""

from __future__ import annotations

from msgspec import Struct


class Index(Struct, forbid_unknown_fields=True):
    """Moves with profit and loss, never with transfers.

    Between two transfers the index is a straight line over the equity. Its slope is what one unit of money
    counts: index by equity, as long as both are above zero. Of an account that has lost all and more, the
    next money begins a unit of its own, so that a gain never lowers the index; and where a transfer leaves
    nothing or less, the slope stays.
    """

    base: float = 1.0
    equity: float = 0.0
    slope: float = 0.0

    def at(self, equity: float) -> float:
        """Return the index at an equity."""
        return self.base + self.slope * (equity - self.equity)

    def rebase(self, before: float, after: float) -> None:
        """Take a transfer that changes the equity."""
        self.base, self.equity = self.at(before), after
        if after > _NOTHING * max(abs(before), abs(after)):
            self.slope = (self.base if self.base > 0 else 1.0) / after


_NOTHING = 1e-9
"""An equity below this share of what it was is what rounding leaves of a full withdrawal."""
