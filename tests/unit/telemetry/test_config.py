# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""`configure_logging` end to end: from a plain stdlib logger to lines in a file."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from amaie_telemetry import configure_logging, register_secret, shutdown
from amaie_telemetry.redact import shared

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("fast", [False, True])
def test_the_record_of_the_standard_lands_in_the_file_of_the_service(tmp_path: Path, fast: bool) -> None:  # noqa: FBT001
    """The example of the standard's section 3.3 comes out with its names and values, in its order."""
    configure_logging(service="amaie-trader", log_dir=tmp_path, fast=fast)
    fields = {
        "symbol": "BTC/USDT",
        "order_id": "ORD-XYZ-789",
        "amount": 0.001,
        "price": 30000.5,
        "trace_id": "abc123def456",
    }
    for _ in range(3):
        logging.getLogger("execution.engine").info("Order placed successfully", extra=fields)
    shutdown()
    for line in (tmp_path / "amaie-trader.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        del record["timestamp"], record["event_id"]
        assert list(record.items()) == [
            ("level", "INFO"), ("service", "amaie-trader"), ("module", "execution.engine"),
            ("message", "Order placed successfully"), *fields.items(),
        ]  # fmt: skip


def test_the_folder_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AMAIE_LOG_DIR, as the containers set it."""
    monkeypatch.setenv("AMAIE_LOG_DIR", str(tmp_path))
    configure_logging(service="launcher")
    logging.getLogger("x").info("y")
    shutdown()
    assert (tmp_path / "launcher.jsonl").exists()


def test_levels_are_set_for_all_and_for_single_loggers(tmp_path: Path) -> None:
    """Noisy libraries start at INFO even when the rest is at DEBUG."""
    configure_logging(
        service="launcher", log_dir=tmp_path, level="DEBUG", levels={"a": "ERROR", "ccxt": "WARNING"}
    )
    effective = {
        name: logging.getLogger(name).getEffectiveLevel() for name in ("x", "a.b", "urllib3.pool", "ccxt")
    }
    assert effective == {"x": 10, "a.b": 40, "urllib3.pool": 20, "ccxt": 30}
    logging.getLogger("a").setLevel(logging.NOTSET)


def test_a_second_call_replaces_the_first(tmp_path: Path) -> None:
    """No record twice, none in the old file."""
    configure_logging(service="launcher", log_dir=tmp_path / "one")
    configure_logging(service="launcher", log_dir=tmp_path / "two")
    logging.getLogger("x").info("y")
    shutdown()
    shutdown()
    assert len((tmp_path / "two" / "launcher.jsonl").read_bytes().splitlines()) == 1
    assert not (tmp_path / "one").exists()


def test_a_secret_that_is_registered_later_is_masked_from_then_on(tmp_path: Path) -> None:
    """Also in messages and fields that were judged and remembered before."""
    shared.cache_clear()
    configure_logging(service="launcher", log_dir=tmp_path, fast=True)
    log = logging.getLogger("x")
    for turn in range(3):
        log.info("hello swordfish", extra={"symbol": "swordfish"})
        if turn == 1:
            logging.getLogger().handlers[0].flush()
            register_secret("swordfish")
    shutdown()
    shared.cache_clear()
    records = [
        json.loads(line) for line in (tmp_path / "launcher.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [(record["message"], record["symbol"]) for record in records] == [
        ("hello swordfish", "swordfish"), ("hello swordfish", "swordfish"), ("hello [REDACTED]", "[REDACTED]"),
    ]  # fmt: skip


def test_a_level_that_is_off_is_asked_for_once_and_remembered(tmp_path: Path) -> None:
    """The stdlib's own cache answers: no code of ours runs."""
    configure_logging(service="launcher", log_dir=tmp_path, fast=True)
    log = logging.getLogger("x")
    log.debug("off %s", 1)
    assert log._cache[logging.DEBUG] is False  # type: ignore[attr-defined]
    assert type(log).debug is logging.Logger.debug
    shutdown()
    assert not (tmp_path / "launcher.jsonl").exists()
