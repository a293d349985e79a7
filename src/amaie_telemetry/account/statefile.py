"""The file in which an account outlives its process.

What moves money is in the file when the call returns: written beside it and renamed, so that a killed process
leaves the old or the new one, never a half. A thread writes new prices and asks the disk to keep the
file (fsync) once a second, so that no order ever waits for a disk.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import logging
import os
import threading
from typing import IO, TYPE_CHECKING

import msgspec

from amaie_telemetry.account.books import READABLE, VERSION, Books
from amaie_telemetry.forksafe import forksafe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PERIOD = 1.0
"""Seconds between two rounds of the thread."""
_log = logging.getLogger(__name__)
_open: dict[Path, StateFile] = {}


class AccountStateError(ValueError):
    """A state file that cannot be used; the text names it and the cure."""


def load(path: Path, account: str, currency: str) -> Books | None:
    """Return the books in a file, or None if there is no such file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AccountStateError(
            f"{path}: the account's state cannot be read ({error.strerror}); "
            "give a file that the service may read and write"
        ) from error
    try:
        version = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("version", msgspec.Raw(b"none"))
        if bytes(version) not in {str(one).encode() for one in READABLE}:
            raise AccountStateError(
                f"{path}: this is state of version {bytes(version).decode()}, not {VERSION}; "
                "run the version of amaie_telemetry that wrote it, or restore the file from a backup"
            )
        books = msgspec.json.decode(data, type=Books)
        books.version = VERSION
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AccountStateError(
            f"{path}: the account's state is broken ({error}); restore the file from a backup, or move it "
            "away and begin a new account with deposit= and what the exchange reports"
        ) from error
    if (books.account, books.currency) != (account, currency):
        raise AccountStateError(
            f"{path}: this is the state of {books.account} in {books.currency}, "
            f"not of {account} in {currency}; give each account a file of its own"
        )
    return books


class StateFile:
    """Writes the state of one account; one process at a time holds the file."""

    def __init__(self, path: Path, state: Callable[[], Books], lock: threading.RLock) -> None:
        """Take hold of a file. `state` is called with the lock held."""
        self.path = path
        self._state = state
        self._lock = lock
        self._held = _hold(path)
        self._changed = self._unsynced = self._failing = self._told = False
        self._closed = forksafe(threading.Event())
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        _open[path] = self
        atexit.register(self.close)

    def save(self) -> None:
        """Write the state, with the lock held. A failure is logged and tried again by the thread."""
        if self._pid != os.getpid():  # a forked child is not this account
            return
        if self._closed.is_set():
            self._lost()
            return
        try:
            self._write()
            self._failing = False
        except OSError as error:
            if not self._failing:
                _log.error("The state of an account cannot be written to %s: %s", self.path, error.strerror)
            self._changed = self._failing = True
        self._look_after()

    def load(self, account: str, currency: str) -> Books | None:
        """Return the books in the file, which nobody else changes from now on."""
        try:
            return load(self.path, account, currency)
        except AccountStateError:
            self.close()
            raise

    def touch(self) -> None:
        """Let the thread write the state within a second: a price has changed."""
        self._changed = True
        if self._thread is None:
            self._look_after()

    def begin(self) -> None:
        """Write the state for the first time: what is wrong with the place is told at once."""
        try:
            self._write()
        except OSError as error:
            self.close()
            raise AccountStateError(
                f"{self.path}: the account's state cannot be written ({error.strerror}); "
                "give a folder that the service may write to"
            ) from error

    def close(self) -> None:
        """Write for the last time and let go of the file."""
        with self._lock:
            if self._closed.is_set():
                return
            if self._changed:
                self.save()
            self._closed.set()
        if self._pid == os.getpid():
            self._sync()
        self._held.close()
        _open.pop(self.path, None)
        atexit.unregister(self.close)

    def _lost(self) -> None:
        """Tell once of an account that goes on after its file was closed, or taken by a new one."""
        if not self._told:
            self._told = True
            _log.warning("%s is closed: what its account books from now on is not kept", self.path)

    def _write(self) -> None:
        data = msgspec.json.encode(self._state())
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_bytes(data)
        beside.replace(self.path)
        self._changed, self._unsynced = False, True

    def _look_after(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="amaie-account-state", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._closed.wait(PERIOD):
            with self._lock:
                if self._changed:
                    self.save()
            self._sync()

    def _sync(self) -> None:
        if self._unsynced:
            self._unsynced = False
            with contextlib.suppress(OSError):  # the next write will tell
                for path in (self.path, self.path.parent):
                    opened = os.open(path, os.O_RDONLY)
                    try:
                        os.fsync(opened)
                    finally:
                        os.close(opened)


def let_go(path: Path) -> None:
    """Close a file that another account of this process still holds: the new one goes on from there."""
    if path in _open:
        _open[path].close()


def _hold(path: Path) -> IO[str]:
    """Return the lock of a file: two processes that book into one would lose what the other knows."""
    if path.is_dir():
        raise AccountStateError(f"{path}: this is a folder; name a file in it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = path.with_name(path.name + ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise AccountStateError(
            f"{path}: the account's state cannot be kept here ({error.strerror}); "
            "give a folder that the service may write to"
        ) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        held.seek(0)
        owner = held.read() or "another one"
        held.close()
        raise AccountStateError(
            f"{path}: process {owner} keeps an account here; "
            "stop it first, or give each account a file of its own"
        ) from error
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held
