"""Records for a person at a terminal: made from the redacted lines, so nothing secret can show."""

from __future__ import annotations

import importlib
import io
import select
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.outlet import Sink

_STANDARD = ("timestamp", "level", "service", "module", "message", "event_id", "exception_stacktrace")
_COLOURS = {"DEBUG": "dim", "INFO": "green", "WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red"}


class Console:
    """Prints lines on stderr: with Rich where it is installed and stderr is a terminal, else plainly."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to a stream; by default to what stderr is when a record is printed."""
        self._stream = stream
        self._print = _rich(stream or sys.stderr) or self._plain

    def write(self, lines: bytes) -> None:
        """Print complete lines; a broken terminal is no reason to stop, and one that is held none to wait."""
        with suppress(Exception):
            for line in lines.splitlines():
                if line and _takes(self._stream or _stderr()):
                    self._print(msgspec.json.decode(line))

    def close(self) -> None:
        """Leave the terminal as it is."""

    def _plain(self, record: dict[str, Any]) -> None:
        stream = self._stream or _stderr()
        if stream is not None:
            stream.write(plain_text(record) + "\n")
            stream.flush()  # else a buffer would be written later, when there may be no room for it


class Both:
    """The file first, then the console: what the file refuses comes again later, and is printed then."""

    def __init__(self, file: Sink, console: Console) -> None:
        """Write to both."""
        self._file = file
        self._console = console

    def write(self, lines: bytes) -> None:
        """Append complete lines to the file; print them if that worked."""
        self._file.write(lines)
        self._console.write(lines)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def plain_text(record: dict[str, Any]) -> str:
    """Return a record as one line of text, and its traceback below."""
    fields = " ".join(f"{key}={_short(value)}" for key, value in record.items() if key not in _STANDARD)
    head = f"{record['timestamp']} {record['level']:<8} {record['module']}: {_short(record['message'])}"
    trace = record.get("exception_stacktrace", "")
    return f"{head}  {fields}".rstrip() + (f"\n{trace.rstrip()}" if trace else "")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person may be looking at a stream; a closed or missing one is no terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _stderr() -> TextIO | None:
    """Return stderr, past what others put in its place to log whatever is printed."""
    genuine = isinstance(sys.stderr, io.TextIOBase | None)
    return sys.stderr if genuine else sys.__stderr__


def _takes(stream: Any) -> bool:
    """Return whether a stream takes more text at once: a terminal can be held, a pipe be full."""
    try:
        return bool(select.select([], [stream], [], 0)[1])
    except (OSError, ValueError, TypeError):
        return True  # no file of the system


def _rich(stream: TextIO | None) -> Callable[[dict[str, Any]], None] | None:
    if stream is None or not is_terminal(stream):
        return None
    try:
        console = importlib.import_module("rich.console").Console(file=stream, highlight=False)
        styled = importlib.import_module("rich.text").Text
    except ImportError:
        return None
    return lambda record: console.print(
        styled(plain_text(record), style=_COLOURS[record["level"]]), soft_wrap=True
    )


def _short(value: Any) -> str:
    """Return a value on one line, without commands to the terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in str(value)[:1000])
