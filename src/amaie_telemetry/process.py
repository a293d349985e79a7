"""What ends or doubles a process: exit, signals and forks must lose and double no record."""

from __future__ import annotations

import atexit
import itertools
import os
import secrets
import signal
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

from amaie_telemetry import state

if TYPE_CHECKING:
    from types import FrameType

    from amaie_telemetry.handler import TelemetryHandler

EXIT_SECONDS = 2.0
_handlers: weakref.WeakSet[TelemetryHandler] = weakref.WeakSet()
_producer = secrets.token_hex(12)
_sequence = itertools.count(1)


def look_after(handler: TelemetryHandler) -> None:
    """See to it that a handler's records are written, however the process ends."""
    _handlers.add(handler)
    _catch_sigterm()
    if "multiprocessing.util" in sys.modules:  # perhaps a child of its fork server
        _finish_with_multiprocessing(None)


def working() -> bool:
    """Return whether a handler of this process is in use."""
    return any(not handler.delivery.closed for handler in list(_handlers))


def producer_id() -> str:
    """Return the producer id of the formatters of this process."""
    return _producer


def sequence() -> itertools.count[int]:
    """Return the sequence numbers of the formatters of this process."""
    return _sequence


def finish() -> None:
    """Write all that is queued; what is logged from now on is written at once."""
    for handler in list(_handlers):
        handler.delivery.close(EXIT_SECONDS, final=True)


def _after_fork() -> None:
    """Start over in a child: own producer id, nothing of the parent's, a thread of its own when it logs."""
    global _producer, _sequence
    _producer, _sequence = secrets.token_hex(12), itertools.count(1)
    for handler in list(_handlers):
        handler.delivery.reborn()
    state.reborn()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.register_after_fork(_handlers, _finish_with_multiprocessing)


def _finish_with_multiprocessing(_: object) -> None:
    """Ask multiprocessing for an end: its children leave without `atexit`."""
    sys.modules["multiprocessing.util"].Finalize(None, finish, exitpriority=-100)


def _catch_sigterm() -> None:
    """Write what is queued before SIGTERM ends the process; a service's own handler has precedence."""
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    ):
        signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> Any:  # noqa: ARG001 (the signature of a signal handler)
    finish()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


atexit.register(finish)
os.register_at_fork(after_in_child=_after_fork)
