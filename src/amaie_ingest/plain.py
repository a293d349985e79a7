"""The record that plain text becomes: level and time from where loggers put them, the rest is the message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from amaie_ingest import foreign, parse, times
from amaie_ingest.errors import Broken

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from amaie_telemetry.contract import Contract

PLACES = 8
"""A level stands among so many words at the beginning of a line, or is part of the message."""

_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}m")
_TIME = re.compile(
    r"[\[(]?([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})([.,][0-9]{1,9})?"
    r" ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_FRAMES = re.compile(r"^(?:Traceback \(most recent call last\):|[ \t]+at \S)", re.MULTILINE)
_CALENDAR = re.compile(r"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun")
_SEPARATORS = ("-", "|", ":")
_KEYS = ("level=", "lvl=", "severity=")


def json_object(line: bytes, contract: Contract) -> dict[str, Any] | None:
    """Return the JSON object that a line is; None for plain text.

    Raises:
        Broken: `invalid_utf8`.
    """
    try:
        value = parse.value_of(line, contract.limits)
    except Broken as broken:
        if broken.reason == "invalid_utf8":
            raise
        return None
    return value if isinstance(value, dict) else None


def record(text: str, contract: Contract, service: str, now: Callable[[], datetime]) -> dict[str, Any]:
    """Return the record of one line and of those that go on with it.

    Args:
        text: The lines.
        contract: Knows the words of levels.
        service: The file's.
        now: For text without a time.
    """
    clean = _COLOUR.sub("", text).replace("\r\n", "\n").strip("\r\n")
    first, _, rest = clean.partition("\n")
    frames = _FRAMES.search(clean) is not None
    made = {
        "timestamp": _time(first) or now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "level": level(first, contract) or ("ERROR" if frames else "INFO"),
        "service": service,
        "module": foreign.UNKNOWN,
        "message": clean,
    }
    if frames and first.startswith("Traceback"):
        return made | {"message": clean.rstrip().rpartition("\n")[2], "exception_stacktrace": clean}
    return made | {"message": first, "exception_stacktrace": rest} if frames else made


def level(line: str, contract: Contract) -> str | None:
    """Return the level that stands in front of a message, behind a time, brackets and at most one name."""
    known = {word: word for word in contract.fields["level"].values} | contract.foreign.words
    tokens = line.split(maxsplit=PLACES)[:PLACES]
    named = False
    for number, token in enumerate(tokens):
        marked = token[0] in "[(<" or token[-1] in ":]>" or token.startswith(_KEYS)
        for part in re.split(r"[\[\]()<>|:,/=]", token):
            word = part.upper() if marked else part
            if word in known:
                return known[word]
        if marked or "=" in token or not token[0].isalpha() or _CALENDAR.fullmatch(token):
            continue
        if named or not (number or (tokens[1:2] and tokens[1] in _SEPARATORS)):
            return None
        named = True
    return None


def _time(line: str) -> str | None:
    """Return the time that a line begins with; without a zone it is UTC, as everywhere."""
    match = _TIME.match(line)
    if match is None:
        return None
    day, clock, fraction, zone = match.groups("")
    try:
        return times.utc(f"{day}T{clock}{fraction.replace(',', '.')}{zone or 'Z'}")
    except Broken:
        return None
