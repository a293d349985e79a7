"""A trading account as a service keeps it: thread-safe, never raising, exported, and kept across restarts."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

from amaie_telemetry.account import given, statefile
from amaie_telemetry.account.books import NET, Books
from amaie_telemetry.account.facts import Facts
from amaie_telemetry.account.ledger import Ledger
from amaie_telemetry.account.position import Held
from amaie_telemetry.account.refusals import Refusals
from amaie_telemetry.account.shares import FEW
from amaie_telemetry.forksafe import forksafe

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from decimal import Decimal

Number: TypeAlias = "float | Decimal | str"
"""An int, a float, a `Decimal`, or one as text: what exchanges and engines give."""
_log = logging.getLogger("amaie_telemetry.account")


class TradingAccount:
    """One account in one currency; every change is exported at once.

    A trade is a round trip of one position: from flat to flat, or to the turn. Profit is at average cost and
    net of all fees. The wealth index is time-weighted: a transfer changes the amount that works, never the
    index. What cannot be true (a price that is no number) is refused before anything changes: counted in
    `amaie_errors_total{kind="account"}` and logged, and nothing is raised in the caller's order handler.
    """

    def __init__(
        self,
        account: str,
        currency: str,
        *,
        deposit: Number = 0,
        state: str | os.PathLike[str] | None = None,
        apart: int = FEW,
    ) -> None:
        """Open an account, or go on with one.

        Args:
            account: Its name, as in the label of its facts.
            currency: What its equity, profits and transfers are counted in.
            deposit: First deposit of a new account; a state that is there already has had its own.
            state: File in which the account outlives the process.
            apart: How many strategies, and how many symbols, its realised profit is told apart by; what
                comes beyond is told as `other`. Each pair costs two series.

        Raises:
            AccountStateError: The state file cannot be used; the text names it and the cure.
            ValueError: The deposit or the bound is no number, or a name is missing.
        """
        first, most = given.number(deposit, "deposit"), given.count(apart, "number of what is told apart")
        account, currency = given.name(account, "account's name"), given.name(currency, "currency")
        path = None if state is None else Path(state).resolve()  # a link stays one
        if path:
            statefile.let_go(path)
        self._lock = forksafe(threading.RLock())
        # The file is held before it is read: who held it until now may have written a moment ago.
        self._file = statefile.StateFile(path, self._held, self._lock) if path else None
        known = self._file.load(account, currency) if self._file else None
        self._ledger = Ledger(known or Books(account, currency), most)
        self._refusals = Refusals(account)
        if known is None and first:
            self._ledger.transfer(first, None)
        if self._file:
            self._file.begin()
        self._facts = Facts(account, currency, self._ledger.books.totals)
        self._facts.all(self._ledger)

    @property
    def equity(self) -> float:
        """Balances plus open positions at their last prices, in the account's currency."""
        with self._lock:
            return self._ledger.equity

    @property
    def wealth_index(self) -> float:
        """Value of one unit invested at the start; unmoved by transfers and while nothing is invested."""
        with self._lock:
            return self._ledger.wealth_index

    @property
    def net_transfers(self) -> float:
        """Deposits minus withdrawals since the account exists, in its currency."""
        with self._lock:
            return self._ledger.books.net_transfers

    @property
    def balances(self) -> dict[str, float]:
        """What is held of each currency, apart from positions."""
        with self._lock:
            return dict(self._ledger.books.balances)

    @property
    def positions(self) -> dict[str | tuple[str, str], Held]:
        """Every position by its symbol, or by symbol and position where fills have told one."""
        with self._lock:
            return {
                symbol if place == NET else (symbol, place): Held(
                    one.amount, held.instrument.price(one.entry), held.price, one.profit
                )
                for symbol, held in self._ledger.books.holdings.items()
                for place, one in held.positions.items()
            }

    def fill(
        self,
        symbol: str,
        *,
        side: str,
        amount: Number,
        price: Number,
        fee: Number | None = 0,
        fee_currency: str | None = None,
        position: str | None = None,
        decided: Number | None = None,
        strategy: str | None = None,
    ) -> float | None:
        """Take an execution and return the profit of the trade that it ends, or None if it ends none.

        Args:
            symbol: The instrument, such as BTC/USDT.
            side: Buy or sell, in any case, or such a member of an enum.
            amount: Executed quantity: units of the base, or contracts; above zero.
            price: Price of one unit.
            fee: What it cost; below zero for a rebate.
            fee_currency: What the fee was paid in; the instrument's currency if nothing is said.
            position: Id of the position, where one symbol has several at a time (hedging).
            decided: Price that the order was decided at; what differs from it is slippage.
            strategy: Whose trade it is, if this fill begins one: its result is told under that name.
        """
        with self._booking("fill"):
            more = (fee_currency, position, decided, strategy)
            return self._ledger.fill(symbol, side, amount, price, fee, *more)
        return None

    def order(self, outcome: str) -> None:
        """Count an order that ended: filled, cancelled or rejected."""
        with self._booking("order"):
            self._facts.order(outcome)

    def mark(self, symbol: str, price: Number) -> None:
        """Take note of the last price of a symbol."""
        with self._lock:
            try:
                self._ledger.mark(symbol, price)
            except Exception as error:  # noqa: BLE001 (a feed's value never raises in business code)
                self._refusals.tell("price", error, often=True)
                return
            self._facts.prices(self._ledger)
            if self._file:
                self._file.touch()

    def transfer(self, amount: Number, currency: str | None = None) -> None:
        """Take a deposit (positive) or a withdrawal (negative)."""
        with self._booking("transfer"):
            self._ledger.transfer(amount, currency)

    def income(self, amount: Number, kind: str, currency: str | None = None) -> None:
        """Take what is earned (positive) or paid (negative) without a trade.

        Args:
            amount: In the currency.
            kind: One of funding, interest, rebate, dividend; anything else is exported as other.
            currency: The account's own if nothing is said.
        """
        with self._booking("income"):
            self._ledger.income(amount, kind, currency)

    def report(self, *, equity: Number, net_transfers: Number | None = None) -> float | None:
        """Take what the exchange says the account is worth, and return by how much it differs from the books.

        Transfers that the account does not know yet are booked as such, all other difference is profit or
        loss. The first report of an account that has had no deposit is its opening balance.

        Args:
            equity: With open positions, in the account's currency.
            net_transfers: All deposits minus withdrawals ever, if the exchange tells.
        """
        with self._booking("report"):
            return self._ledger.report(equity, net_transfers)
        return None

    def rate(self, currency: str, value: Number) -> None:
        """Take what one unit of another currency is worth. Prices of its spot market do the same."""
        with self._booking("rate", often=True):
            self._ledger.rate(currency, value)

    def instrument(
        self,
        symbol: str,
        *,
        currency: str | None = None,
        base: str | None = None,
        multiplier: Number = 1,
        inverse: bool = False,
    ) -> None:
        """Say what a symbol is, if it is more than a price in the account's currency; at every start.

        Args:
            symbol: As in fills and prices.
            currency: What profit and loss are paid in; needs a `rate` if it is not the account's.
            base: What is held itself (spot); BASE/QUOTE says so by its form.
            multiplier: Units in one contract.
            inverse: A contract worth a fixed sum (the multiplier) of the price's currency, paid in the base.
        """
        with self._booking("instrument"):
            self._ledger.instrument(symbol, currency, base, multiplier, inverse)

    def close(self) -> None:
        """Write the state for the last time and let go of its file; the end of the process does the same."""
        if self._file:
            self._file.close()

    def __enter__(self) -> Self:
        """Return the account."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the account."""
        self.close()

    def _held(self) -> Books:
        return self._ledger.books.held()

    @contextmanager
    def _booking(self, what: str, *, often: bool = False) -> Iterator[None]:
        """Hold the lock while something is booked; refuse what raises, else export and keep the change."""
        with self._lock:
            try:
                yield
            except Exception as error:  # noqa: BLE001 (an account never raises in business code)
                self._refusals.tell(what, error, often=often)
                return
            for doubt in self._ledger.doubts:
                _log.warning("Account %s: %s", self._ledger.books.account, doubt)
            self._ledger.doubts.clear()
            self._facts.all(self._ledger)
            if self._file:
                self._file.save()
