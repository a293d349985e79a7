# ruff: noqa: E501, S311 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""The queue: what is kept, dropped, spilled and told, against a model and a file that fails at will."""

from __future__ import annotations

import errno
import itertools
import logging
import os
import random
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import configure_logging, contract
from amaie_telemetry.delivery import Delivery
from amaie_telemetry.encode import Encoder
from amaie_telemetry.filesink import FileSink
from amaie_telemetry.redact import shared
from corpus.contract_check import check_line

if TYPE_CHECKING:
    from pathlib import Path

    from amaie_telemetry.record import Item

RUNS = 2_000
LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


def encoder(producer: str) -> Encoder:
    """Return an encoder of the process' redactor."""
    return Encoder("launcher", producer, shared(), contract.load())


class Memory:
    """A file in memory that refuses while it is told to."""

    def __init__(self) -> None:
        """Start empty and willing."""
        self.data = b""
        self.refuses = False

    def write(self, lines: bytes) -> None:
        """Keep lines, or refuse as a full disk does."""
        if self.refuses:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.data += lines

    def close(self) -> None:
        """Do nothing."""

    def records(self) -> list[dict[str, Any]]:
        """Return what was written, each line held against the contract."""
        return [check_line(line) for line in self.data.splitlines(keepends=True)]


def delivery(capacity: int, sink: Any = None, spill: Any = None, clock: Any = None) -> Delivery:
    """Return a delivery that only `pump` empties: no thread."""
    made = Delivery(sink or Memory(), spill or Memory(), encoder, capacity, clock=clock or (lambda: 0.0))
    made.limit, made._started = capacity, True
    return made


def item(made: Delivery, level: int, message: str = "m") -> Item:
    """Return a record."""
    return (level, 1_753_885_800 * 10**9, "demo", message, None, None, None, None, None, next(made.sequence))


def test_a_full_queue_drops_info_first_keeps_warnings_and_spills_errors() -> None:
    """The order in which records give way: INFO at the limit, WARNING at the reserve, ERROR never."""
    sink, spill = Memory(), Memory()
    made = delivery(8, sink, spill)
    for level in (logging.INFO,) * 10 + (logging.WARNING,) * 2 + (logging.ERROR,) * 3:
        made.put(item(made, level))
    assert [counter.value for counter in made.dropped] == [0, 2, 1, 0, 0]
    assert [record["level"] for record in spill.records()] == ["ERROR"] * 3
    made.pump()
    assert Counter(record["level"] for record in sink.records() if "dropped_records" not in record) == {
        "INFO": 8, "WARNING": 1,
    }  # fmt: skip


def test_drops_are_told_once_in_ten_seconds() -> None:
    """One notice with the number of drops, then silence for ten seconds, then what has come since."""
    now = [0.0]
    sink = Memory()
    made = delivery(2, sink, clock=lambda: now[0])
    told = []
    for second in (0.0, 3.0, 9.9, 10.0):
        now[0] = second
        for _ in range(5):
            made.put(item(made, logging.INFO))
        made.pump()
        told.append([record["dropped_records"] for record in sink.records() if "dropped_records" in record])
    assert told == [[3], [3], [3], [3, 9]]


def test_errors_are_counted_as_dropped_when_even_the_spill_file_refuses() -> None:
    """Nothing raises; the counter says what was lost."""
    spill = Memory()
    spill.refuses = True
    made = delivery(1, spill=spill)
    for _ in range(5):
        made.put(item(made, logging.ERROR))
    assert made.dropped[3].value == 3


def test_a_refusing_file_loses_nothing_that_was_queued() -> None:
    """The batch that failed is written when the file takes it again, in order."""
    sink = Memory()
    made = delivery(100, sink)
    sink.refuses = True
    for number in range(50):
        made.put(item(made, logging.INFO, f"record {number}"))
        assert made.pump() is False
    assert made.depth == 50
    sink.refuses = False
    assert made.pump() is True
    assert [record["message"] for record in sink.records()] == [f"record {number}" for number in range(50)]
    assert (made.depth, made.written) == (0, [0, 50, 0, 0, 0])


def test_the_thread_recovers_by_itself_when_a_deleted_folder_can_be_made_again(tmp_path: Path) -> None:
    """The folder becomes a file (nothing can be written), then goes away: all records arrive."""
    folder = tmp_path / "logs"
    folder.write_text("in the way", encoding="utf-8")
    made = Delivery(FileSink(folder / "a.jsonl", max_bytes=10**6, backups=1), Memory(), encoder, 100)
    for number in range(10):
        made.put(item(made, logging.INFO, f"record {number}"))
    assert made.flush(0.2) is False
    folder.unlink()
    assert made.flush(5.0) is True
    made.close(1.0)
    assert len((folder / "a.jsonl").read_bytes().splitlines()) == 10


def test_a_record_logged_after_the_end_is_written_at_once() -> None:
    """Late exit handlers and destructors lose nothing."""
    sink = Memory()
    made = Delivery(sink, Memory(), encoder, 10)
    made.close(1.0)
    made.put(item(made, logging.INFO, "late"))
    assert [record["message"] for record in sink.records()] == ["late"]


def test_an_end_while_the_first_record_comes_loses_nothing() -> None:
    """Another thread closes the handler just when its thread is started: this record and later ones arrive."""
    sink = Memory()
    made = Delivery(sink, Memory(), encoder, 100)
    start = made._thread.start
    closing = threading.Thread(target=made.close, args=(5.0,))

    def meanwhile() -> None:
        closing.start()
        closing.join(0.2)
        start()

    made._thread.start = meanwhile  # type: ignore[method-assign]
    made.put(item(made, logging.INFO, "first"))
    closing.join()
    made._thread.join()
    made.put(item(made, logging.INFO, "after the end"))
    assert [record["message"] for record in sink.records()] == ["first", "after the end"]


def test_a_record_queued_while_the_thread_ends_is_written() -> None:
    """Its caller has seen a place in the queue just before the end."""

    class Slow(Memory):
        def close(self) -> None:
            made.queue.append(item(made, logging.INFO, "late"))

    sink = Slow()
    made = Delivery(sink, Memory(), encoder, 100)
    made.put(item(made, logging.INFO, "first"))
    made.close(5.0)
    assert [record["message"] for record in sink.records()] == ["first", "late"]


def test_what_the_file_refuses_to_the_end_is_spilled() -> None:
    """A full disk at exit: the records go to the spill file."""
    sink, spill = Memory(), Memory()
    sink.refuses = True
    made = Delivery(sink, spill, encoder, 10)
    for number in range(5):
        made.put(item(made, logging.INFO, f"record {number}"))
    made.close(1.0)
    assert [record["message"] for record in spill.records()] == [f"record {number}" for number in range(5)]


def write_badly(rng: random.Random, chance: float) -> Any:
    """Return an `os.write` that sometimes fails, sometimes after some bytes."""
    real = os.write

    def write(fd: int, data: bytes) -> int:
        if rng.random() >= chance:
            return real(fd, data)
        if rng.random() < 0.5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data[: rng.randrange(len(data)) + 1])

    return write


@pytest.mark.usefixtures("contract_line")
def test_random_runs_agree_with_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2,000 random histories of put, pump, faults, renames and deletions by others: nothing lost but what is counted.

    The model: a record is queued, dropped or spilled by the rules of the queue; what is queued comes out of
    the files once, in order, whole; rotation keeps every file within its size.
    """
    for seed in range(RUNS):
        rng = random.Random(seed)
        folder = tmp_path / str(seed % 50)
        _history(rng, folder, monkeypatch, seed)


def _history(rng: random.Random, folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    capacity, size = rng.choice([1, 2, 5, 20]), rng.choice([400, 1_000, 10**6])
    path = folder / f"{seed}.jsonl"
    sink, spill = FileSink(path, max_bytes=size, backups=99), Memory()
    made = delivery(capacity, sink, spill)
    chance = rng.choice([0.0, 0.3, 0.6])
    queued, dropped, spilled = [], Counter[int](), []
    waiting = 0
    numbers = itertools.count()
    with monkeypatch.context() as patched:
        patched.setattr("os.write", write_badly(rng, chance))
        for _ in range(rng.randrange(1, 12)):
            if rng.random() < 0.6:
                level, name = rng.choice(LEVELS), f"record {next(numbers)}"
                reserve = capacity + max(capacity // 8, 1)
                if waiting < capacity or (level >= logging.WARNING and waiting < reserve):
                    queued.append(name)
                    waiting += 1
                elif level >= logging.ERROR:
                    spilled.append(name)
                else:
                    dropped[level] += 1
                made.put(item(made, level, name))
                assert len(made.queue) == waiting
            else:
                made.pump()
                waiting = len(made.queue)
    while not made.pump():
        pass
    sink.close()
    files = sorted(
        folder.glob(f"{seed}.jsonl*"),
        key=lambda file: -int(file.suffix[1:]) if file.suffix != ".jsonl" else 0,
    )
    lines = [line for file in files for line in file.read_bytes().splitlines(keepends=True)]
    written = [check_line(line) for line in lines]
    assert [record["message"] for record in written if "dropped_records" not in record] == queued
    assert [record["message"] for record in spill.records()] == spilled
    assert {
        10 * (index + 1): counter.value for index, counter in enumerate(made.dropped) if counter.value
    } == dropped
    batch = 400 * (capacity + 3)  # a file is renamed before a batch, never in the middle of one
    assert all(file.stat().st_size <= max(size, batch) for file in files)
    for file in files:
        file.unlink()


def test_a_flush_waits_for_what_is_being_encoded(tmp_path: Path) -> None:
    """A worker that flushed and left with `os._exit` lost the records that the thread had just taken."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    own, seen = handler.delivery.encoder, []
    line = own.line

    def slow(item: Any) -> bytes:
        time.sleep(0.02)
        seen.append(handler.delivery.depth)
        return line(item)

    own.line = slow  # type: ignore[method-assign]
    for number in range(5):
        logging.getLogger("x").info("record %s", number)
    assert handler.delivery.flush(5)
    assert len((tmp_path / "launcher.jsonl").read_bytes().splitlines()) == 5
    assert 0 not in seen


def test_a_clock_that_stands_still_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of others stop it (freezegun): `flush` and `close` waited for ever for a file that blocks."""
    os.mkfifo(tmp_path / "launcher.jsonl")
    handler = configure_logging(service="launcher", log_dir=tmp_path, console=False)
    logging.getLogger("x").error("kept")
    monkeypatch.setattr(time, "monotonic", lambda: 1.0)
    assert not handler.delivery.flush(0.1)
    handler.delivery.close(0.1)
    assert b'"kept"' in (tmp_path / "launcher.spill.jsonl").read_bytes()
    reader = os.open(tmp_path / "launcher.jsonl", os.O_RDONLY | os.O_NONBLOCK)  # lets the thread go
    handler.delivery._thread.join(5)
    os.close(reader)
