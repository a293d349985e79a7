# ruff: noqa: E501 (cases read best on one line)
"""What nobody catches is one CRITICAL record with its traceback; the process ends as it always does."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import configure_logging, shutdown

if TYPE_CHECKING:
    from pathlib import Path

START = """
import asyncio, gc, logging, sys, threading
from amaie_telemetry import configure_logging
configure_logging(service="launcher", log_dir=sys.argv[1]{options})
def fail(*_):
    raise ValueError("password=hunter2")
class Odd:
    __del__ = fail
async def task():
    asyncio.create_task(failing())
    await asyncio.sleep(0.01)
    gc.collect()
async def failing():
    fail()
"""
PROGRAMS = {
    "main": ("fail()", "Uncaught exception", 1),
    "thread": ("t = threading.Thread(target=fail, name='feed'); t.start(); t.join()", "Uncaught exception in thread feed", 0),
    "unraisable": ("Odd()", "Exception ignored ", 0),
    "asyncio": ("asyncio.run(task())", "Task exception was never retrieved", 0),
}  # fmt: skip


def run(program: str, folder: Path, options: str = "") -> tuple[int, str, list[dict[str, Any]]]:
    """Run a program that has logging set up; return exit code, stderr and records."""
    code = START.format(options=options) + textwrap.dedent(program)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    file = folder / "launcher.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return done.returncode, done.stderr, [json.loads(line) for line in lines]


@pytest.mark.parametrize("way", PROGRAMS)
def test_an_uncaught_exception_is_one_critical_record_and_the_usual_end(way: str, tmp_path: Path) -> None:
    """It was on stderr alone, which nobody collects."""
    program, message, code = PROGRAMS[way]
    ended, printed, records = run(program, tmp_path)
    (record,) = records
    assert record["level"] == "CRITICAL"
    assert record["message"].startswith(message)
    assert "NoneType" not in record["message"]  # Python 3.14 names the place in its text, not as an object
    assert record["exception_type"] == "ValueError"
    assert "in fail" in record["exception_stacktrace"]
    assert "hunter2" not in json.dumps(record)
    assert ended == code
    assert way == "asyncio" or "ValueError" in printed  # asyncio prints only where nobody listens


@pytest.mark.parametrize("way", PROGRAMS)
def test_it_can_be_left_to_others(way: str, tmp_path: Path) -> None:
    """Its logger's own record stays the error that it is."""
    records = run(PROGRAMS[way][0], tmp_path, ", uncaught=False")[2]
    assert [record["level"] for record in records] == (["ERROR"] if way == "asyncio" else [])


@pytest.mark.parametrize("ending", ["sys.exit(3)", "raise KeyboardInterrupt"])
def test_an_end_that_is_meant_is_no_exception(ending: str, tmp_path: Path) -> None:
    """Ctrl-C and sys.exit log nothing."""
    code, _, records = run(ending, tmp_path)
    assert records == []
    assert code != 0


def test_hooks_of_others_are_called_and_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentry and the like stand before us or after us; a hook put before ours stays when ours goes."""
    seen: list[Any] = []
    monkeypatch.setattr(sys, "excepthook", lambda *given: seen.append(given[0]))
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    configure_logging(service="launcher", log_dir=tmp_path)
    sys.excepthook(ValueError, ValueError("x"), None)
    shutdown()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    configure_logging(service="launcher", log_dir=tmp_path)
    ours: Any = sys.excepthook

    def monkey(*given: Any) -> None:
        ours(*given)

    sys.excepthook = monkey
    shutdown()
    assert sys.excepthook is monkey
    sys.excepthook(KeyError, KeyError("x"), None)
    assert seen == [ValueError, KeyError]
    assert len((tmp_path / "launcher.jsonl").read_text("utf-8").splitlines()) == 1
