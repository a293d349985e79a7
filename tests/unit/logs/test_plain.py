"""What plain text becomes: level and time from where loggers put them, tracebacks whole, secrets masked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from amaie_ingest import plain
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract

CONTRACT = contract.load()
NOW = datetime(2026, 11, 26, 3, 0, 0, 500, tzinfo=UTC)
TEXT = Source("btc-bot.log", "x", "btc-bot")


def judged(text: str, source: Source = TEXT) -> tuple[str, dict[str, Any]]:
    """Return the reason and the document of a text."""
    verdict = Judge(CONTRACT, lambda: NOW).judge(text.encode(), source, 0)
    return verdict.reason, json.loads(verdict.body)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ERROR:root:boom", "ERROR"),
        ("INFO:     Started server process [7]", "INFO"),
        ("[2026-11-26 03:00:00 +0000] [123] [WARNING] Worker timeout", "WARNING"),
        ("[2026-11-26 03:00:00,123: CRITICAL/MainProcess] down", "CRITICAL"),
        ("2026-11-26 03:00:00,123 - freqtrade.worker - WARNING - Stale pair", "WARNING"),
        ("2026-11-26 03:00:00.123 | DEBUG    | bot:main:7 - tick", "DEBUG"),
        ("2026-11-26 03:00:00,123 bot.core ERROR no route", "ERROR"),
        ("2026-11-26 03:00:00.123  WARN 7 --- [main] c.e.Bot : slow", "WARNING"),
        ("\x1b[32m2026-11-26T03:00:00.1Z [FATAL] TRADER-001.Engine: stop\x1b[0m", "CRITICAL"),
        ("Nov 26 03:00:00 host bot[12]: ERROR lost", "ERROR"),
        ("2026/11/26 03:00:00 [error] 12#12: *1 upstream", "ERROR"),
        ('time="2026-11-26T03:00:00Z" level=warning msg=slow', "WARNING"),
        ("Order filled after ERROR before", "INFO"),
        ("the WARNING light is on", "INFO"),
        ("no error found", "INFO"),
        ("", "INFO"),
    ],
)
def test_the_level_stands_at_the_usual_place_or_is_none(line: str, expected: str) -> None:
    """Formats of loggers that people use; a word of the message is no level."""
    assert plain.record(line, CONTRACT, "bot", lambda: NOW)["level"] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-11-26 02:59:00,123 x", "2026-11-26T02:59:00.123Z"),
        ("[2026-11-26 02:59:00 +0100] x", "2026-11-26T01:59:00Z"),
        ("2026-11-26T02:59:00.1Z [INFO] x", "2026-11-26T02:59:00.1Z"),
        ("2026-99-26 02:59:00 x", "2026-11-26T03:00:00.000500Z"),
        ("hello", "2026-11-26T03:00:00.000500Z"),
    ],
)
def test_a_time_at_the_beginning_is_the_records(line: str, expected: str) -> None:
    """Without one, or with one that cannot be, it is the time of reading."""
    reason, document = judged(line)
    assert (reason, document["@timestamp"], document["message"]) == ("", expected, line)


def test_tracebacks_are_the_exception_of_the_line_before() -> None:
    """Python's behind a line, Python's alone, Java's."""
    frames = 'Traceback (most recent call last):\n  File "b.py", line 1, in f\nKeyError: 7'
    _, behind = judged(f"2026-11-26 02:59:00,1 - b - WARNING - tick lost\n{frames}")
    assert behind["level"] == "WARNING"
    assert behind["message"] == "2026-11-26 02:59:00,1 - b - WARNING - tick lost"
    assert behind["exception_stacktrace"] == frames
    _, alone = judged(frames)
    assert (alone["level"], alone["message"]) == ("ERROR", "KeyError: 7")
    assert alone["exception_stacktrace"] == frames
    _, java = judged("java.lang.Error: x\r\n\tat a.B.c(B.java:1)")
    assert (java["level"], java["exception_stacktrace"]) == ("ERROR", "\tat a.B.c(B.java:1)")


def test_plain_text_is_redacted_like_everything() -> None:
    """In the message as in the frames below it."""
    value = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv"
    text = f'api_key={value}\nTraceback (most recent call last):\n  File "a", line 1\nE: password={value}'
    reason, document = judged(text)
    assert reason == ""
    assert "vmPUZE" not in json.dumps(document)


def test_only_what_the_site_names_may_be_plain() -> None:
    """Elsewhere such lines are rejected as before; JSON among plain text stays JSON."""
    assert judged("hello", Source("btc-bot.jsonl", "x"))[0] == "invalid_json"
    assert judged("42")[1]["message"] == "42"
    assert judged('{"msg": "hi", "levelname": "ERROR"}')[1]["level"] == "ERROR"
    assert Judge(CONTRACT).judge(b"caf\xe9", TEXT, 0).reason == "invalid_utf8"
