"""A clock is set for one process, on both sides, and back; nobody else's moves."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from support import clocks

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or platform.machine() != "x86_64", reason="needs root, and an x86-64 processor"
)
ASKED = """
import ctypes, sys, time
library, now = ctypes.CDLL(None), (ctypes.c_long * 2)()
for _ in sys.stdin:
    library.gettimeofday(now, None)
    print(time.time(), library.time(None), now[0], time.monotonic(), flush=True)
"""
"""A process that says what its clocks say, by each way to ask, whenever it is asked."""


@pytest.fixture
def asked() -> Iterator[subprocess.Popen[str]]:
    """Yield such a process."""
    with subprocess.Popen(
        [sys.executable, "-c", ASKED], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def distance(process: subprocess.Popen[str]) -> tuple[float, ...]:
    """Return by how much a process's clocks are ahead of ours: of the day, in three ways, and monotonic."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    *day, monotonic = map(float, process.stdout.readline().split())
    return (*(one - time.time() for one in day), monotonic - time.monotonic())


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_clock_jumps_and_comes_back(asked: subprocess.Popen[str], seconds: int) -> None:
    """The time of day is another one, the monotonic clock goes on, and ours is as it was."""
    before = time.time()
    assert distance(asked) == pytest.approx((0, 0, 0, 0), abs=5)
    for given, expected in ((seconds, seconds), (0, 0)):
        asked.send_signal(signal.SIGSTOP)
        clocks.set_off(asked.pid, given)
        asked.send_signal(signal.SIGCONT)
        assert distance(asked) == pytest.approx((expected,) * 3 + (0,), abs=5)
    assert time.time() - before < 60
