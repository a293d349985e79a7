# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""The contract of spec/logs.yaml as a check of one emitted line, written apart from the library's own checks."""

from __future__ import annotations

import json
import re
from typing import Any

from amaie_telemetry import contract

TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
EVENT_ID = re.compile(r"[0-9a-z]{24}-[0-9]{10,}")
TYPES: dict[str, Any] = {
    "keyword": str, "text": str, "timestamp": str, "decimal": (int, float), "long": int, "boolean": bool, "object": dict,
}  # fmt: skip


def check_line(line: bytes) -> dict[str, Any]:
    """Return a line's record, or fail with what is wrong with it in the eyes of the contract."""
    rules = contract.load()
    assert line.endswith(b"\n"), "a line has an end"
    assert line.count(b"\n") == 1, "a record is one line"
    assert len(line) <= rules.limits.max_event_bytes + 1, "a line is bounded"
    assert len(line.decode().splitlines()) == 1, "no reader takes it for two lines"
    record: dict[str, Any] = json.loads(line, parse_constant=_refuse, object_pairs_hook=_no_doubles)
    assert TIMESTAMP.fullmatch(record["timestamp"]), record["timestamp"]
    assert EVENT_ID.fullmatch(record["event_id"]), record["event_id"]
    assert record["level"] in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
    for name in rules.required:
        assert isinstance(record[name], str), name
    for name, rule in rules.fields.items():
        value = record.get(name)
        if value is not None:
            assert isinstance(value, TYPES[rule.type]), (name, value)
            assert isinstance(value, bool) == (rule.type == "boolean"), (name, value)
            assert not rule.max_length or len(value) <= rule.max_length, (name, len(value))
    return record


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    assert len(made) == len(pairs), f"a name stands twice: {[name for name, _ in pairs]}"
    return made
