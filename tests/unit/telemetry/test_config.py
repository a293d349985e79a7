# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""`configure_logging` end to end: from a plain stdlib logger to lines in a file."""

from __future__ import annotations

import json
import logging
import logging.config
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from amaie_telemetry import configure_logging, metrics, register_secret, shutdown
from amaie_telemetry.redact import shared
from amaie_telemetry.state import publish, service
from amaie_telemetry.testing import value

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


def levels() -> dict[str, int]:
    """Return the levels that configure_logging may change."""
    return {name: logging.getLogger(name or None).level for name in ("", "urllib3", "ccxt", "own")}


def test_shutdown_leaves_levels_and_classes_as_they_were(tmp_path: Path) -> None:
    """Of the root, of noisy libraries and of those that were named; loggers get their own class back."""

    class Theirs(logging.Logger):
        pass

    logging.setLoggerClass(Theirs)
    early = logging.getLogger(f"early{tmp_path.name}")
    before = levels()
    configure_logging(service="launcher", log_dir=tmp_path, level="DEBUG", levels={"own": "ERROR"})
    late = logging.getLogger(f"late{tmp_path.name}")
    assert levels() != before
    assert isinstance(late, Theirs)
    shutdown()
    assert levels() == before
    assert (type(early), type(late), type(logging.getLogger())) == (Theirs, Theirs, logging.RootLogger)
    assert logging.getLoggerClass() is Theirs
    logging.setLoggerClass(logging.Logger)
    assert type(logging.getLogger(f"new{tmp_path.name}")) is logging.Logger


def test_a_level_that_somebody_has_set_is_not_lowered(tmp_path: Path) -> None:
    """Neither a noisy library's nor the root's; `level` and `levels` are stronger."""
    root, noisy = logging.getLogger(), logging.getLogger("urllib3")
    root.setLevel(logging.ERROR)
    noisy.setLevel(logging.CRITICAL)
    configure_logging(service="launcher", log_dir=tmp_path)
    assert (root.level, noisy.level) == (logging.ERROR, logging.CRITICAL)
    configure_logging(service="launcher", log_dir=tmp_path, level="DEBUG", levels={"urllib3": "DEBUG"})
    assert (root.level, noisy.level) == (logging.DEBUG, logging.DEBUG)
    shutdown()
    assert (root.level, noisy.level) == (logging.ERROR, logging.CRITICAL)
    noisy.setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    "taking",
    [
        lambda: logging.basicConfig(force=True),
        lambda: logging.config.dictConfig({"version": 1, "disable_existing_loggers": False, "root": {"handlers": []}}),
        lambda: logging.getLogger().handlers.clear(),  # noqa: PLW0108 (the list is another one later)
    ],
    ids=["basicConfig", "dictConfig", "clear"],
)  # fmt: skip
def test_a_handler_that_others_take_away_comes_back_with_a_warning(taking: Any, tmp_path: Path) -> None:
    """200 of 200 errors were lost, and no counter moved."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    log = logging.getLogger("x")
    log.info("before")
    taking()
    for number in range(3):
        log.error("after %s", number)
    publish()
    shutdown()
    records = [json.loads(line) for line in (tmp_path / "launcher.jsonl").read_text("utf-8").splitlines()]
    assert [record["message"] for record in records] == [
        "before",
        "The log handler was taken off the root logger by others; it is back",
        *(f"after {number}" for number in range(3)),
    ]
    assert (records[1]["level"], handler.losses) == ("WARNING", 1)
    assert value(metrics.log.handler_losses_total.labels()) >= 1
    log.error("not ours any more")
    assert handler not in logging.getLogger().handlers


def test_a_handler_of_dict_config_exports_its_counters_over_reloads(tmp_path: Path) -> None:
    """They stayed at nothing; after a reload the counts go on."""
    for family in metrics.ALL:
        family.clear()
    settings: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"json": {"class": "amaie_telemetry.handler.TelemetryHandler", "service": "launcher", "log_dir": str(tmp_path)}},
        "root": {"handlers": ["json"], "level": "INFO"},
    }  # fmt: skip
    for _ in range(3):
        logging.config.dictConfig(settings)
        for _ in range(5):
            logging.getLogger("x").warning("y")
        logging.getLogger().handlers[0].flush()
        publish()
    assert value(metrics.log.records_total.labels(level="WARNING")) == 15
    assert service() == "launcher"
    logging.getLogger().handlers[0].close()


def test_a_factory_of_structlogs_kind_may_come_later(tmp_path: Path) -> None:
    """After `structlog.stdlib.LoggerFactory()`, `extra={"name": …}` raised KeyError in new loggers."""
    configure_logging(service="launcher", log_dir=tmp_path)
    structlog.stdlib.LoggerFactory()
    logging.getLogger(f"structlog{tmp_path.name}").info("kept", extra={"name": "strategy"})  # noqa: G101
    shutdown()
    logging.setLoggerClass(logging.Logger)
    record = json.loads((tmp_path / "launcher.jsonl").read_text("utf-8"))
    assert (record["message"], record["extra"]) == ("kept", {"name": "strategy"})


@pytest.mark.parametrize("name", ["", " ", None, 5, "../x", "a/b", "a\nb", "x" * 64, "\ud800"])
def test_a_name_that_no_file_and_no_site_can_have_is_refused(name: Any, tmp_path: Path) -> None:
    """An empty variable SERVICE: every record was rejected later; a path or a long name: none was written."""
    with pytest.raises(ValueError, match=r"^the name of the service is .*; write up to 63 letters, digits, "):
        configure_logging(service=name, log_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "LOUD"}, {"level": 20.5}, {"levels": {"x": "LOUD"}}, {"levels": {1: 20}}, {"queue_size": 0}, {"queue_size": None},
        {"max_bytes": "64 MB"}, {"max_bytes": 0}, {"backups": -1}, {"max_seconds": 0.5}, {"log_dir": "a\0b"}, {"log_dir": 5},
        {"path": "."}, {"service": "a/b"},
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_in_a_second_call_leaves_the_first_at_work(wrong: dict[str, Any], tmp_path: Path) -> None:
    """Logging was off from then on; a size that is no number was found by the first write, which never came."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    arguments: dict[str, Any] = {"service": "launcher", "log_dir": tmp_path, **wrong}
    with pytest.raises((ValueError, TypeError)):
        configure_logging(**arguments)
    logging.getLogger("x").warning("goes on")
    assert logging.getLogger().handlers == [handler]
    shutdown()
    assert b'"goes on"' in (tmp_path / "launcher.jsonl").read_bytes()


def test_a_file_stays_where_it_was_when_the_program_changes_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a daemon does: the rest of the log was in /logs."""
    monkeypatch.chdir(tmp_path)
    configure_logging(service="launcher", log_dir="mine")
    logging.getLogger("x").info("one")
    monkeypatch.chdir("/")
    logging.getLogger("x").info("two")
    shutdown()
    assert len((tmp_path / "mine" / "launcher.jsonl").read_bytes().splitlines()) == 2
