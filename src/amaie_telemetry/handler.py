"""The `logging.Handler` of this library: `configure_logging` installs one; `dictConfig` can, too."""

from __future__ import annotations

import logging
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from amaie_telemetry import coerce, contract, loggers, prefork, process, state
from amaie_telemetry.console import Both, Console, is_terminal
from amaie_telemetry.delivery import Delivery
from amaie_telemetry.encode import Encoder
from amaie_telemetry.filesink import FileSink
from amaie_telemetry.redact import shared
from amaie_telemetry.taken import extras, taken

CAPACITY = 65_536
MEBIBYTE = 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""What site.yaml takes for the name of a service; it is that of the log file, too."""


class ContractError(ValueError):
    """With `strict`: a record that the contract of spec/logs.yaml does not allow as it is."""


class TelemetryHandler(logging.Handler):
    """Queues every record for the log file; never raises, never blocks, never prints."""

    def __init__(
        self,
        *,
        service: str,
        log_dir: str | Path | None = None,
        path: str | Path | None = None,
        level: int | str = logging.NOTSET,
        console: bool | None = None,
        max_bytes: int = 64 * MEBIBYTE,
        max_seconds: int = 0,
        backups: int = 5,
        queue_size: int = CAPACITY,
        strict: bool = False,
    ) -> None:
        """Prepare to write; see `configure_logging` for the arguments."""
        if not isinstance(service, str) or not _NAME.fullmatch(service):
            raise ValueError(
                f"the name of the service is {service!r:.80}; "
                "write up to 63 letters, digits, . _ and -, as in site.yaml, like btc-bot"
            )
        folder = Path(log_dir or os.environ.get("AMAIE_LOG_DIR", "logs"))
        file = _absolute(Path(path) if path else folder / f"{service}.jsonl")
        limits = {"max_bytes": (max_bytes, 1), "max_seconds": (max_seconds, 0), "backups": (backups, 0)}
        for name, (value, least) in (limits | {"queue_size": (queue_size, 1)}).items():
            if type(value) is not int or value < least:
                raise ValueError(f"{name} is {value!r:.80}; write a whole number, at least {least}")
        super().__init__(level)
        loggers.install()
        self.service = service
        self.strict = strict
        self.losses = 0  # how often others have taken it off the root logger
        spill = file.with_name(f"{file.stem}.spill{file.suffix}")
        sink = FileSink(file, max_bytes=max_bytes, backups=backups, max_seconds=max_seconds)
        shown = is_terminal(sys.stderr) if console is None else console
        self.delivery = Delivery(
            Both(sink, Console()) if shown else sink,
            FileSink(spill, max_bytes=max_bytes, backups=0, rotate=False),
            lambda producer: Encoder(service, producer, shared(), contract.load()),
            queue_size,
            publish=state.publish if prefork.ON else None,
        )
        process.look_after(self)
        state.offer(self)

    def handle(self, record: logging.LogRecord) -> bool:
        """Take a record through the filters and into the queue, without a lock."""
        try:
            kept = self.filter(record)
            if kept:  # since Python 3.12 a filter may give another record back
                self.emit(kept if isinstance(kept, logging.LogRecord) else record)
                return True
        except ContractError:
            raise
        except Exception as error:  # noqa: BLE001 (a logging call never raises)
            self.failed(coerce.level(record.levelno), coerce.logger_name(record.name), error)
        return False

    def emit(self, record: logging.LogRecord) -> None:
        """Copy a record and queue it."""
        if self.strict:
            self._check(record)
        self.delivery.put(taken(record, self.delivery.encoder, self.delivery.sequence))

    def failed(self, level: int, name: str, error: Exception) -> None:
        """Log that a record of this level and logger could not be logged, and nothing of what was in it."""
        if isinstance(error, ContractError):
            raise error
        self.delivery.failed(level, name, type(error).__name__)

    def came_back(self) -> None:
        """Count and tell that others have taken this handler off the root logger."""
        self.losses += 1
        self.delivery.tell("The log handler was taken off the root logger by others; it is back")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the base class' name)
        """Stay silent: the standard library would print the arguments."""

    def flush(self) -> None:
        """Wait until all that was logged so far is written, two seconds at most."""
        self.delivery.flush(2.0)

    def close(self) -> None:
        """Write what is queued and stop; the next record starts again.

        Others close handlers that are still in use: `dictConfig` and `logging.shutdown` close all of them.
        """
        self.delivery.close(2.0)
        super().close()

    def _check(self, record: logging.LogRecord) -> None:
        for key, value in extras(record).items():
            problem = self.delivery.encoder.fields.problem(key, value)
            if problem:
                raise ContractError(f"a record of {record.name}: {problem}")


def _absolute(file: Path) -> Path:
    """Return where a file is now: a daemon changes its folder later.

    Raises:
        ValueError: No file can be there.
    """
    folder = False
    with suppress(OSError):  # the present folder was removed, or may not be looked at
        file = file.absolute()
        folder = file.is_dir()
    if folder or "\0" in str(file):
        raise ValueError(f"the log file is {str(file)!r:.200}, which is a folder or no path; name a file")
    return file


class JsonFormatter(logging.Formatter):
    """The same lines for somebody else's handler: redacted JSON, without the queue."""

    def __init__(self, service: str) -> None:
        """Format the records of a service."""
        super().__init__()
        self._service = service
        self._begin()

    def _begin(self) -> None:
        self._encoder = Encoder(self._service, process.producer_id(), shared(), contract.load())
        self._sequence = process.sequence()

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line of JSON, without the end of the line."""
        if self._sequence is not process.sequence():
            self._begin()  # the child of a fork is a producer of its own
        encoder = self._encoder
        encoder.refresh()
        return encoder.line(taken(record, encoder, self._sequence))[:-1].decode()
