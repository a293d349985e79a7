"""Records of other writers: what the vectors cannot hold, and any mixture of names, in both languages."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from amaie_ingest import foreign
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from ruby import filtered
from vectors.cases import comparable, exact, same

CONTRACT = contract.load()
NOW = datetime(2026, 11, 26, 2, 34, 9, 500, tzinfo=UTC)
SOURCE = Source("amaie-trader.jsonl", "x")


def adopted(value: Any) -> Any:
    """Return what becomes of a value of a file that is called bot."""
    return foreign.adopted(value, CONTRACT, "bot", lambda: NOW)


def test_a_record_of_a_message_alone_gets_what_it_lacks() -> None:
    """python-json-logger's defaults: time of reading, the file's name; an exception is an error."""
    assert adopted({"message": "hi", "n": 1}) == {
        "message": "hi",
        "n": 1,
        "timestamp": "2026-11-26T02:34:09.000500Z",
        "level": "INFO",
        "service": "bot",
        "module": "unknown",
    }
    assert adopted({"message": "hi", "exc_info": "Traceback"})["level"] == "ERROR"


@pytest.mark.parametrize(
    "value",
    [
        [],
        "text",
        None,
        {},
        {"event_id": "1"},
        {"level": "INFO", "timestamp": "2026-01-01T00:00:00Z"},
        {"service": "a", "message": "m", "timestamp": "2026-01-01T00:00:00Z", "level": "INFO"},
        {"timestamp": 5, "level": "low", "service": "a", "module": "b", "message": "m"},
    ],
)
def test_what_is_no_foreign_record_is_judged_as_it_was(value: Any) -> None:
    """Nothing to say, or ours with a fault: the reason is told as before."""
    assert adopted(value) is value


def test_the_value_that_came_in_is_left_as_it_was() -> None:
    """A rejection shows the line as it was."""
    value = {"log": {"level": "info", "logger": "a"}, "attributes": {"b": 1}, "msg": "m"}
    before = json.dumps(value)
    assert adopted(value)["module"] == "a"
    assert json.dumps(value) == before


@pytest.mark.parametrize(
    ("given", "time"),
    [
        (1795660449, "2026-11-26T02:34:09Z"),
        (1795660449424, "2026-11-26T02:34:09.424Z"),
        ("1795660449424000", "2026-11-26T02:34:09.424Z"),
        (1795660449424000123, "2026-11-26T02:34:09.424000123Z"),
        (1795660449.5820844, "2026-11-26T02:34:09.5820844Z"),
        ("2026-11-26 02:34:09,457", "2026-11-26 02:34:09,457Z"),
        ("2026-11-26T02:34:09+01:00", "2026-11-26T02:34:09+01:00"),
    ],
)
def test_times_come_as_numbers_of_any_unit_and_as_text(given: Any, time: str) -> None:
    """The size of a number says its unit; a time without a zone is UTC, as in containers."""
    assert adopted({"msg": "m", "time": given})["timestamp"] == time


@pytest.mark.parametrize("given", [-1, 12.5, True, float("1e300"), {"a": 1}, None, "", "soon"])
def test_what_is_no_time_is_not_taken_for_one(given: Any) -> None:
    """It stays under its own name, and the time of reading stands in."""
    record = adopted({"msg": "m", "time": given})
    assert record["timestamp"] == "2026-11-26T02:34:09.000500Z"
    assert record["time"] == given


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"level": "trace"}, "DEBUG"),
        ({"level": "SUCCESS"}, "INFO"),
        ({"level": "odd"}, "INFO"),
        ({"level": 30}, "WARNING"),
        ({"level": 30, "pid": 1, "hostname": "h"}, "INFO"),
        ({"level": 99}, "CRITICAL"),
        ({"severity_number": 9}, "INFO"),
        ({"severityText": "FATAL"}, "CRITICAL"),
        ({"PRIORITY": "3"}, "ERROR"),
    ],
)
def test_levels_come_as_words_and_as_numbers_of_several_scales(fields: dict[str, Any], level: str) -> None:
    """Who wrote it says which."""
    assert adopted({"msg": "m", **fields})["level"] == level


def test_a_value_that_does_not_fit_its_field_of_ours_is_kept_beside_the_fields() -> None:
    """Nobody who writes another format knows our types: ids as numbers are text, the rest is in extra."""
    record = adopted({"msg": "m", "order_id": 12345, "price": "cheap", "extra": "x", "amount": "0.5"})
    assert (record["order_id"], record["amount"]) == ("12345", "0.5")
    assert record["extra"] == {"extra": "x", "price": "cheap"}


def mixture(rng: random.Random) -> dict[str, Any]:
    """Return a record of some names that mean something, with values that may not."""
    names = [name for found in CONTRACT.foreign.names.values() for name in found]
    names += [*CONTRACT.fields, *CONTRACT.foreign.lift, "log", "stream", "pid", "hostname"]
    values = [
        "text",
        "",
        "warn",
        "30",
        30,
        5.5,
        1795660449.25,
        None,
        True,
        ["a", "b"],
        [1],
        {},
        {"name": "n"},
    ]
    values += [{"type": "T", "name": "x", "level": "error"}, "2026-11-26T02:34:09Z", "0x00", "0xabc"]
    values += ['{"msg": "in", "level": "warn"}', "api_key=9f8e7d6c5b4a39281706f5e4d3c2b1a0"]
    made: dict[str, Any] = {}
    for name in rng.sample(names, rng.randint(1, 9)):
        holder, parts = made, name.split(".")
        if rng.random() < 0.5:
            for part in parts[:-1]:
                holder = (
                    holder[part] if isinstance(holder.get(part), dict) else holder.setdefault(part + "_", {})
                )
            parts = parts[-1:]
        holder[".".join(parts)] = rng.choice(values)
    made.setdefault("message" if rng.random() < 0.5 else "msg", "m")
    made.setdefault("time", "2026-11-26T02:34:09.424Z")
    return made


def test_the_filter_in_ruby_puts_any_mixture_into_the_same_document() -> None:
    """Four hundred records of random names and values: stream and document agree, and nothing leaks."""
    rng = random.Random(16)  # noqa: S311 (seeded)
    lines = [json.dumps(mixture(rng)).encode() for _ in range(400)]
    judge, good = Judge(CONTRACT, lambda: NOW), 0
    for line, [event] in zip(lines, filtered.judged(lines, SOURCE.name), strict=True):
        verdict = judge.judge(line, SOURCE, 0)
        document, kept = exact(verdict.body), not verdict.reason
        assert (event["stream"] == "logs") == kept, line
        assert b"9f8e7d6c5b4a" not in verdict.body
        if document["@timestamp"] == NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ"):
            document["@timestamp"] = event["document"]["@timestamp"]  # the time of reading
        assert same(comparable(document, good=kept), comparable(event["document"], good=kept)), line
        good += kept
    assert good > 300
