"""`configure_logging`: the one line of a service."""

from __future__ import annotations

import atexit
import logging
import os
from pathlib import Path

from amaie_telemetry import contract, state
from amaie_telemetry.delivery import Delivery
from amaie_telemetry.encode import Encoder
from amaie_telemetry.filesink import FileSink
from amaie_telemetry.handler import TelemetryHandler
from amaie_telemetry.redact import Redactor

CAPACITY = 65_536


def configure_logging(
    *,
    service: str,
    log_dir: str | Path | None = None,
    path: str | Path | None = None,
    level: int | str = logging.INFO,
    max_bytes: int = 64 * 1024 * 1024,
    backups: int = 5,
    queue_size: int = CAPACITY,
) -> None:
    """Send every record of this process, redacted, as JSON lines to `<log_dir>/<service>.jsonl`.

    Args:
        service: Name of the service, as the spec writes it.
        log_dir: Folder of the log files; by default what the environment variable AMAIE_LOG_DIR says.
        path: The log file itself, in place of `log_dir`.
        level: Least level that is logged.
        max_bytes: Size at which the file is renamed to `<name>.1`.
        backups: How many renamed files are kept.
        queue_size: How many records may wait to be written.
    """
    shutdown()
    log = contract.load()
    redactor = Redactor(log)
    file = Path(path) if path else Path(log_dir or os.environ.get("AMAIE_LOG_DIR", "logs")) / f"{service}.jsonl"
    sink = FileSink(file, max_bytes=max_bytes, backups=backups)
    delivery = Delivery(sink, lambda producer: Encoder(service, producer, redactor, log), queue_size)
    handler = TelemetryHandler(delivery)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    state.current = state.Setup(service, delivery, handler, redactor)
    atexit.register(shutdown)


def shutdown(timeout: float = 2.0) -> None:
    """Write what is queued and take the library out of `logging` again; harmless when nothing is set up."""
    setup = state.current
    if setup is None:
        return
    logging.getLogger().removeHandler(setup.handler)
    setup.delivery.close(timeout)
    state.current = None
    atexit.unregister(shutdown)


def register_secret(value: str) -> None:
    """Never write this value, in no spelling, from now on."""
