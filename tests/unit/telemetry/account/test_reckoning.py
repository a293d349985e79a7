"""Any history of an account agrees with an independent reckoning, whatever nonsense comes between."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amaie_telemetry import TradingAccount, metrics, testing
from unit.telemetry.account.reckoning import Fill, Key, Reckoning

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.families import Family

KEYS: list[Key] = [("BTC/USDT", None), ("X", None), ("HEDGED", "long"), ("HEDGED", "short"), ("HEDGED", None)]
AMOUNTS = st.decimals("0.001", "50", places=3)
PRICES = st.decimals("0.5", "400", places=2)
FEES = st.decimals("-0.5", "2", places=2)
NONSENSE = st.sampled_from(
    [
        float("nan"),
        float("inf"),
        -1,
        -0.001,
        None,
        "",
        "cheap",
        True,
        Decimal("sNaN"),
        10**400,
        1e200,
        object(),
    ]
)
DEPOSIT = Decimal(1_000_000)
STRATEGIES = st.sampled_from([None, "trend", "mean", "carry"])
APART = 2


class Histories(RuleBasedStateMachine):
    """Everything that can happen to an account, beside its reckoning; restarts move nothing."""

    def __init__(self) -> None:
        """Open an account with a deposit that no loss of these sizes uses up."""
        super().__init__()
        for family in metrics.ALL:
            family.clear()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "state.json"
        self.account = self.opened()
        self.truth = Reckoning()
        self.truth.transfer(DEPOSIT)

    def opened(self) -> TradingAccount:
        """Return the account as a new process would have it."""
        return TradingAccount("test", "USDT", deposit=DEPOSIT, state=self.path, apart=APART)

    @rule(
        key=st.sampled_from(KEYS),
        buy=st.booleans(),
        amount=AMOUNTS,
        price=PRICES,
        fee=FEES,
        strategy=STRATEGIES,
    )
    def fill(  # one argument for each of the facts of an execution
        self,
        key: Key,
        buy: bool,  # noqa: FBT001
        amount: Decimal,
        price: Decimal,
        fee: Decimal,
        strategy: str | None,
    ) -> None:
        """Execute something; the profit that is returned is that of the round trip it ends."""
        before = len(self.truth.closed)
        self.truth.fill(Fill(key, amount if buy else -amount, price, fee, strategy))
        side = "buy" if buy else "SELL"
        got = self.account.fill(
            key[0], side=side, amount=amount, price=price, fee=fee, position=key[1], strategy=strategy
        )
        wanted = self.truth.closed[before:]
        assert (got is None) == (not wanted)
        assert got is None or got == pytest.approx(float(wanted[0]), abs=1e-6)

    @precondition(lambda self: any(self.truth.held(key) for key in KEYS))
    @rule(data=st.data(), price=PRICES, parts=st.integers(1, 4))
    def leave(self, data: st.DataObject, price: Decimal, parts: int) -> None:
        """Close a position in parts, in floats that do not add up: it is flat, and one trade."""
        key = data.draw(st.sampled_from([key for key in KEYS if self.truth.held(key)]))
        held = self.truth.held(key)
        exact = Decimal(held.numerator) / held.denominator
        side = "sell" if held > 0 else "buy"
        left = float(abs(exact))
        for _ in range(parts - 1):
            self.account.fill(
                key[0], side=side, amount=float(abs(exact)) / parts, price=price, position=key[1]
            )
            left -= float(abs(exact)) / parts
        got = self.account.fill(key[0], side=side, amount=left, price=price, position=key[1])
        self.truth.fill(Fill(key, -exact, price, Decimal(0)))
        assert got == pytest.approx(float(self.truth.closed[-1]), abs=1e-6)
        assert not any(one.amount for place, one in self.account.positions.items() if place in (key, key[0])
                       and (key[1] is None) == isinstance(place, str))  # fmt: skip

    @rule(symbol=st.sampled_from([key[0] for key in KEYS]), price=PRICES)
    def mark(self, symbol: str, price: Decimal) -> None:
        """See a price."""
        self.truth.mark(symbol, price)
        self.account.mark(symbol, price)

    @rule(amount=st.decimals("-5000", "20000", places=2))
    def transfer(self, amount: Decimal) -> None:
        """Pay in or out."""
        self.truth.transfer(amount)
        self.account.transfer(amount)

    @rule(amount=st.decimals("-50", "50", places=2), kind=st.sampled_from(["funding", "interest", "bonus"]))
    def earn(self, amount: Decimal, kind: str) -> None:
        """Receive or pay without a trade."""
        self.truth.earn(amount)
        self.account.income(amount, kind)

    @rule(bad=NONSENSE, at=st.integers(0, 7))
    def refuse(self, bad: Any, at: int) -> None:
        """Whatever is no fact changes nothing, raises nothing and is counted."""
        account = self.account
        no_number = "much" if isinstance(bad, int | float) and abs(bad) < 2 else bad
        calls: list[Callable[[], object]] = [
            lambda: account.fill("X", side=bad, amount=1, price=1),
            lambda: account.fill("X", side="buy", amount=bad, price=1),
            lambda: account.fill("X", side="buy", amount=1, price=bad),
            lambda: account.mark("X", bad),
            lambda: account.transfer(no_number),
            lambda: account.rate("BTC", bad),
            lambda: account.report(equity=no_number),
            lambda: account.instrument("NEW", multiplier=bad),
        ]
        before, counted = self.known(), value("errors.total", kind="account")
        assert calls[at]() is None
        assert self.known() == before
        assert value("errors.total", kind="account") == counted + 1

    @rule(killed=st.booleans())
    def restart(self, killed: bool) -> None:  # noqa: FBT001
        """A new process goes on from the file: no fact moves."""
        before = self.known()
        if not killed:
            self.account.close()
        for family in metrics.ALL:
            family.clear()
        self.account = self.opened()
        if not killed:  # the last second's prices may be older
            after = self.known()
            assert all(after[name] == pytest.approx(before[name], rel=1e-12) for name in FACTS)
            assert (after["held"], after["balances"]) == (before["held"], before["balances"])
        for symbol, price in self.truth.prices.items():
            self.account.mark(symbol, float(price))
        assert value("trading.gross_profit_total", **LABELS) == pytest.approx(before["gross_profit_total"])

    def known(self) -> dict[str, Any]:
        """Return all that the account exports and holds."""
        facts = {name: value(f"trading.{name}", **LABELS) for name in FACTS}
        held = {key: one for key, one in self.account.positions.items() if one.amount}
        return facts | {"held": held, "balances": self.account.balances}

    @invariant()
    def facts_agree(self) -> None:
        """Every fact is what the reckoning says."""
        truth, total = self.truth, sum
        wins, losses = [one for one in truth.closed if one > 0], [one for one in truth.closed if one < 0]
        wanted = {
            "equity": truth.equity,
            "net_transfers": truth.transfers,
            "wealth_index": truth.wealth_index,
            "volume_total": truth.volume,
            "exposure": truth.exposure,
            "net_exposure": truth.net_exposure,
            "open_positions": truth.open_positions,
            "unrealised": truth.unrealised,
            "gross_profit_total": total(wins),
            "gross_loss_total": -total(losses),
        }
        for name, number in wanted.items():
            assert value(f"trading.{name}", **LABELS) == pytest.approx(float(number), rel=1e-9, abs=1e-6), (
                name
            )
        trades = [
            value("trading.trades_total", result=result, **LABELS) for result in ("win", "loss", "flat")
        ]
        assert trades == [len(wins), len(losses), len(truth.closed) - len(wins) - len(losses)]

    @precondition(lambda self: self.truth.begun)
    @invariant()
    def shares_agree(self) -> None:
        """What each strategy has realised in each symbol; together it is what the account has."""
        wanted = self.truth.shares(APART)
        exported, counted = shares(metrics.trading.realised), shares(metrics.trading.strategy_trades_total)
        assert exported.keys() == counted.keys() == wanted.keys()
        for key, (profit, trades) in wanted.items():
            assert exported[key] == pytest.approx(float(profit), rel=1e-9, abs=1e-6), key
            assert counted[key] == trades, key
        realised = value("trading.gross_profit_total", **LABELS) - value("trading.gross_loss_total", **LABELS)
        assert sum(exported.values()) == pytest.approx(realised, rel=1e-9, abs=1e-6)

    def teardown(self) -> None:
        """Let go of the file."""
        self.account.close()
        self.folder.cleanup()


LABELS = {"account": "test", "currency": "USDT"}
FACTS = (
    *("equity", "net_transfers", "wealth_index", "volume_total", "gross_profit_total", "gross_loss_total"),
    *("exposure", "net_exposure", "open_positions", "unrealised"),
)


def value(name: str, **labels: str) -> float:
    """Return what a fact of the spec says now."""
    group, _, member = name.partition(".")
    series = getattr(getattr(metrics, group), member).labels(**labels)
    return testing.value(series)


def shares(family: Family[Any]) -> dict[tuple[str, ...], float]:
    """Return what a fact says of each strategy and symbol."""
    return {values[2:]: testing.value(series) for values, series in family.all_series()}


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a history shorter takes minutes
)
