"""An account outlives its process."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import TradingAccount
from amaie_telemetry.account import AccountStateError, statefile
from amaie_telemetry.pytest_plugin import amaie_logs

if TYPE_CHECKING:
    from pathlib import Path

    from amaie_telemetry.testing import CapturedLogs

__all__ = ["amaie_logs"]
TRADER = """
import os, signal, sys
from amaie_telemetry import TradingAccount
account = TradingAccount("main", "USDT", deposit=10_000, state=sys.argv[1])
print(len(account.positions), account.equity, account.wealth_index, flush=True)
account.fill("BTC/USDT", side="buy", amount="0.1", price=30_000)
account.fill("BTC/USDT", side="buy", amount="0.1", price=35_000)
if sys.argv[2] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
account.mark("BTC/USDT", 20_000)
if sys.argv[2] == "hold":
    sys.stdin.read()
"""


def trade(path: Path, end: str) -> str:
    """Run a process that trades and ends in some way; return what it found."""
    done = subprocess.run(
        [sys.executable, "-c", TRADER, str(path), end],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_killed_process_has_lost_no_fill_and_an_ended_one_no_price(tmp_path: Path) -> None:
    """What moves money is on file when the call returns; prices are when the process ends."""
    path = tmp_path / "deep" / "main.json"
    assert trade(path, "kill") == "0 10000.0 1.0"
    assert trade(path, "end") == "1 10500.0 1.05"
    assert trade(path, "end") == "1 5000.0 0.5"


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"version": 1}', "cut", "text", "binary"])
def test_a_broken_file_is_an_error_that_names_it_and_the_cure(tmp_path: Path, content: str) -> None:
    """Empty, cut, of another kind: nothing is guessed, nothing overwritten."""
    path = tmp_path / "main.json"
    TradingAccount("main", "USDT", deposit=1, state=path).close()
    whole = path.read_bytes()
    broken = {"cut": whole[:-7], "text": whole.replace(b"1.0", b'"1.0"'), "binary": b"\xff\xfe\0"}
    path.write_bytes(broken.get(content, content.encode()))
    with pytest.raises(AccountStateError) as error:
        TradingAccount("main", "USDT", state=path)
    assert str(error.value).startswith(f"{path}: the account's state is broken (")
    assert str(error.value).endswith(
        "restore the file from a backup, or move it away and begin a new account with deposit= and what the "
        "exchange reports"
    ) or "version none" in str(error.value)
    assert path.read_bytes() == broken.get(content, content.encode())


KINDS: dict[str, dict[str, Any]] = {
    "a key of another version": {"hedges": 1},
    "a result that is none": {"totals": {"trades": {"draw": 1}}},
    "a count below zero": {"totals": {"trades": {"win": -1}}},
    "a profit below zero": {"totals": {"gross_profit": -1.0}},
    "income of another kind": {"totals": {"income": {"gift": 1.0}}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_account_can_have_written_is_not_taken(tmp_path: Path, kind: str) -> None:
    """What would be dropped, or fail later, is told now: somebody has edited the file."""
    path = tmp_path / "main.json"
    TradingAccount("main", "USDT", deposit=1, state=path).close()
    edited = json.dumps(json.loads(path.read_text()) | KINDS[kind])
    path.write_text(edited)
    with pytest.raises(AccountStateError, match="the account's state is broken"):
        TradingAccount("main", "USDT", state=path)
    assert path.read_text() == edited


def test_the_file_is_held_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends may write between: what it booked last would be lost."""
    path = tmp_path / "main.json"
    held = []

    def load(*_: object) -> None:
        with (tmp_path / "main.json.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(path)

    monkeypatch.setattr(statefile, "load", load)
    TradingAccount("main", "USDT", state=path)
    assert held == [path]


def test_a_link_to_a_file_stays_one(tmp_path: Path) -> None:
    """The state is on another disk: it is kept there, not beside the link."""
    kept, link = tmp_path / "disk" / "kept.json", tmp_path / "main.json"
    link.symlink_to(kept)
    with TradingAccount("main", "USDT", deposit=1, state=link) as account:
        account.transfer(4)
    assert link.is_symlink()
    assert TradingAccount("main", "USDT", state=kept).equity == 5


def test_an_account_that_is_closed_says_that_it_keeps_nothing(
    tmp_path: Path, amaie_logs: CapturedLogs
) -> None:
    """A cell of a notebook that runs again takes the file from the account before; that is told once."""
    path = tmp_path / "main.json"
    first = TradingAccount("main", "USDT", deposit=1, state=path)
    TradingAccount("main", "USDT", state=path)
    first.transfer(4)
    first.transfer(4)
    assert amaie_logs.messages == [f"{path} is closed: what its account books from now on is not kept"]


def test_a_newer_version_and_another_account_are_not_read(tmp_path: Path) -> None:
    """Each is told with what to do."""
    path = tmp_path / "main.json"
    TradingAccount("main", "USDT", deposit=1, state=path).close()
    with pytest.raises(AccountStateError) as error:
        TradingAccount("other", "EUR", state=path)
    assert str(error.value) == (
        f"{path}: this is the state of main in USDT, not of other in EUR; give each account a file of its own"
    )
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 3}))
    with pytest.raises(AccountStateError) as error:
        TradingAccount("main", "USDT", state=path)
    assert str(error.value) == (
        f"{path}: this is state of version 3, not 2; run the version of amaie_telemetry that wrote it, "
        "or restore the file from a backup"
    )


def test_state_without_shares_is_read_and_becomes_of_the_present_version(tmp_path: Path) -> None:
    """The library before shares calls what this one wrote of another version, not broken."""
    path = tmp_path / "main.json"
    TradingAccount("main", "USDT", deposit=7, state=path).close()
    written = json.loads(path.read_text())
    del written["shares"]
    path.write_text(json.dumps(written | {"version": 1}))
    with TradingAccount("main", "USDT", state=path) as account:
        assert account.equity == 7
        account.transfer(1)
    assert json.loads(path.read_text())["version"] == 2


def test_two_processes_do_not_share_a_file(tmp_path: Path) -> None:
    """The second is refused with the number of the first; when that has ended, it may."""
    path = tmp_path / "main.json"
    first = subprocess.Popen(
        [sys.executable, "-c", TRADER, str(path), "hold"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert first.stdout
    first.stdout.readline()
    with pytest.raises(AccountStateError) as error:
        TradingAccount("main", "USDT", state=path)
    assert str(error.value) == (
        f"{path}: process {first.pid} keeps an account here; stop it first, "
        "or give each account a file of its own"
    )
    first.communicate(timeout=30)
    assert TradingAccount("main", "USDT", state=path).equity == 7_500


def test_a_folder_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    """Not with the first fill."""
    (tmp_path / "file").write_text("")
    with pytest.raises(AccountStateError, match="give a folder that the service may write to"):
        TradingAccount("main", "USDT", state=tmp_path / "file" / "main.json")
    (tmp_path / "x.json.lock").mkdir()
    with pytest.raises(AccountStateError, match="give a folder that the service may write to"):
        TradingAccount("main", "USDT", state=tmp_path / "x.json")
    (tmp_path / "main.json").mkdir()
    with pytest.raises(AccountStateError, match="this is a folder; name a file in it"):
        TradingAccount("main", "USDT", state=tmp_path / "main.json")


def test_a_full_disk_is_told_once_and_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, amaie_logs: CapturedLogs
) -> None:
    """The account goes on in memory; the thread writes as soon as it can."""
    monkeypatch.setattr(statefile, "PERIOD", 0.05)
    path = tmp_path / "main.json"
    account = TradingAccount("main", "USDT", deposit=1, state=path)
    beside = path.with_name("main.json.new")
    beside.mkdir()  # as root, no permission stops a test
    account.income(1, "interest")
    account.income(1, "interest")
    time.sleep(0.2)
    assert account.equity == 3
    assert amaie_logs.messages == [f"The state of an account cannot be written to {path}: Is a directory"]
    beside.rmdir()
    assert waited(lambda: json.loads(path.read_text())["balances"] == {"USDT": 3.0})
    account.close()


def test_prices_reach_the_file_within_its_period(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a fill; and a forked child never writes it."""
    monkeypatch.setattr(statefile, "PERIOD", 0.05)
    path = tmp_path / "main.json"
    account = TradingAccount("main", "USDT", deposit=1_000, state=path)
    account.fill("X", side="buy", amount=1, price=10)
    account.mark("X", 11)
    assert waited(lambda: json.loads(path.read_text())["holdings"]["X"]["price"] == 11)
    child = os.fork()
    if not child:
        account.transfer(5)
        os._exit(0)
    os.waitpid(child, 0)
    assert json.loads(path.read_text())["net_transfers"] == 1_000
    account.close()
    account.fill("X", side="buy", amount=1, price=10)
    assert json.loads(path.read_text())["holdings"]["X"]["price"] == 11


def waited(done: Any) -> bool:
    """Return whether something comes true within some seconds."""
    end = time.monotonic() + 5
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
