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
