"""A line that takes too long ends, wherever it is, and stops no other."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import msgspec
import pytest

from amaie_ingest.budget import Budget, TooSlow
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from vectors.cases import exact

ENDLESS = re.compile(r"(?:a|a)*b")
SOURCE = Source("amaie-trader.jsonl", "1:2:0")


def test_a_regular_expression_that_would_never_return_is_ended() -> None:
    """`re` holds the interpreter lock, and looks for signals all the same."""
    with pytest.raises(TooSlow), Budget(0.05):
        ENDLESS.match("a" * 100)


def test_work_within_its_time_is_left_alone_and_nothing_rings_afterwards() -> None:
    """The clock that rings while nobody works stops."""
    budget = Budget(0.05)
    with budget:
        pass
    assert threading.Event().wait(0.1) is False
    with budget:
        pass
    assert threading.Event().wait(0.1) is False


def test_each_piece_of_work_has_its_whole_time_though_the_clock_is_wound_up_rarely() -> None:
    """Where work follows on work, the last may begin when the clock has run for a while."""
    budget = Budget(0.2)
    begun = time.monotonic()
    while time.monotonic() - begun < 0.5:
        with budget:
            pass
    begun = time.monotonic()
    with pytest.raises(TooSlow), budget:
        ENDLESS.match("a" * 100)
    assert 0.2 <= time.monotonic() - begun < 0.4


def test_a_clock_is_wound_up_once_for_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """To set a timer costs as much as to read a line."""
    wound: list[float] = []
    set_timer = signal.setitimer

    def counted(which: int, seconds: float, interval: float = 0.0) -> tuple[float, float]:
        wound.append(seconds)
        return set_timer(which, seconds, interval)

    monkeypatch.setattr(signal, "setitimer", counted)
    budget = Budget(60)
    for _ in range(100):
        with budget:
            pass
    assert wound == [0, 60]


def test_a_clock_that_stops_late_kills_nobody() -> None:
    """While the former handler is put back nothing may ring: it is the one that ends the process."""
    held = """if True:
        import signal, time
        from amaie_ingest.budget import Budget
        real = signal.signal

        def slow(number, handler):
            before = real(number, handler)
            time.sleep(0.2)
            return before

        signal.signal = slow
        for _ in range(2):
            with Budget(0.02):
                pass
            time.sleep(0.3)
        print(signal.getsignal(signal.SIGALRM) is signal.SIG_DFL, signal.getitimer(signal.ITIMER_REAL))
    """
    done = subprocess.run([sys.executable, "-c", held], text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True (0.0, 0.0)\n", "")


def test_a_clock_that_still_runs_when_python_ends_kills_nobody() -> None:
    """Python takes all handlers away before it takes modules down, and the exit code would be another one."""
    held = """if True:
        import time
        from amaie_ingest.budget import Budget

        class Late:
            sleep = time.sleep

            def __del__(self):
                Late.sleep(0.2)

        late = Late()
        with Budget(0.05):
            pass
    """
    assert subprocess.run([sys.executable, "-c", held], check=False).returncode == 0


def test_a_clock_that_rings_early_leaves_new_work_its_time() -> None:
    """What began when the clock had nearly run down is not what it was wound up for."""
    budget = Budget(0.2)
    with budget:
        pass
    time.sleep(0.15)
    begun = time.monotonic()
    with budget:
        while time.monotonic() - begun < 0.15:
            pass


def test_code_that_keeps_every_error_for_itself_is_ended_too() -> None:
    """The clock rings until somebody listens."""

    def deaf() -> None:
        while True:
            try:
                ENDLESS.match("a" * 100)
            except TooSlow:
                ENDLESS.match("a" * 100)

    with pytest.raises(TooSlow), Budget(0.05):
        deaf()


def test_the_first_of_two_budgets_rings_as_well() -> None:
    """A process has one such signal, and may have a judge more."""
    first, _second = Budget(0.05), Budget(60)
    with pytest.raises(TooSlow), first:
        ENDLESS.match("a" * 100)


def test_a_timer_of_somebody_else_goes_on() -> None:
    """Of the tests' own time limit, for one: with its handler, as soon as nobody works."""

    def theirs(*_signal: object) -> None:
        raise AssertionError

    handler = signal.signal(signal.SIGALRM, theirs)
    former = signal.setitimer(signal.ITIMER_REAL, 3600, 7)
    try:
        budget = Budget(0.05)
        for _ in range(3):
            with budget:
                pass
        threading.Event().wait(0.1)
        left, interval = signal.getitimer(signal.ITIMER_REAL)
        assert signal.getsignal(signal.SIGALRM) is theirs
    finally:
        signal.setitimer(signal.ITIMER_REAL, *former)
        signal.signal(signal.SIGALRM, handler)
    assert 0 < left <= 3600
    assert interval == 7


def test_a_clock_that_somebody_else_has_stopped_is_wound_up_again() -> None:
    """As a time limit of tests does at the end of each."""
    budget = Budget(0.05)
    with budget:
        pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    with pytest.raises(TooSlow), budget:
        ENDLESS.match("a" * 100)


def test_another_thread_is_not_watched() -> None:
    """Its signal would end the work of the main thread."""
    budget, seen = Budget(0.01), []

    def work() -> None:
        with budget:
            seen.append(threading.Event().wait(0.05))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]


@pytest.mark.parametrize("poison", ["whole line", "beginning too"])
def test_a_line_that_takes_too_long_is_rejected_by_its_masked_beginning(
    monkeypatch: pytest.MonkeyPatch, poison: str
) -> None:
    """Should even the beginning take too long, nothing of it is kept; the next line is judged as ever."""
    given = contract.load()
    judge = Judge(replace(given, limits=msgspec.structs.replace(given.limits, max_line_seconds=1.0)))
    real = judge.redactor.text

    def slow(text: str) -> str:
        if len(text) > (1800 if poison == "whole line" else 0):
            ENDLESS.match("a" * 100)
        return real(text)

    line = b"password=hunter2hunter2 " + b"fills came late, " * 200
    with monkeypatch.context() as patched:
        patched.setattr(judge.redactor, "text", slow)
        verdict = judge.judge(line, SOURCE, 7)
    document = exact(verdict.body)
    assert (verdict.reason, document["detail"]) == ("internal_error", "took longer than 1 s")
    assert (document["record_bytes"], document["truncated"]) == (len(line), True)
    assert document["record"].startswith("password=[REDACTED] fills came" if poison == "whole line" else "")
    assert (500 < len(document["record"]) <= 512) is (poison == "whole line")
    assert judge.judge(line, SOURCE, 7).reason == "invalid_json"


def test_half_a_secret_at_the_cut_goes_however_short_masking_made_the_text() -> None:
    """The end of what is looked at is never kept: a shape that is cut there is not known."""
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    head = f"api_key={'a1B2c3D4e5' * 300} " + "fills came late, " * 2000
    limit = contract.load().limits.max_rejected_bytes + 1024
    line = head[: limit - 20].encode() + token.encode() + b" and more of it" * 20_000
    kept = exact(Judge(contract.load()).judge(line, SOURCE, 0).body)["record"]
    assert kept.startswith("api_key=[REDACTED] fills came")
    assert "ghp_" not in kept
