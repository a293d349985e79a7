# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Exit, signals and forks, in processes of their own: nothing is lost, nothing is doubled, nothing hangs."""

from __future__ import annotations

import collections
import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING, Any

import pytest

from corpus.contract_check import check_line

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = 1_000
START = """
import logging, os, signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
from amaie_telemetry import configure_logging
configure_logging(service="launcher", log_dir=sys.argv[1], fast={fast})
log = logging.getLogger("demo")
def burst(count=1000, name="n"):
    for number in range(count):
        log.info("record", extra={{name: number}})
"""


def run(folder: Path, program: str, *, fast: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program that has logging set up, and return how it ended."""
    code = START.format(fast=fast) + textwrap.dedent(program)
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, str(folder)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def records(folder: Path) -> list[dict[str, Any]]:
    """Return the records of all files, each line held against the contract."""
    lines = [
        line
        for file in sorted(folder.glob("*.jsonl*"))
        for line in file.read_bytes().splitlines(keepends=True)
    ]
    return [check_line(line) for line in lines]


def numbers(folder: Path, name: str = "n") -> list[int]:
    """Return what the records of `burst` have counted."""
    return [record[name] for record in records(folder) if name in record]


ENDS = {
    "return": ("burst()", 0),
    "sys.exit": ("burst(); sys.exit(3)", 3),
    "exception": ("burst(); raise SystemError", 1),
    "SIGTERM": ("burst(); os.kill(os.getpid(), signal.SIGTERM); time.sleep(30)", -signal.SIGTERM),
    "SIGINT": ("burst(); os.kill(os.getpid(), signal.SIGINT); time.sleep(30)", -signal.SIGINT),
    "own SIGTERM handler": (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); burst(); os.kill(os.getpid(), signal.SIGTERM)", 0,
    ),
    "in another thread": ("threading.Thread(target=burst).start()", 0),
    "logging.shutdown": ("burst(); logging.shutdown(); os._exit(0)", 0),
}  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("fast", [False, True])
def test_every_record_is_written_however_the_process_ends(end: str, fast: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """1,000 of 1,000, and the exit status is what it would be without us."""
    program, status = ENDS[end]
    ended = run(tmp_path, program, fast=fast)
    assert ended.returncode == status, ended.stderr
    assert numbers(tmp_path) == list(range(RECORDS))


def test_what_is_logged_at_exit_after_us_is_written_too(tmp_path: Path) -> None:
    """Exit handlers that were registered before ours run after it, and destructors later still."""
    ended = run(
        tmp_path,
        """
        import atexit
        class Late:
            def __del__(self): log.info("late", extra={"n": 2})
        late = Late()
        atexit._clear()
        atexit.register(lambda: log.info("early", extra={"n": 1}))
        from amaie_telemetry import process
        atexit.register(process.finish)
        log.info("start", extra={"n": 0})
        """,
    )
    assert ended.returncode == 0, ended.stderr
    assert numbers(tmp_path) == [0, 1, 2]


def test_a_kill_costs_no_more_than_a_fifth_of_a_second(tmp_path: Path) -> None:
    """What was logged 0.2 s before SIGKILL is in the file."""
    ended = run(tmp_path, "burst(); time.sleep(0.2); burst(10, 'm'); os.kill(os.getpid(), signal.SIGKILL)")
    assert ended.returncode == -signal.SIGKILL
    assert numbers(tmp_path) == list(range(RECORDS))


def test_500_forks_hang_nowhere_and_every_child_is_its_own_producer(tmp_path: Path) -> None:
    """While another thread logs, each child writes its record once, under a producer id of its own."""
    ended = run(
        tmp_path,
        """
        stop = threading.Event()
        def busy():
            while not stop.is_set():
                log.info("busy", extra={"b": 1}); time.sleep(0.0005)
        thread = threading.Thread(target=busy); thread.start()
        for number in range(500):
            log.info("parent", extra={"p": number})
            child = os.fork()
            if child == 0:
                log.info("child", extra={"n": number})
                logging.shutdown()
                os._exit(0)
            os.waitpid(child, 0)
        stop.set(); thread.join()
        """,
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(numbers(tmp_path)) == list(range(500))
    assert numbers(tmp_path, "p") == list(range(500))
    found = records(tmp_path)
    assert len({record["event_id"] for record in found}) == len(found), "no event id twice"
    producers = collections.Counter(record["event_id"][:24] for record in found if "n" in record)
    assert len(producers) == 500


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_children_lose_nothing(method: str, tmp_path: Path) -> None:
    """They leave without exit handlers; their records are written all the same."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(f"""
        import logging, multiprocessing, sys
        from amaie_telemetry import configure_logging
        def work(folder, number):
            if "{method}" != "fork":
                configure_logging(service="launcher", log_dir=folder)
            for turn in range(100):
                logging.getLogger("demo").info("record", extra={{"n": number * 100 + turn}})
        if __name__ == "__main__":
            configure_logging(service="launcher", log_dir=sys.argv[1])
            context = multiprocessing.get_context("{method}")
            children = [context.Process(target=work, args=(sys.argv[1], number)) for number in range(3)]
            [child.start() for child in children]; [child.join() for child in children]
            sys.exit(max(child.exitcode for child in children))
        """),
        encoding="utf-8",
    )
    ended = subprocess.run(
        [sys.executable, str(program), str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(numbers(tmp_path)) == list(range(300))


def test_a_signal_handler_may_log_while_the_program_logs(tmp_path: Path) -> None:
    """2,000 signals in the middle of logging calls: no deadlock, no record lost."""
    ended = run(
        tmp_path,
        """
        count = 0
        def on_signal(*_):
            global count
            count += 1
            log.warning("signal", extra={"s": count, "what": [1, 2]})
        signal.signal(signal.SIGALRM, on_signal)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
        number = 0
        while count < 2000:
            log.info("record", extra={"n": number}); number += 1
            time.sleep(0.0002)
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(number, count)
        """,
    )
    assert ended.returncode == 0, ended.stderr
    wanted, signals = map(int, ended.stdout.split())
    assert numbers(tmp_path) == list(range(wanted))
    assert len(numbers(tmp_path, "s")) == signals


def test_processes_that_share_a_file_tear_no_line(tmp_path: Path) -> None:
    """Four processes with two threads each, lines of 200 bytes to 20 kB, and the file is renamed all the while."""
    code = START.format(fast=True).replace("log_dir=sys.argv[1],", "log_dir=sys.argv[1], max_bytes=400_000, backups=99,") + textwrap.dedent("""
        def some(name):
            for number in range(150):
                log.info("x" * (number * 977 % 8000), extra={"n": number, "who": f"{os.getpid()}-{name}", "pad": ["y" * 4000] * (number % 4)})
        threads = [threading.Thread(target=some, args=(name,)) for name in "ab"]
        [thread.start() for thread in threads]; [thread.join() for thread in threads]
    """)  # fmt: skip
    children = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [child.wait(timeout=60) for child in children] == [0] * 4
    found = records(tmp_path)
    counted = collections.Counter(record["who"] for record in found)
    assert list(counted.values()) == [150] * 8
    assert len(list(tmp_path.glob("*.jsonl.*"))) > 3


def test_a_file_that_blocks_holds_up_neither_the_caller_nor_the_exit(tmp_path: Path) -> None:
    """The log is a pipe that nobody reads: the program ends, and its errors are in the spill file."""
    os.mkfifo(tmp_path / "launcher.jsonl")
    started = time.monotonic()
    ended = run(
        tmp_path,
        """
        for number in range(100_000):
            log.info("lost", extra={"i": number})
        for number in range(50):
            log.error("kept", extra={"n": number})
        """,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    assert time.monotonic() - started < 50
    spilled = (tmp_path / "launcher.spill.jsonl").read_bytes().splitlines(keepends=True)
    assert [r["n"] for r in map(check_line, spilled) if "n" in r] == list(range(50))


def test_a_formatter_in_others_handlers_is_a_producer_of_its_own_in_each_process(tmp_path: Path) -> None:
    """Prefork servers that log to stdout: children had the parent's ids, 13 lines became 4 documents."""
    ended = run(
        tmp_path,
        """
        from amaie_telemetry import shutdown
        from amaie_telemetry.handler import JsonFormatter
        shutdown()
        handler = logging.FileHandler(f"{sys.argv[1]}/others.jsonl")
        handler.setFormatter(JsonFormatter("launcher"))
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel("INFO")
        for child in range(3):
            log.info("parent")
            pid = os.fork()
            if pid == 0:
                for number in range(3):
                    log.info("child")
                os._exit(0)
            os.waitpid(pid, 0)
        """,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    found = records(tmp_path)
    assert len({record["event_id"] for record in found}) == len(found) == 12


def test_a_daemon_goes_on_logging(tmp_path: Path) -> None:
    """It forks twice, changes its folder and closes every descriptor: nothing was written from then on."""
    ended = run(
        tmp_path,
        """
        log.info("start", extra={"n": 0})
        logging.getLogger().handlers[0].flush()
        if os.fork():
            os.wait()
            os._exit(0)
        os.setsid()
        if os.fork():
            os._exit(0)
        os.chdir("/")
        os.closerange(0, 256)
        for _ in range(3):
            os.open(os.devnull, os.O_RDWR)
        for number in range(1, 20):
            log.info("daemon", extra={"n": number})
        logging.shutdown()
        os.close(os.open(f"{sys.argv[1]}/done", os.O_CREAT))
        """,
    )
    assert ended.returncode == 0
    for _ in range(200):
        if (tmp_path / "done").exists():
            break
        time.sleep(0.05)
    assert numbers(tmp_path) == list(range(20))
