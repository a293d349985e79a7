"""From the bytes of a line to a JSON value, or the reason why there is none."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_ingest.errors import Broken

if TYPE_CHECKING:
    from amaie_telemetry.contract import Limits

BOM = "\ufeff"
NEEDS_DECIMAL = re.compile(rb"[:,\[][ \t]*-?(?:[0-9.]{17}|[0-9.]+[eE])")
"""Numbers that a double may not hold as they were written."""

_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\."
)
_PAIR = 12
_BRACKET = re.compile(r'"(?>(?:[^"\\]|\\.)*)"?|([\[{])|([\]}])')
_plain: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_exact: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


def text_of(line: bytes) -> str:
    """Return a line as text, without a byte order mark."""
    try:
        return line.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError:
        raise Broken("invalid_utf8") from None


def value_of(line: bytes, limits: Limits) -> Any:
    """Return the JSON value of a line; numbers that a double would bend are `Decimal`.

    Raises:
        Broken: `invalid_utf8`, `invalid_json` or `too_deep`.
    """
    text = text_of(line)
    if b"\\u" in line:
        text = _ESCAPE.sub(_mended, text)
    if line.count(b"[") + line.count(b"{") > limits.max_parse_depth and _depth(text) > limits.max_parse_depth:
        raise Broken("too_deep")
    decoder = _exact if NEEDS_DECIMAL.search(line) else _plain
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError, ArithmeticError):
        raise Broken("invalid_json") from None


def _mended(match: re.Match[str]) -> str:
    """Half a surrogate pair is no character: it becomes U+FFFD."""
    found = match.group()
    half = len(found) < _PAIR and found[1] == "u" and found[2:3] in ("d", "D")
    return "\\ufffd" if half else found


def _depth(text: str) -> int:
    deepest = depth = 0
    for match in _BRACKET.finditer(text):
        depth += bool(match.group(1)) - bool(match.group(2))
        deepest = max(deepest, depth)
    return deepest
