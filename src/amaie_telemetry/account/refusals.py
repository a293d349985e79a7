"""What an account refuses is counted and logged, and never raised where orders are handled."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from amaie_telemetry import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

QUIET = 10.0
"""Seconds without a word after a refused price: a broken feed refuses thousands."""
_log = logging.getLogger("amaie_telemetry.account")


class Refusals:
    """Tells of what one account was given and did not take."""

    def __init__(self, account: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing refused."""
        self._account = account
        self._clock = clock
        self._next: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def tell(self, what: str, error: Exception, *, often: bool) -> None:
        """Count a refusal and log it; of what comes often, one record in ten seconds counts the others."""
        metrics.errors.total.labels(kind="account").inc()
        now = self._clock()
        if often and now < self._next.get(what, 0.0):
            self._untold[what] = self._untold.get(what, 0) + 1
            return
        self._next[what] = now + QUIET
        more = self._untold.pop(what, 0)
        _log.error(
            "Account %s has refused %s %s and is unchanged: %s%s",
            self._account,
            "an" if what[0] in "aeiou" else "a",
            what,
            error,
            f" ({more} more since the last record)" if more else "",
        )
