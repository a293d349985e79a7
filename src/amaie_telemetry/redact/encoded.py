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

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_PRINTABLE = frozenset(range(0x20, 0x7F)) | {9, 10, 13}
_GZIP, _ZLIB = b"\x1f\x8b", b"\x78"


class Encoded:
    """Finds words that are a text in disguise."""

    def __init__(self, rules: Redaction) -> None:
        """Compile the pattern of the contract."""
        self._run = re.compile(rules.patterns["encoded_run"])
        self._shortest, self._longest = rules.bounds.encoded_bytes
        self._head = rules.bounds.encoded_head_bytes

    def texts(self, text: str) -> Iterator[tuple[Span, str]]:
        """Yield the place and the decoded text of every such word."""
        for match in self._run.finditer(text):
            word = match.group().replace("\\n", "").replace("\r", "").replace("\n", "")
            inner = self._text(word[: self._longest])
            if inner is not None:
                yield match.span(), inner

    def _text(self, word: str) -> str | None:
        if _HEX.fullmatch(word):
            found = self._printable(bytes.fromhex(word))
            if found is not None:
                return found
        plain = word.rstrip("=").replace("-", "+").replace("_", "/")
        if len(plain) % 4 == 1:
            plain = plain[:-1]
        try:
            data = base64.b64decode(plain + "=" * (-len(plain) % 4))
        except (binascii.Error, ValueError):
            return None
        return self._printable(_inflated(data, self._longest))

    def _printable(self, data: bytes) -> str | None:
        """Return bytes as text if they are one."""
        if len(data) >= self._shortest and all(byte in _PRINTABLE for byte in data[: self._head]):
            return data.decode("utf-8", "replace")
        return None


def _inflated(data: bytes, longest: int) -> bytes:
    if not data.startswith((_GZIP, _ZLIB)):
        return data
    try:
        return zlib.decompressobj(wbits=47).decompress(data, longest)
    except zlib.error:
        return data
