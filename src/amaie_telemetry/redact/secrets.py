"""Values that the process knows to be secret: masked wherever they occur, in every usual encoding."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

SHORTEST = 4


class Secrets:
    """The registered values of a process."""

    def __init__(self) -> None:
        """Know no secret yet."""
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def register(self, value: str | bytes) -> None:
        """Add a secret.

        Raises:
            ValueError: The value is so short that masking it would spoil ordinary text.
        """
        text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
        text = text.strip()
        if len(text) < SHORTEST:
            raise ValueError(f"a secret has at least {SHORTEST} characters; this one has {len(text)}")
        self._forms |= set(forms(text))
        longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where registered secrets stand in a text."""
        if self._pattern is not None:
            for match in self._pattern.finditer(text):
                yield match.span()

    def possible(self, text: str) -> bool:
        """Return whether a registered secret stands in a text as it is."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def __bool__(self) -> bool:
        """Return whether any secret is known."""
        return self._pattern is not None


def forms(text: str) -> Iterator[str]:
    """Yield the usual spellings of a secret."""
    data = text.encode("utf-8", "surrogateescape")
    yield text
    yield quote(data, safe="")
    yield quote(data)
    yield quote_plus(data)
    yield re.sub("%[0-9A-F]{2}", lambda match: match.group().lower(), quote(data, safe=""))
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield json.dumps(json.dumps(text)[1:-1])[1:-1]
    yield repr(text)[1:-1]
    yield html.escape(text)
    yield data.hex()
    yield data.hex().upper()
    yield from _base64(data)


def _base64(data: bytes) -> Iterator[str]:
    """Yield the characters that base64 surely has for the data, at each of the three places it can start."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + data).decode().rstrip("=")
        # The first characters hold bits of what stands before, the last those of what stands after.
        start = (0, 2, 3)[shift]
        end = len(encoded) - (1 if (len(data) + shift) % 3 else 0)
        if end - start >= SHORTEST:
            yield encoded[start:end]
            yield encoded[start:end].replace("+", "-").replace("/", "_")
