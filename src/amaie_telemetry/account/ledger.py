"""What can happen to an account: each event is checked, then booked; equity and index follow at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from amaie_telemetry.account import given
from amaie_telemetry.account.books import NET, Books, Fee, Income, Worth
from amaie_telemetry.account.given import RefusedError
from amaie_telemetry.account.instrument import Instrument, by_symbol, quote_of
from amaie_telemetry.account.shares import FEW, LONGEST, NONE, OTHER, Shares

if TYPE_CHECKING:
    from amaie_telemetry.account.books import Holding

INCOME: tuple[Income, ...] = get_args(Income)


class Ledger:
    """Books, and what follows from them at the last prices.

    Attributes:
        books: What the account knows.
        shares: What each strategy has realised in each symbol.
        doubts: What somebody should be told: sentences, taken away by the reader.
    """

    def __init__(self, books: Books, apart: int = FEW) -> None:
        """Go on with books; they are changed in place. So many strategies and symbols are told apart."""
        self.books = books
        self.shares = Shares(books.shares, apart)
        self.doubts: list[str] = []
        self._doubted: set[str] = set()
        self._revalue()

    @property
    def equity(self) -> float:
        """All balances and open positions at their last prices, in the account's currency."""
        return self.books.cash() + sum(self._open[0].values())

    @property
    def exposure(self) -> float:
        """Sum of the sizes of all open positions, in the account's currency."""
        return sum(self._open[1].values())

    @property
    def open(self) -> Worth:
        """All open positions together."""
        value, size, net, unrealised, positions = (sum(column.values()) for column in self._open)
        return Worth(value, size, net, unrealised, round(positions))

    @property
    def wealth_index(self) -> float:
        """Time-weighted value of one unit invested at the start."""
        return self.books.index.at(self.equity)

    def fill(
        self,
        symbol: Any,
        side: Any,
        amount: Any,
        price: Any,
        fee: Any,
        currency: Any,
        place: Any,
        decided: Any = None,
        strategy: Any = None,
    ) -> float | None:
        """Book an execution; return the net profit of the round trip that it ends, or None."""
        symbol, position = (
            given.name(symbol, "symbol"),
            NET if place is None else given.name(place, "position"),
        )
        signed = given.side(side) * given.positive(amount, "amount")
        price = given.price(price)
        cost = given.number(0 if fee is None else fee, "fee")
        decided = price if decided is None else given.price(decided)
        strategy = None if strategy is None else given.name(strategy, "strategy")
        held = self._holding(symbol)
        held.instrument.value(price), held.instrument.value(decided)
        paid_in = (
            held.instrument.currency if currency is None else given.name(currency, "currency of the fee")
        )
        if held.instrument.spot and paid_in == held.instrument.base and abs(cost) >= abs(signed):
            raise RefusedError(f"the fee is {cost} {paid_in} of {abs(signed)}")
        self.books.slip(held, signed, price, decided)
        trip = held.positions.get(position)
        owner = trip.strategy if trip and trip.amount else strategy or NONE
        profit = self.books.take(symbol, position, signed, price, Fee(cost, paid_in))
        if profit is not None:
            self.shares.close(owner, symbol, profit)
            owner = strategy or owner  # of the trip that this fill has begun, if it has turned the position
        if (left := held.positions.get(position)) and left.amount:
            left.strategy = owner
            self._apart(owner, symbol)
        self._value(symbol, held)
        self._learn(held, price)
        if cost:
            self._needs_rate(paid_in)
        return profit

    def mark(self, symbol: Any, price: Any) -> None:
        """Take note of a last price."""
        symbol, price = given.name(symbol, "symbol"), given.price(price)
        held = self._holding(symbol)
        if held.instrument.inverse:
            held.instrument.value(price)
        held.price = price
        self._value(symbol, held)
        self._learn(held, price)

    def transfer(self, amount: Any, currency: Any) -> None:
        """Take a deposit (positive) or a withdrawal (negative)."""
        amount = given.number(amount, "amount")
        currency = self.books.currency if currency is None else given.name(currency, "currency")
        worth = amount * self._known_rate(currency)
        before = self.equity
        self.books.add(currency, amount)
        self._transferred(worth, before)

    def income(self, amount: Any, kind: Any, currency: Any) -> None:
        """Take funding, interest and the like: received (positive) or paid (negative)."""
        amount = given.number(amount, "amount")
        currency = self.books.currency if currency is None else given.name(currency, "currency")
        worth = amount * self._known_rate(currency)
        kind = kind if kind in INCOME else "other"
        self.books.add(currency, amount)
        income = self.books.totals.income
        income[kind] = income.get(kind, 0.0) + worth

    def report(self, equity: Any, net_transfers: Any) -> float:
        """Take what the exchange says; return by how much the books were below it."""
        equity = given.number(equity, "equity")
        fresh = not self.books.balances
        moved = equity if fresh else 0.0
        if net_transfers is not None:
            moved = given.number(net_transfers, "sum of transfers") - self.books.net_transfers
        if moved:
            before = self.equity
            self.books.add(self.books.currency, moved)
            self._transferred(moved, before)
        missing: float = equity - self.equity
        self.books.add(self.books.currency, missing)
        return missing

    def rate(self, currency: Any, value: Any) -> None:
        """Take what one unit of a currency is worth in the account's own."""
        currency = given.name(currency, "currency")
        value = given.positive(value, "rate")
        if currency == self.books.currency:
            raise RefusedError(f"{currency} is the account's own currency; its rate is 1")
        self.books.rates[currency] = value
        self._revalue()

    def instrument(self, symbol: Any, currency: Any, base: Any, multiplier: Any, inverse: Any) -> None:
        """Take what is known of a symbol; nothing may be held of it that was reckoned in another way."""
        symbol = given.name(symbol, "symbol")
        usual = by_symbol(symbol, self.books.currency)
        multiplier, inverse = given.positive(multiplier, "multiplier"), bool(inverse)
        own = usual.base if inverse and usual.base else usual.currency
        made = Instrument(
            own if currency is None else given.name(currency, "currency"),
            base=usual.base if base is None else given.name(base, "base"),
            spot=(usual.spot or base is not None) and not inverse and multiplier == 1,
            multiplier=multiplier,
            inverse=inverse,
        )
        held = self.books.holding(symbol)
        if made != held.instrument and any(one.amount for one in held.positions.values()):
            raise RefusedError(f"{symbol} is held and was reckoned as {held.instrument}")
        held.instrument = made
        self._paid_in.add(made.currency)
        self._doubted.add(symbol)
        self._needs_rate(made.currency)

    def _holding(self, symbol: str) -> Holding:
        held = self.books.holdings.get(symbol)
        if held is not None:
            return held
        held = self.books.holding(symbol)
        quote, own = quote_of(symbol), self.books.currency
        if held.instrument.currency != own:
            self._paid_in.add(held.instrument.currency)
            self._needs_rate(held.instrument.currency)
        elif quote is not None and quote != own:
            self._doubt(
                symbol,
                f"prices of {symbol} are taken in {own}; if they are in {quote}, tell "
                f"instrument({symbol!r}, currency={quote!r}) and rate({quote!r}, …)",
            )
        return held

    def _learn(self, held: Holding, price: float) -> None:
        """Take a price of BASE/CURRENCY for the rate of the base."""
        of = held.instrument
        if of.base and not of.inverse and of.multiplier == 1 and of.currency == self.books.currency and price:
            self.books.rates[of.base] = price
            if of.base in self._paid_in:
                self._revalue()

    def _apart(self, strategy: str, symbol: str) -> None:
        """Let the share of a trip begin at zero; say once that there are more than are told apart."""
        for what, name in self.shares.begin(strategy, symbol):
            few = f"more than apart={self.shares.most}, or longer than {LONGEST} bytes"
            self._doubt(what, f"{what} such as {name!r:.80} are told as {OTHER!r}: {few}")

    def _known_rate(self, currency: str) -> float:
        rate = self.books.rate(currency)
        if not rate:
            raise RefusedError(f"nobody has told what {currency} is worth; tell rate({currency!r}, …) first")
        return rate

    def _needs_rate(self, currency: str) -> None:
        if not self.books.rate(currency):
            self._doubt(currency, f"{currency} counts for nothing until rate({currency!r}, …) is told")

    def _doubt(self, about: str, sentence: str) -> None:
        if about not in self._doubted:
            self._doubted.add(about)
            self.doubts.append(sentence)

    def _transferred(self, worth: float, before: float) -> None:
        self.books.net_transfers += worth
        self.books.index.rebase(before, self.equity)

    def _revalue(self) -> None:
        # The columns of `Worth`, by symbol: a price asks for their sums, and may find a thousand symbols.
        self._open: tuple[dict[str, float], ...] = tuple({} for _ in Worth._fields)
        self._paid_in = {held.instrument.currency for held in self.books.holdings.values()}
        for symbol, held in self.books.holdings.items():
            self._value(symbol, held)

    def _value(self, symbol: str, held: Holding) -> None:
        """Value the positions of one symbol; what is flat is left out of the sums."""
        worth = self.books.worth(held)
        for column, one in zip(self._open, worth, strict=True):
            if worth.size:
                column[symbol] = one
            else:
                column.pop(symbol, None)
