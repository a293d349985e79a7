"""Lines of plain text that are one record."""

from __future__ import annotations

import pytest

from amaie_ingest.joining import MOST_LINES, Joined

PYTHON = """\
ERROR:bot:tick
Traceback (most recent call last):
  File "a.py", line 1, in f
    g()
    ^^^
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 3, in f
ccxt.base.errors.NetworkError: timeout
"""
GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "a.py", line 1, in f
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +------------------------------------
"""
JAVA = """\
2026-11-26 03:00:00 ERROR Order failed
java.lang.IllegalStateException: boom
\tat com.example.Bot.run(Bot.java:12)
\t... 12 more
Caused by: java.io.IOException: closed
\tat com.example.Bot.send(Bot.java:40)
\tSuppressed: java.lang.Exception: x
"""
INDENTED = "Balances:\n  BTC 1\n\tETH 2\n\n  USDT 3\n"


def records(text: str, most_bytes: int = 10_000) -> list[bytes]:
    """Return the records of a text."""
    found: list[Joined] = []
    start = 0
    for line in text.encode().removesuffix(b"\n").split(b"\n"):
        end = start + len(line) + 1
        if not found or found[-1].whole or not found[-1].takes(line, end, most_bytes):
            found.append(Joined(line, start, end))
        start = end
    return [one.data for one in found]


@pytest.mark.parametrize("text", [PYTHON, PYTHON.partition("\n")[2], GROUP, JAVA, INDENTED])
def test_a_traceback_is_one_record_and_the_next_line_another(text: str) -> None:
    """Python's with its causes, groups, Java's, and anything indented."""
    assert records(f"{text}INFO:bot:next\n") == [text.rstrip("\n").encode(), b"INFO:bot:next"]


@pytest.mark.parametrize("lines", ["a\nb", "KeyError: a\nKeyError: b", '{"a": 1}\n  b', "\n b"])
def test_what_stands_alone_is_not_joined(lines: str) -> None:
    """Plain lines, exceptions that nobody traced, JSON, and blank lines before."""
    assert len(records(lines)) == 2


def test_how_much_is_joined_is_bounded() -> None:
    """In lines and in bytes; nothing is lost beyond."""
    long = "a\n" + " b\n" * (2 * MOST_LINES)
    assert [one.count(b"\n") + 1 for one in records(long)] == [MOST_LINES, MOST_LINES, 1]
    assert all(len(one) < 100 for one in records(long, 100))
    assert b"\n".join(records(long, 100)) + b"\n" == long.encode()
