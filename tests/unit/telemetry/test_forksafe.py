"""A forked child never waits for a thread that it does not have."""

from __future__ import annotations

import os
import signal
import threading
import warnings
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import state
from amaie_telemetry.account.trading import TradingAccount
from amaie_telemetry.counter import Counter
from amaie_telemetry.forksafe import forksafe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def forked_while_held(lock: Any, work: Callable[[], object]) -> int:
    """Fork while another thread holds a lock; return how the child ended, killed if it did not."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(10)
        try:
            work()
        finally:
            os._exit(0)
    try:
        return os.waitpid(child, 0)[1]
    finally:
        done.set()
        holder.join()


def test_an_account_s_child_may_book_and_end(tmp_path: Path) -> None:
    """The thread that writes prices held the lock at the fork: the child's order handler waited for ever."""
    account = TradingAccount("main", "USDT", deposit=1_000, state=tmp_path / "main.json")

    def work() -> None:
        account.transfer(5)
        assert account._file
        account._file.close()

    assert forked_while_held(account._lock, work) == 0
    assert account.net_transfers == 1_000
    account.close()


def test_a_child_may_read_a_counter() -> None:
    """A scrape was just reading it."""
    counter = Counter()
    assert forked_while_held(counter._lock, lambda: counter.value) == 0


def test_a_child_may_publish() -> None:
    """As above, for the counts of the process."""
    assert forked_while_held(state._lock, state.publish) == 0


def test_what_is_not_kept_is_not_remembered() -> None:
    """Accounts and counters come and go."""
    lock = forksafe(threading.RLock())
    there = weakref.ref(lock)
    del lock
    assert there() is None


@pytest.mark.parametrize("make", [threading.Lock, threading.RLock, threading.Event])
def test_each_kind_is_free_in_the_child(make: Callable[[], Any]) -> None:
    """Those of the standard library that are used here."""
    made: Any = forksafe(make())
    lock = getattr(made, "_cond", made)

    def work() -> None:
        if isinstance(made, threading.Event):
            made.set()
        else:
            made.acquire()

    assert forked_while_held(lock, work) == 0
