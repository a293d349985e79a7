# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""What a person sees at a terminal."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import configure_logging, shutdown
from amaie_telemetry.console import Console, plain_text

if TYPE_CHECKING:
    from pathlib import Path

RECORD = {"timestamp": "2025-07-30T14:30:00.123456Z", "level": "INFO", "service": "s", "module": "a.b", "message": "done\x1b[31m\nx", "symbol": "BTC/USDT", "event_id": "e"}  # fmt: skip


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_a_record_is_one_line_without_commands_to_the_terminal() -> None:
    """Time, level, logger, message, fields; control characters are shown, not sent."""
    assert (
        plain_text(RECORD) == "2025-07-30T14:30:00.123456Z INFO     a.b: done\\x1b[31m\\nx  symbol=BTC/USDT"
    )


def test_a_traceback_stands_below_its_record() -> None:
    """As people are used to."""
    assert plain_text({**RECORD, "message": "m", "exception_stacktrace": "Traceback\n  boom\n"}).endswith(
        "BTC/USDT\nTraceback\n  boom"
    )


def test_rich_colours_a_terminal_and_nothing_else() -> None:
    """A terminal gets colours by level, a pipe gets plain text."""
    terminal, pipe = Terminal(), io.StringIO()
    line = json.dumps({**RECORD, "level": "ERROR"}).encode() + b"\n"
    Console(terminal).write(line)
    Console(pipe).write(line + line)
    assert "\x1b[31m2025" in terminal.getvalue()
    assert pipe.getvalue().count("\n") == 2
    assert "\x1b" not in pipe.getvalue()


def test_a_terminal_that_is_gone_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has everything."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    configure_logging(service="launcher", log_dir=tmp_path, console=True)
    logging.getLogger("x").info("kept")
    shutdown()
    assert b'"kept"' in (tmp_path / "launcher.jsonl").read_bytes()


def test_the_console_shows_what_the_file_has_redacted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same records; nothing secret on the screen."""
    configure_logging(service="launcher", log_dir=tmp_path, console=True)
    logging.getLogger("x").warning("password=hunter2", extra={"symbol": "BTC/USDT"})
    shutdown()
    shown = capsys.readouterr().err
    assert shown.endswith(" WARNING  x: password=[REDACTED]  symbol=BTC/USDT\n")


class Redirected:
    """What many put in place of stderr: whatever is printed becomes a record."""

    def write(self, text: str) -> None:
        """Log it."""
        if text.strip():
            logging.getLogger("stderr").error(text)

    def flush(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("stream", [None, Redirected(), object()], ids=["none", "a logger", "junk"])
def test_whatever_stands_in_place_of_stderr_costs_and_doubles_no_record(
    stream: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing console made the file's lines come again; a redirected stderr logged its own print for ever."""
    configure_logging(service="launcher", log_dir=tmp_path, console=True)
    monkeypatch.setattr(sys, "stderr", stream)
    for number in range(3):
        logging.getLogger("x").info("%s", number)
    shutdown()
    lines = (tmp_path / "launcher.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["0", "1", "2"]


def test_a_terminal_that_is_held_holds_up_neither_the_file_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-S does, or a pager: 4,500 of 5,000 records were not in the file."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as held:
        monkeypatch.setattr(sys, "stderr", held)
        configure_logging(service="launcher", log_dir=tmp_path, console=True)
        for _ in range(2_000):
            logging.getLogger("x").info("x" * 100)
        shutdown()
        os.set_blocking(reader, False)
        os.read(reader, 10**6)
    os.close(reader)
    assert len((tmp_path / "launcher.jsonl").read_bytes().splitlines()) == 2_000
