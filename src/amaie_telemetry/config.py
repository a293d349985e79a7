"""`configure_logging`: the one line of a service."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amaie_telemetry import context, loggers, state
from amaie_telemetry.handler import CAPACITY, MEBIBYTE, TelemetryHandler
from amaie_telemetry.redact import shared
from amaie_telemetry.uncaught import Hooks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class _SetUp:
    """What `shutdown` must undo."""

    handler: TelemetryHandler
    levels: dict[str, int]
    hooks: Hooks | None


_setups: list[_SetUp] = []
QUIET = ("aiohttp", "asyncio", "ccxt", "httpcore", "httpx", "urllib3", "websockets")
"""Libraries that tell too much at DEBUG: they start at INFO unless `levels` says otherwise."""


def configure_logging(
    *,
    service: str,
    log_dir: str | Path | None = None,
    path: str | Path | None = None,
    level: int | str | None = None,
    levels: Mapping[str, int | str] | None = None,
    console: bool | None = None,
    max_bytes: int = 64 * MEBIBYTE,
    max_seconds: int = 0,
    backups: int = 5,
    queue_size: int = CAPACITY,
    uncaught: bool = True,
    fast: bool = True,
    strict: bool = False,
) -> TelemetryHandler:
    """Send every record of this process, redacted, as JSON lines to `<log_dir>/<service>.jsonl`.

    Call it once, first thing. A second call replaces the first.

    Args:
        service: Name of the service, as site.yaml writes it.
        log_dir: Folder of the log files; by default what the environment variable AMAIE_LOG_DIR says.
        path: The log file itself, in place of `log_dir`.
        level: Least level that is logged; by default INFO, or what the root logger was set to before.
        levels: Least level of single loggers, such as `{"urllib3": "WARNING"}`.
        console: Print records on stderr, too; by default where stderr is a terminal.
        max_bytes: Size at which the file is renamed to `<name>.1`.
        max_seconds: Age at which it is, in whole periods since the epoch: 86400 means at 00:00 UTC.
        backups: How many renamed files are kept.
        queue_size: How many records may wait to be written; see `delivery.py` for what happens then.
        uncaught: Log exceptions that nobody catches as CRITICAL, before everything ends as it always does.
        fast: Skip the `LogRecord` of records that nobody but this library would see.
        strict: Raise `ContractError` where a record breaks the contract: for tests and development.

    Returns:
        The handler on the root logger.

    Raises:
        ValueError: The service has no name, or one that cannot be that of a file; a level is unknown; a
            number is none. What was set up before goes on then.
    """
    for name, least in {**(levels or {}), "": logging.INFO if level is None else level}.items():
        logging.getLogger(name or None)  # refuses what is no name
        logging.Handler().setLevel(least)  # and this what is no level
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
    shutdown()
    wanted: dict[str, int | str] = {
        **{name: logging.INFO for name in QUIET if logging.getLogger(name).level == logging.NOTSET},
        **(levels or {}),
        "": level if level is not None else _root_level(),
    }
    before = {name: logging.getLogger(name or None).level for name in wanted}
    for name, least in wanted.items():
        logging.getLogger(name or None).setLevel(least)
    logging.getLogger().addHandler(handler)
    if "opentelemetry.trace" in sys.modules:
        context.use_opentelemetry()
    loggers.use(handler, fast=fast and not strict)
    state.use(handler)
    _setups.append(_SetUp(handler, before, Hooks() if uncaught else None))
    return handler


def shutdown() -> None:
    """Write what is queued and undo what `configure_logging` did; harmless when there is nothing to undo."""
    while _setups:
        set_up = _setups.pop()
        loggers.use(None)
        logging.getLogger().removeHandler(set_up.handler)
        set_up.handler.close()
        state.use(None)
        for name, level in set_up.levels.items():
            logging.getLogger(name or None).setLevel(level)
        if set_up.hooks is not None:
            set_up.hooks.remove()
        loggers.uninstall()


def _root_level() -> int:
    """Return the level of the root logger where somebody has set it, else INFO."""
    level = logging.getLogger().level
    return logging.INFO if level in {logging.NOTSET, logging.WARNING} else level


def register_secret(value: str | bytes) -> None:
    """Never write this value from now on: not as it is, nor URL-, base64-, hexadecimal- or JSON-encoded.

    Raises:
        ValueError: The value is so short that masking it would spoil ordinary text.
    """
    shared().register(value)
