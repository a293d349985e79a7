"""Records that others have made: what they say of themselves may have any type and any size."""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import coerce, configure_logging, shutdown

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_764_000_000_000_000_000


class Odd:
    """A value that cannot be shown."""

    def __repr__(self) -> str:
        """Fail, as the objects of others may."""
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "name", "level"),
    [
        (20, None, 20), (20.5, None, 20), ("ERROR", None, 40), (" warning ", None, 30), ("40", None, 40),
        (None, "CRITICAL", 50), (None, None, 20), (Odd(), Odd(), 20), (math.nan, "ERROR", 40), ([], "x", 20),
        (True, None, 1), (math.inf, None, 20),
    ],
)  # fmt: skip
def test_a_level_is_a_number_a_name_or_info(value: object, name: object, level: int) -> None:
    """The number decides, then the name, each also as text; what is neither is INFO."""
    assert coerce.level(value, name) == level


@pytest.mark.parametrize(
    ("created", "nanoseconds"),
    [
        (1_764_000_000.5, 1_764_000_000_500_000_000),
        (1_764_000_000_500, 1_764_000_000_500_000_000),
        (1_764_000_000_500_000, 1_764_000_000_500_000_000),
        (1_764_000_000_500_000_000, 1_764_000_000_500_000_000),
        ("1764000000.5", 1_764_000_000_500_000_000),
        *((odd, NOW) for odd in (1e20, -1e20, -1, math.nan, math.inf, None, "noon", Odd(), 10**400, 5e10)),
    ],
)
def test_a_time_is_read_in_any_unit_and_what_is_none_is_now(created: object, nanoseconds: int) -> None:
    """Milli-, micro- and nanoseconds are taken for what they are; none leaves the contract's range."""
    assert coerce.nanoseconds(created, now=lambda: NOW) == nanoseconds


def odd_records() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield attributes that no record should have."""
    for name, values in {
        "levelno": (None, "ERROR", 20.5, Odd(), math.nan, -5, 10**30),
        "name": (None, Path("a/b"), 7, Odd(), "x" * 10_000, "a\ud800"),
        "created": (1e20, -1e20, 1_764_000_000_000, 1.764e18, None, math.inf, "x"),
        "msg": (None, Odd(), 7, b"bytes", "half \ud800"),
        "args": (7, "x", Odd(), [1, 2], {"a": 1}),
        "exc_info": ((1, 2), (1, 2, 3), "x", 7, (None, None, None), (ValueError, None, None), Odd()),
        "stack_info": (7, Odd(), ["x"]),
        "levelname": (None, 7),
    }.items():
        for value in values:
            yield f"{name}={type(value).__name__}", {name: value}


@pytest.mark.parametrize("source", [dict, json.loads], ids=["made", "from JSON"])
def test_no_record_stops_the_thread_that_writes(source: Any, tmp_path: Path) -> None:
    """One line for each odd record, and the next ordinary one is written as ever."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    cases = (
        list(odd_records())
        if source is dict
        else [("empty", {}), ("json", json.loads('{"msg": "m", "levelno": null}'))]
    )
    for _, attributes in cases:
        handler.handle(logging.makeLogRecord(attributes))
        logging.getLogger("ordinary").info("ordinary")
    assert handler.delivery.alive
    shutdown()
    lines = (tmp_path / "launcher.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 2 * len(cases) == sum(handler.delivery.written)
    assert [json.loads(line)["message"] for line in lines[1::2]] == ["ordinary"] * len(cases)


def test_a_filter_may_spoil_a_record_and_costs_no_other(tmp_path: Path) -> None:
    """What a filter of the handler sets is judged as what a program sets."""

    def spoil(record: logging.LogRecord) -> bool:
        record.levelno, record.created = None, 1e20  # type: ignore[assignment]
        return True

    handler = configure_logging(service="launcher", log_dir=tmp_path)
    handler.addFilter(spoil)
    logging.getLogger("a").error("kept")
    shutdown()
    (record,) = map(json.loads, (tmp_path / "launcher.jsonl").read_text("utf-8").splitlines())
    assert (record["message"], record["level"]) == ("kept", "ERROR")
