"""`configure_logging`: the one line of a service."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from amaie_telemetry import context, loggers, state
from amaie_telemetry.handler import CAPACITY, MEBIBYTE, TelemetryHandler
from amaie_telemetry.redact import shared

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

QUIET = ("aiohttp", "asyncio", "ccxt", "httpcore", "httpx", "urllib3", "websockets")
"""Libraries that tell too much at DEBUG: they start at INFO unless `levels` says otherwise."""


def configure_logging(
    *,
    service: str,
    log_dir: str | Path | None = None,
    path: str | Path | None = None,
    level: int | str = logging.INFO,
    levels: Mapping[str, int | str] | None = None,
    console: bool | None = None,
    max_bytes: int = 64 * MEBIBYTE,
    max_seconds: int = 0,
    backups: int = 5,
    queue_size: int = CAPACITY,
    fast: bool = False,
    strict: bool = False,
) -> TelemetryHandler:
    """Send every record of this process, redacted, as JSON lines to `<log_dir>/<service>.jsonl`.

    Call it once, first thing. A second call replaces the first.

    Args:
        service: Name of the service, as the spec writes it.
        log_dir: Folder of the log files; by default what the environment variable AMAIE_LOG_DIR says.
        path: The log file itself, in place of `log_dir`.
        level: Least level that is logged.
        levels: Least level of single loggers, such as `{"urllib3": "WARNING"}`.
        console: Print records on stderr, too; by default where stderr is a terminal.
        max_bytes: Size at which the file is renamed to `<name>.1`.
        max_seconds: Age at which it is, in whole periods since the epoch: 86400 means at 00:00 UTC.
        backups: How many renamed files are kept.
        queue_size: How many records may wait to be written; see `delivery.py` for what happens then.
        fast: Skip the `LogRecord` of records that no foreign handler or filter would see.
        strict: Raise `ContractError` where a record breaks the contract: for tests and development.

    Returns:
        The handler on the root logger.
    """
    shutdown()
    handler = TelemetryHandler(
        service=service,
        log_dir=log_dir,
        path=path,
        console=console,
        max_bytes=max_bytes,
        max_seconds=max_seconds,
        backups=backups,
        queue_size=queue_size,
        strict=strict,
    )
    for name, least in {**dict.fromkeys(QUIET, logging.INFO), **(levels or {})}.items():
        logging.getLogger(name).setLevel(least)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    if "opentelemetry.trace" in sys.modules:
        context.use_opentelemetry()
    loggers.direct.handler = handler if fast and not strict else None
    state.use(handler)
    return handler


def shutdown() -> None:
    """Write what is queued and take the handler of `configure_logging` away; harmless when there is none."""
    handler = state.handler
    if handler is None:
        return
    loggers.direct.handler = None
    logging.getLogger().removeHandler(handler)
    handler.close()
    state.use(None)


def register_secret(value: str | bytes) -> None:
    """Never write this value from now on: not as it is, nor URL-, base64-, hexadecimal- or JSON-encoded.

    Raises:
        ValueError: The value is so short that masking it would spoil ordinary text.
    """
    shared().register(value)
