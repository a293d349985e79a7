"""Words that hold a text in base64 or hexadecimal, perhaps compressed: found, to be looked into."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.contract import Redaction

    Span = tuple[int, int]

LONGEST = 65_536
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_PRINTABLE = frozenset(range(0x20, 0x7F)) | {9, 10, 13}
_GZIP, _ZLIB = b"\x1f\x8b", b"\x78"


class Encoded:
    """Finds words that are a text in disguise."""

    def __init__(self, rules: Redaction) -> None:
        """Compile the pattern of the contract."""
        self._run = re.compile(rules.patterns.get("encoded_run", "(?!)"))

    def texts(self, text: str) -> Iterator[tuple[Span, str]]:
        """Yield the place and the decoded text of every such word."""
        for match in self._run.finditer(text):
            word = match.group().replace("\\n", "").replace("\r", "").replace("\n", "")
            inner = _text(word[:LONGEST])
            if inner is not None:
                yield match.span(), inner


def _text(word: str) -> str | None:
    if _HEX.fullmatch(word):
        found = _printable(bytes.fromhex(word))
        if found is not None:
            return found
    plain = word.rstrip("=").replace("-", "+").replace("_", "/")
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None
    return _printable(_inflated(data))


def _inflated(data: bytes) -> bytes:
    if not data.startswith((_GZIP, _ZLIB)):
        return data
    try:
        return zlib.decompressobj(wbits=47).decompress(data, LONGEST)
    except zlib.error:
        return data


def _printable(data: bytes) -> str | None:
    """Return bytes as text if they are one."""
    if len(data) >= 8 and all(byte in _PRINTABLE for byte in data[:24]):  # noqa: PLR2004
        return data.decode("utf-8", "replace")
    return None
