# ruff: noqa: E501 (cases read best on one line)
"""A handler that others close while it is in use goes on: its thread, its ids and its counts."""

from __future__ import annotations

import logging
import logging.config
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import configure_logging, outlet, shutdown
from corpus.contract_check import check_line

if TYPE_CHECKING:
    from pathlib import Path

    from amaie_telemetry.record import Item

LOCK: Any = vars(logging)["_lock"]
CLOSINGS = {
    "close": "logging.getLogger().handlers[0].close()",
    "dictConfig": 'logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})',
    "logging.shutdown": "logging.shutdown()",
}
START = """
import logging, logging.config, os, sys
from amaie_telemetry import configure_logging
handler = configure_logging(service="launcher", log_dir=sys.argv[1])
log = logging.getLogger("demo")
log.info("before")
"""


def records(folder: Path) -> list[dict[str, Any]]:
    """Return all records that were written, each held against the contract."""
    return [
        check_line(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_bytes().splitlines(keepends=True)
    ]


@pytest.mark.parametrize("closing", CLOSINGS)
def test_records_go_on_after_a_foreign_close_and_are_counted(closing: str, tmp_path: Path) -> None:
    """Servers such as uvicorn call dictConfig at its start; from then on every line was written on the caller's thread."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    log = logging.getLogger("demo")
    log.info("before")
    exec(CLOSINGS[closing], {"logging": logging})  # noqa: S102 (the same text runs in a process of its own below)
    for number in range(50):
        log.info("after %s", number)
    assert handler.delivery.alive
    assert handler.delivery.limit > 0, "the queue takes records again: nobody waits for the file"
    shutdown()
    found = records(tmp_path)
    assert [record["message"] for record in found] == ["before", *(f"after {number}" for number in range(50))]
    assert sum(handler.delivery.written) == len(found)
    assert len({record["event_id"] for record in found}) == len(found)


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_worker_forked_after_a_foreign_close_is_its_own_producer(closing: str, tmp_path: Path) -> None:
    """31 lines became 11 documents: parent and workers shared producer and sequence."""
    program = (
        START
        + CLOSINGS[closing]
        + textwrap.dedent("""
        children = []
        for child in range(3):
            pid = os.fork()
            if pid == 0:
                for number in range(10):
                    log.info("child %s %s", child, number)
                handler.flush()
                os._exit(0)
            children.append(pid)
        for pid in children:
            os.waitpid(pid, 0)
        log.info("after")
    """)
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = records(tmp_path)
    assert len(found) == len({record["event_id"] for record in found}) == 32
    assert len({record["event_id"].rpartition("-")[0] for record in found}) == 4


def test_a_close_and_a_record_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """A hundred closings among two thousand records."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    log = logging.getLogger("demo")
    for number in range(2_000):
        log.info("record %s", number)
        if number % 20 == 0:
            handler.close()
    shutdown()
    assert [record["message"] for record in records(tmp_path)] == [
        f"record {number}" for number in range(2_000)
    ]


def test_a_sink_that_fails_in_its_own_way_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ValueError from a file, as after somebody closed its descriptor: the records wait and are written."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    sink: Any = handler.delivery._sink
    write = type(sink).write
    failures = iter([ValueError("I/O operation on closed file"), KeyError("x")])

    def failing(self: Any, lines: bytes) -> None:
        for failure in failures:
            raise failure
        write(self, lines)

    monkeypatch.setattr(type(sink), "write", failing)
    logging.getLogger("demo").info("kept")
    handler.flush()
    shutdown()
    assert [record["message"] for record in records(tmp_path)] == ["kept"]


def test_a_fault_of_the_thread_itself_is_counted_told_and_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even what should not be possible costs no record that comes later."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    pump = handler.delivery.pump
    faults = iter([SystemExit(1)])

    def faulty() -> bool:
        for fault in faults:
            raise fault
        return pump()

    monkeypatch.setattr(handler.delivery, "pump", faulty)
    logging.getLogger("demo").info("kept")
    handler.flush()
    shutdown()
    assert sorted(record["message"] for record in records(tmp_path)) == [
        "<a record could not be logged: SystemExit>",
        "kept",
    ]
    assert handler.delivery.encoder.failures == 2


def test_a_close_under_logging_s_lock_does_not_wait_for_the_thread_that_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The garbage collector forgets handlers under that lock, on whichever thread it runs: both would wait for ever."""
    monkeypatch.setattr(outlet, "STANDSTILL", 0.2)
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    encoding = threading.Event()
    line = handler.delivery.encoder.line

    def collected(item: Item) -> bytes:
        encoding.set()
        with LOCK:
            return line(item)

    monkeypatch.setattr(handler.delivery.encoder, "line", collected)
    done = threading.Event()

    def close() -> None:
        with LOCK:
            logging.getLogger("demo").info("kept")
            assert encoding.wait(10)
            handler.close()
        done.set()

    threading.Thread(target=close, daemon=True).start()
    assert done.wait(30)
    shutdown()
    assert [record["message"] for record in records(tmp_path)] == ["kept"]
