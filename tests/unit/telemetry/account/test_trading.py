"""The account as a service keeps it."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import TradingAccount, metrics, testing
from amaie_telemetry.account import RESULTS, Held
from amaie_telemetry.pytest_plugin import amaie_logs

if TYPE_CHECKING:
    from pathlib import Path

    from amaie_telemetry.testing import CapturedLogs

__all__ = ["amaie_logs"]
LABELS = {"account": "test", "currency": "USDT"}


def fact(name: str, **labels: str) -> float:
    """Return what a fact of the spec says now."""
    return testing.value(getattr(metrics.trading, name).labels(**LABELS, **labels))


def test_a_round_trip_is_one_trade_net_of_fees() -> None:
    """Bought at 100, sold at 110, fees on both sides: profit, equity and volume."""
    account = TradingAccount("test", "USDT", deposit=1_000.0)
    assert account.fill("X", side="BUY", amount=2.0, price=100.0, fee=1.0) is None
    account.mark("X", 105.0)
    assert account.equity == pytest.approx(1_009.0)
    assert account.positions == {"X": Held(2.0, 100.0, 105.0, -1.0)}
    assert account.fill("X", side="sell", amount=Decimal(2), price="110", fee=None) == pytest.approx(19.0)
    assert (fact("equity"), fact("gross_profit_total"), fact("gross_loss_total")) == (1_019.0, 19.0, 0.0)
    assert fact("volume_total") == 420.0
    assert [fact("trades_total", result=result) for result in RESULTS] == [1.0, 0.0, 0.0]


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


def test_nothing_raises_in_the_order_handler(amaie_logs: CapturedLogs) -> None:
    """Each refusal returns None, is logged and leaves every fact as it was."""
    account: Any = TradingAccount("test", "USDT", deposit=100.0)
    account.fill("X", side="buy", amount=1, price=10)
    assert account.fill("X", side="hold", amount=1, price=1) is None
    assert account.fill("X", side="buy", amount=1, price=-37) is None
    account.mark("X", float("nan"))
    assert account.report(equity=None) is None
    account.transfer("much")
    account.income(1, "interest", currency="BNB")
    account.rate("BNB", -1)
    account.instrument("X", multiplier=2)
    assert [message.partition(":")[0] for message in amaie_logs.messages] == [
        f"Account test has refused {what} and is unchanged"
        for what in (
            *("a fill", "a fill", "a price", "a report", "a transfer"),
            *("an income", "a rate", "an instrument"),
        )
    ]
    assert (fact("equity"), fact("volume_total"), account.positions["X"].amount) == (100.0, 10.0, 1.0)


def test_a_name_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Half a character in a symbol would make every later fill fail, and the file unreadable."""
    account = TradingAccount("test", "USDT", deposit=100.0, state=tmp_path / "a.json")
    assert account.fill("\ud800/USDT", side="buy", amount=1, price=10) is None
    account.fill("X", side="buy", amount=1, price=10)
    account.close()
    assert list(account.positions) == ["X"]
    assert TradingAccount("test", "USDT", state=tmp_path / "a.json").equity == 100.0


def test_a_name_that_is_a_number_is_text(tmp_path: Path) -> None:
    """It was written as a number, which the next process could not read; no name at all is refused."""
    name: Any = 5
    TradingAccount(name, "USDT", deposit=100.0, state=tmp_path / "a.json").close()
    assert TradingAccount(name, "USDT", state=tmp_path / "a.json").equity == 100.0
    for account, currency in (("", "USDT"), (None, "USDT"), ("test", ""), ("test", None)):
        with pytest.raises(ValueError, match="is missing"):
            TradingAccount(account, currency)  # type: ignore[arg-type]


def test_what_is_doubtful_is_logged_once(amaie_logs: CapturedLogs) -> None:
    """A fee in a currency without a rate."""
    account = TradingAccount("test", "USDT", deposit=100.0)
    for _ in range(3):
        account.fill("X", side="buy", amount=1, price=10, fee=1, fee_currency="BNB")
    assert amaie_logs.messages == ["Account test: BNB counts for nothing until rate('BNB', …) is told"]


def test_threads_may_share_an_account() -> None:
    """Four threads of fills, prices and looks: nothing is lost, nothing raises."""
    account = TradingAccount("test", "USDT", deposit=0)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(300):
                account.fill(f"S{number}-{step}", side="buy", amount=1, price=10, fee=1)
                account.mark("S0-0", 10)
                assert account.equity < 0
                assert account.positions
        except BaseException as error:  # noqa: BLE001 (told below)
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert (len(account.positions), account.equity, fact("volume_total")) == (1_200, -1_200, 12_000)


def test_a_restart_moves_nothing(tmp_path: Path) -> None:
    """Index 1.2 stays 1.2, the exit closes what was opened, counters go on, a second deposit is none."""
    path = tmp_path / "main.json"
    with TradingAccount("test", "USDT", deposit=10_000, state=path) as account:
        account.fill("X", side="buy", amount=1, price=100)
        account.fill("X", side="sell", amount=1, price=2_100)
        account.fill("Y", side="buy", amount=10, price=100, position="P-1")
    for family in metrics.ALL:
        family.clear()
    after = TradingAccount("test", "USDT", deposit=12_000, state=path)
    assert (fact("wealth_index"), fact("equity"), fact("net_transfers")) == (1.2, 12_000, 10_000)
    assert (fact("trades_total", result="win"), fact("gross_profit_total")) == (1, 2_000)
    assert after.positions == {("Y", "P-1"): Held(10.0, 100.0, 100.0, 0.0)}
    assert after.fill("Y", side="sell", amount=10, price=90, position="P-1") == pytest.approx(-100)
    after.close()


def test_a_deposit_that_is_no_number_is_a_mistake_of_the_program() -> None:
    """Nobody handles an order yet."""
    with pytest.raises(ValueError, match="the deposit is nan"):
        TradingAccount("test", "USDT", deposit=float("nan"))


def shares() -> dict[tuple[str, ...], float]:
    """Return what is exported of each strategy and symbol."""
    return {values[2:]: testing.value(one) for values, one in metrics.trading.realised.all_series()}


def test_a_result_belongs_to_the_strategy_that_began_the_trade() -> None:
    """Who adds, closes or says nothing owns none of it; who turns a position begins a trade of his own."""
    account = TradingAccount("test", "USDT", deposit=1_000)
    account.fill("X", side="buy", amount=1, price=100, strategy="trend")
    assert shares() == {("trend", "X"): 0.0}
    account.fill("X", side="buy", amount=1, price=100, strategy="mean")
    account.fill("X", side="sell", amount=2, price=110)
    assert shares() == {("trend", "X"): 20.0}
    account.fill("X", side="buy", amount=1, price=100, strategy="mean")
    account.fill("X", side="sell", amount=3, price=90, strategy="trend")
    account.fill("X", side="buy", amount=3, price=80)
    account.fill("X", side="sell", amount=1, price=90)
    assert shares() == {("trend", "X"): 20.0 + 20.0 + 10.0, ("mean", "X"): -10.0}
    account.fill("Y", side="buy", amount=1, price=10, position="a", strategy="trend")
    account.fill("Y", side="sell", amount=1, price=10, position="b", strategy="mean")
    account.fill("Y", side="sell", amount=1, price=13, position="a")
    account.fill("Y", side="buy", amount=1, price=13, position="b")
    account.fill("Z", side="buy", amount=1, price=10)
    assert shares() == {
        ("trend", "X"): 50.0,
        ("mean", "X"): -10.0,
        ("trend", "Y"): 3.0,
        ("mean", "Y"): -3.0,
        ("none", "Z"): 0.0,
    }
    assert fact("strategy_trades_total", strategy="trend", symbol="X") == 3


def test_the_accounts_own_figures_do_not_hang_on_who_traded() -> None:
    """The same fills with and without strategies: every fact of the account is the same."""
    found = []
    for strategies in ((None, None), ("trend", "mean")):
        for family in metrics.ALL:
            family.clear()
        account = TradingAccount("test", "USDT", deposit=1_000, apart=1)
        for step, price in enumerate((10, 13, 9, 11, 7)):
            side, whose = ("buy", "sell", "sell", "buy", "sell")[step], strategies[step % 2]
            account.fill("X", side=side, amount=1 + step % 2, price=price, fee=0.1, strategy=whose)
        found.append(
            {
                (family, *values): testing.value(series)
                for family in metrics.ALL
                if family not in (metrics.trading.realised, metrics.trading.strategy_trades_total)
                for values, series in family.all_series()
            }
        )
        assert sum(shares().values()) == pytest.approx(fact("gross_profit_total") - fact("gross_loss_total"))
    assert found[0] == found[1]
    assert found[0][metrics.trading.trades_total, "test", "USDT", "loss"] == 1


def test_a_crowd_of_strategies_is_told_once(amaie_logs: CapturedLogs) -> None:
    """Two of each label, one warning of each kind; the account's sum has them all."""
    account = TradingAccount("test", "USDT", deposit=1_000, apart=2)
    for step in range(20):
        for side, price in (("buy", 10), ("sell", 11)):
            account.fill(f"S{step}", side=side, amount=1, price=price, strategy=f"s{step}")
    assert shares() == {("s0", "S0"): 1.0, ("s1", "S1"): 1.0, ("other", "other"): 18.0}
    why = "told as 'other': more than apart=2, or longer than 100 bytes"
    assert amaie_logs.messages == [
        f"Account test: strategies such as 's2' are {why}",
        f"Account test: symbols such as 'S2' are {why}",
    ]
    assert fact("gross_profit_total") == 20


def test_shares_survive_a_restart_and_so_does_who_began_a_trade(tmp_path: Path) -> None:
    """The open trade's strategy, profits and counts; a counter that stands there already is not raised."""
    path = tmp_path / "main.json"
    with TradingAccount("test", "USDT", deposit=1_000, state=path) as account:
        for side, price in (("buy", 100), ("sell", 130), ("buy", 100)):
            account.fill("X", side=side, amount=1, price=price, strategy="trend")
    for clear in (True, False):
        if clear:
            for family in metrics.ALL:
                family.clear()
        TradingAccount("test", "USDT", state=path).close()
        assert shares() == {("trend", "X"): 30.0}
        assert fact("strategy_trades_total", strategy="trend", symbol="X") == 1
    after = TradingAccount("test", "USDT", state=path)
    after.fill("X", side="sell", amount=1, price=90, strategy="mean")
    assert shares() == {("trend", "X"): 20.0}
    assert fact("strategy_trades_total", strategy="trend", symbol="X") == 2
    after.close()


@pytest.mark.parametrize("strategy", ["", "\ud800"])
def test_a_strategy_without_a_name_is_refused_with_its_fill(strategy: str, amaie_logs: CapturedLogs) -> None:
    """Before anything changes; a name that is no text is its text."""
    account = TradingAccount("test", "USDT", deposit=1_000)
    account.fill("X", side="buy", amount=1, price=10, strategy=strategy)
    assert (account.positions, shares(), fact("volume_total")) == ({}, {}, 0)
    [message] = amaie_logs.messages
    assert message.startswith("Account test has refused a fill and is unchanged: the strategy is ")
    account.fill("X", side="buy", amount=1, price=10, strategy=7)  # type: ignore[arg-type]
    assert shares() == {("7", "X"): 0.0}


@pytest.mark.parametrize("apart", [-1, 1.5, True, None, "3"])
def test_how_many_are_told_apart_is_a_whole_number(apart: Any) -> None:
    """Told at the start."""
    with pytest.raises(
        ValueError, match=f"the number of what is told apart is {apart!r}; it must be 0, 1, 2, …"
    ):
        TradingAccount("test", "USDT", apart=apart)
