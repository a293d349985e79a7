# ruff: noqa: E501, S311 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""The account's facts against an independent reckoning with numpy."""

from __future__ import annotations

import random

import numpy as np
import pytest

from amaie_telemetry import TradingAccount, metrics
from amaie_telemetry.account import RESULTS

LABELS = {"account": "test", "currency": "USDT"}


@pytest.fixture(autouse=True)
def _zero() -> None:
    for family in metrics.ALL:
        family.clear()


def fact(name: str, **labels: str) -> float:
    """Return what a fact of the spec says now."""
    series = getattr(metrics.trading, name).labels(**LABELS, **labels)
    return float(series._value.get())


def test_a_round_trip_is_one_trade_net_of_fees() -> None:
    """Bought at 100, sold at 110, fees on both sides: profit, equity and volume."""
    account = TradingAccount("test", "USDT", deposit=1_000.0)
    assert account.fill("X", side="BUY", amount=2.0, price=100.0, fee=1.0) is None
    account.mark("X", 105.0)
    assert account.equity == pytest.approx(1_009.0)
    assert account.fill("X", side="SELL", amount=2.0, price=110.0, fee=1.0) == pytest.approx(18.0)
    assert (fact("equity"), fact("gross_profit_total"), fact("gross_loss_total")) == (1_018.0, 18.0, 0.0)
    assert fact("volume_total") == 420.0
    assert [fact("trades_total", result=result) for result in RESULTS] == [1.0, 0.0, 0.0]


def test_a_fill_that_turns_a_position_closes_one_and_opens_another() -> None:
    """Long 1, sell 3: one trade of 1 with a loss, then short 2 at the new price with its share of the fee."""
    account = TradingAccount("test", "USDT", deposit=1_000.0)
    account.fill("X", side="BUY", amount=1.0, price=100.0)
    assert account.fill("X", side="SELL", amount=3.0, price=90.0, fee=3.0) == pytest.approx(-11.0)
    held = account.positions["X"]
    assert (held.amount, held.average_price, held.open_fees) == (-2.0, 90.0, 2.0)
    assert account.fill("X", side="BUY", amount=2.0, price=89.0) == pytest.approx(0.0)
    assert [fact("trades_total", result=result) for result in RESULTS] == [0.0, 1.0, 1.0]


def test_transfers_move_equity_and_never_the_wealth_index() -> None:
    """Time-weighted: profit before a deposit counts on what was there then."""
    account = TradingAccount("test", "USDT", deposit=100.0)
    account.fill("X", side="BUY", amount=1.0, price=50.0)
    account.mark("X", 60.0)
    assert account.wealth_index == pytest.approx(1.1)
    account.transfer(890.0)
    assert (account.wealth_index, account.net_transfers, account.equity) == pytest.approx(
        (1.1, 990.0, 1_000.0)
    )
    account.mark("X", 160.0)
    assert account.wealth_index == pytest.approx(1.1 * 1.1)
    account.transfer(-1_100.0)
    account.transfer(500.0)
    assert account.wealth_index == pytest.approx(1.21)
    assert fact("net_transfers") == 390.0


@pytest.mark.parametrize(
    ("side", "amount"), [("HOLD", 1.0), ("BUY", 0.0), ("SELL", -1.0), ("BUY", float("nan"))]
)
def test_a_fill_that_is_none_is_refused(side: str, amount: float) -> None:
    """The account changes by nothing that is no fill."""
    account = TradingAccount("test", "USDT", deposit=100.0)
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the text is compared below)
        account.fill("X", side=side, amount=amount, price=1.0)
    assert str(error.value) == f"a fill is BUY or SELL of a positive amount, not {side} of {amount}"
    assert account.equity == 100.0


def reference(steps: list[tuple[str, float, float, float]], deposit: float) -> dict[str, float]:
    """Return the facts from whole arrays: cash flows, first-in averages by cumulative sums, chained returns."""
    signed = np.array(
        [amount if kind == "BUY" else -amount if kind == "SELL" else 0.0 for kind, amount, *_ in steps]
    )
    prices = np.array([price for _, _, price, _ in steps])
    fees = np.array([fee for *_, fee in steps])
    flows = np.array([amount if kind == "transfer" else 0.0 for kind, amount, *_ in steps])
    held = np.cumsum(signed)
    last = np.array([price if kind != "transfer" else np.nan for kind, _, price, _ in steps])
    last = np.array(
        [
            last[: i + 1][~np.isnan(last[: i + 1])][-1] if (~np.isnan(last[: i + 1])).any() else 0.0
            for i in range(len(steps))
        ]
    )
    cash = deposit + np.cumsum(flows - signed * prices - fees)
    equity = cash + held * last
    before = np.concatenate([[deposit], equity[:-1]])
    growth = (equity - flows) / before
    return {
        "equity": float(equity[-1]),
        "net_transfers": float(deposit + flows.sum()),
        "wealth_index": float(np.prod(growth)),
        "volume": float(np.abs(signed * prices).sum()),
    }


@pytest.mark.parametrize("seed", range(30))
def test_random_histories_agree_with_the_reference(seed: int) -> None:
    """Hundreds of fills, prices and transfers: equity, transfers, index, volume; and profit adds up to the equity."""
    rng = random.Random(seed)
    account = TradingAccount("test", "USDT", deposit=10_000.0)
    price, profit = 100.0, 0.0
    steps: list[tuple[str, float, float, float]] = []
    for _ in range(300):
        price *= 1 + rng.gauss(0, 0.01)
        kind = rng.choices(["BUY", "SELL", "mark", "transfer"], (4, 4, 3, 1))[0]
        if kind == "mark":
            account.mark("X", price)
            steps.append((kind, 0.0, price, 0.0))
        elif kind == "transfer":
            amount = rng.uniform(-500, 1_000)
            account.transfer(amount)
            steps.append((kind, amount, 0.0, 0.0))
        else:
            amount, fee = rng.choice([0.5, 1.0, 2.0, rng.random()]), rng.random() * 0.1
            profit += account.fill("X", side=kind, amount=amount, price=price, fee=fee) or 0.0
            steps.append((kind, amount, price, fee))
    wanted = reference(steps, 10_000.0)
    assert fact("equity") == pytest.approx(wanted["equity"], rel=1e-9)
    assert fact("net_transfers") == pytest.approx(wanted["net_transfers"], rel=1e-9)
    assert fact("wealth_index") == pytest.approx(wanted["wealth_index"], rel=1e-9)
    assert fact("volume_total") == pytest.approx(wanted["volume"], rel=1e-9)
    held = account.positions["X"]
    unrealised = held.amount * (held.price - held.average_price) - held.open_fees
    assert wanted["equity"] - wanted["net_transfers"] == pytest.approx(profit + unrealised, abs=1e-6)
    assert fact("gross_profit_total") - fact("gross_loss_total") == pytest.approx(profit, abs=1e-9)
