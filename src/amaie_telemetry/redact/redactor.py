"""All layers of redaction over one record: field names, registered secrets, shapes, order books, people."""

from __future__ import annotations

import hmac
import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_telemetry.redact import books, encoded, seeds
from amaie_telemetry.redact.keys import Keys, fold
from amaie_telemetry.redact.secrets import Secrets
from amaie_telemetry.redact.shapes import Shapes, masked
from amaie_telemetry.redact.views import views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.contract import Contract
    from amaie_telemetry.redact.shapes import Span

_PSEUDONYM = re.compile(r"p-[0-9a-f]{24}")
_NAMED_KEY = re.compile(r"(?=[^0-9]{0,64}[0-9])(?=[^a-z]{0,64}[a-z])(?=[^A-Z]{0,64}[A-Z])[A-Za-z0-9]{64}")
_DEPTH = 2
"""How often a text in base64 may hold another one."""


class Redactor:
    """Masks what must not leave the process; `count` is how many values it has masked so far."""

    def __init__(self, contract: Contract, pseudonym_key: bytes | None = None) -> None:
        """Take the rules of the contract, and the key of this deployment for the names of people."""
        rules = contract.redaction
        self.rules = rules
        self.keys = Keys(rules)
        self.secrets = Secrets()
        self.count = 0
        self.version = 0
        self.pseudonym_key = pseudonym_key
        self._shapes = Shapes(rules.shapes, rules.mask)
        self._plain_shapes = Shapes((shape for shape in rules.shapes if shape.identifiers), rules.mask)
        self._identifiers = {
            name for name, rule in contract.fields.items() if rule.redaction in {"safe", "identifier"}
        }

    def register(self, value: str | bytes) -> None:
        """Mask this value from now on, in every usual encoding."""
        self.secrets.register(value)
        self.version += 1

    def is_identifier(self, key: str) -> bool:
        """Return whether a text under this key is an id, a symbol or the like: by contract or name."""
        return key in self._identifiers or self.keys.identifier(key)

    def special(self, key: str) -> bool:
        """Return whether a key alone decides about its value."""
        return self.keys.denied(key) or self.keys.pseudonym(key) or fold(key) in self.rules.book_keys

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return self._text(text, 0)

    def identifier(self, text: str) -> str:
        """Return an identifier, masked only where it holds a registered secret or what is no identifier."""
        if "\n" in text or "%" in text or "\\" in text or not text.isascii():
            return self.text(text)  # no identifier is written so
        return self._masked(text, [*self.secrets.spans(text), *self._plain_shapes.spans(text)])

    def value(self, key: str, value: Any) -> Any:
        """Return what may be written under a key: a scalar, dictionary or list of plain values."""
        if value is None or isinstance(value, bool):
            return value
        try:
            return self._value(key, value)
        except Exception:  # noqa: BLE001 (what cannot be judged is not written)
            self.count += 1
            return self.rules.mask

    def record(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record with every value redacted under its own key."""
        return {self._key(key): self.value(key, value) for key, value in record.items()}

    def _value(self, key: str, value: Any) -> Any:  # noqa: PLR0911 (one for each kind of value)
        if self.keys.denied(key):
            self.count += value != self.rules.mask
            return self.rules.mask
        if self.keys.pseudonym(key) and not isinstance(value, dict | list):
            return self._pseudonym(str(value))
        if isinstance(value, str):
            return self._string(key, value)
        if isinstance(value, dict):
            return self._dict(value)
        if isinstance(value, list | tuple):
            return self._list(key, value)
        if self.secrets and self.secrets.possible(str(value)):
            self.count += 1
            return self.rules.mask
        return value

    def _string(self, key: str, value: str) -> str:
        if self.is_identifier(key):
            return self.identifier(value)
        if not self.keys.hinting(key):
            return self.text(value)
        named = f"{key}={value}"  # the key is part of what the shapes look for
        redacted = self.text(named)
        return redacted[len(key) + 1 :] if redacted.startswith(f"{key}=") else self.rules.mask

    def _dict(self, value: dict[str, Any]) -> dict[str, Any]:
        book = books.summary(value, self.rules.book_levels)
        if book is not None:
            self.count += 1
            value = book
        name = next((value[key] for key in ("name", "key", "header", "field") if key in value), None)
        if isinstance(name, str) and "value" in value and self.keys.denied(name):
            self.count += value["value"] != self.rules.mask
            value = {**value, "value": self.rules.mask}
        return self.record(value)

    def _list(self, key: str, value: list[Any] | tuple[Any, ...]) -> Any:
        book = books.summary(value, self.rules.book_levels)
        if book is not None:
            self.count += 1
            return book
        words = len(value) in seeds.SIZES and all(isinstance(item, str) for item in value)
        if words and any(seeds.spans(" ".join(value))):
            self.count += 1
            return self.rules.mask
        made: list[Any] = []
        for item in value:
            before = made[-1] if made and isinstance(made[-1], str) and "=" not in made[-1] else ""
            made.append(self.value(before if before and self.keys.denied(before) else key, item))
        return made

    def _key(self, key: str) -> str:
        redacted = self.identifier(key) if key.isdigit() else self.text(key)
        if redacted == key and len(key) == 64 and _NAMED_KEY.fullmatch(key):  # noqa: PLR2004
            self.count += 1
            return self.rules.mask
        return redacted

    def _text(self, text: str, depth: int) -> str:
        candidates = self._shapes.candidates(text)
        disguised = not text.isascii() or "%" in text or "\\" in text or "&" in text
        if not (
            candidates
            or disguised
            or self.secrets.possible(text)
            or seeds.possible(text)
            or text.count(",") >= self.rules.book_levels
        ):
            return text
        text = self._json(text)
        return self._masked(text, self._spans(text, depth))

    def _spans(self, text: str, depth: int) -> Iterator[Span]:
        yield from self._direct(text)
        for view in views(text):
            for start, end in self._direct(view.text):
                yield view.places[start], view.places[end]
        if depth < _DEPTH:
            for span, inner in encoded.texts(text):
                if self._text(inner, depth + 1) != inner:
                    yield span

    def _direct(self, text: str) -> Iterator[Span]:
        yield from self.secrets.spans(text)
        yield from self._shapes.spans(text)
        yield from books.spans(text)
        if seeds.possible(text):
            yield from seeds.spans(text)

    def _masked(self, text: str, spans: Any) -> str:
        redacted, count = masked(text, spans, self.rules.mask)
        self.count += count
        return redacted

    def _json(self, text: str) -> str:
        """Return a text that is JSON with its values redacted under their keys."""
        if text[:1] not in {"{", "["} or text[-1:] not in {"}", "]"}:
            return text
        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return text
        redacted = self.value("", value)
        return text if redacted == value else json.dumps(redacted, ensure_ascii=False)

    def _pseudonym(self, value: str) -> str:
        if _PSEUDONYM.fullmatch(value) or value == self.rules.mask:
            return value
        self.count += 1
        if self.pseudonym_key is None:
            return self.rules.mask
        return (
            "p-" + hmac.new(self.pseudonym_key, value.encode("utf-8", "replace"), "sha256").hexdigest()[:24]
        )
