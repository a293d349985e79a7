"""All layers of redaction over one record: names, registered secrets, shapes, order books, people."""

from __future__ import annotations

import hmac
import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_telemetry.redact import books
from amaie_telemetry.redact.evidence import Masking
from amaie_telemetry.redact.names import Kind, fold
from amaie_telemetry.redact.secrets import Secrets
from amaie_telemetry.redact.texts import Texts

if TYPE_CHECKING:
    from amaie_telemetry.contract import Contract
    from amaie_telemetry.redact.evidence import Evidence

_PSEUDONYM = re.compile(r"p-[0-9a-f]{24}")


class Redactor:
    """Masks what must not leave the process; `count` is how many values it has masked so far."""

    def __init__(self, contract: Contract, pseudonym_key: bytes | None = None) -> None:
        """Take the rules of the contract, and the key of this deployment for the names of people."""
        rules = contract.redaction
        self.rules = rules
        self.secrets = Secrets()
        self.texts = Texts(rules, self.secrets)
        self._masking = Masking(rules)
        self.names = self.texts.names
        self.count = 0
        self.version = 0
        self.pseudonym_key = pseudonym_key
        self._levels = books.Levels(rules)
        self._named_key, self._naming = re.compile(rules.patterns["named_key"]), rules.words["name_keys"]
        self._frames, self._sent = rules.words["auth_frame"], rules.words["frame_arguments"]
        self._identifiers = {
            name for name, rule in contract.fields.items() if rule.redaction in {"safe", "identifier"}
        }

    def register(self, value: str | bytes) -> None:
        """Mask this value from now on, in every usual encoding."""
        self.secrets.register(value)
        self.version += 1

    def is_identifier(self, key: str) -> bool:
        """Return whether a text under this key is an id, a symbol or the like: by contract or name."""
        return key in self._identifiers or self.names.verdict(key).kind is Kind.IDENTIFIER

    def special(self, key: str) -> bool:
        """Return whether a key alone decides about its value."""
        kind = self.names.verdict(key).kind
        return kind in {Kind.SECRET, Kind.PERSON, Kind.WEAK} or fold(key) in self.rules.book_keys

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        decoded = self._json(text)
        return self._masked(decoded, self.texts.found(decoded))

    def explained(self, text: str) -> list[Evidence]:
        """Return what is masked in a text, by which rules."""
        return sorted(self.texts.found(text))

    def identifier(self, text: str) -> str:
        """Return an identifier, masked only where it holds a registered secret or what is no identifier."""
        if "\n" in text or "%" in text or "\\" in text or not text.isascii():
            return self.text(text)  # no identifier is written so
        return self._masked(text, self.texts.in_identifier(text))

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
        kind = Kind.IDENTIFIER if key in self._identifiers else self.names.verdict(key).kind
        if kind is Kind.SECRET:
            return self._denied(value)
        if kind is Kind.PERSON and not isinstance(value, dict | list):
            return self._pseudonym(str(value))
        if kind is Kind.WEAK and isinstance(value, str | int) and self.texts.looks.weakly(key, str(value)):
            return self._denied(value)
        if isinstance(value, str):
            return self.identifier(value) if kind is Kind.IDENTIFIER else self.text(value)
        if isinstance(value, dict):
            return self._dict(key, value)
        if isinstance(value, list | tuple):
            return self._list(key, value)
        if self.secrets and self.secrets.possible(str(value)):
            return self._denied(value)
        return value

    def _denied(self, value: Any) -> Any:
        """Return the mask in place of a secret; what only speaks about it stays."""
        if isinstance(value, str) and self.texts.looks.state(value):
            return value
        self.count += value != self.rules.mask
        return self.rules.mask

    def _dict(self, key: str, value: dict[str, Any]) -> dict[str, Any]:
        book = self._levels.summary(value, named=self._is_book(key))
        if book is not None:
            self.count += 1
            value = book
        name = next((item for one, item in value.items() if one in self._naming), None)
        if isinstance(name, str) and "value" in value and self.names.verdict(name).secret:
            self.count += value["value"] != self.rules.mask
            value = {**value, "value": self.rules.mask}
        return self.record(self._frame(value))

    def _frame(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return a frame that logs in to a stream without what it sends."""
        if not any(isinstance(one, str) and one.lower() in self._frames for one in value.values()):
            return value
        sent = {name: self.rules.mask for name in self._sent if isinstance(value.get(name), list)}
        self.count += len(sent)
        return {**value, **sent}

    def _list(self, key: str, value: list[Any] | tuple[Any, ...]) -> Any:
        book = self._levels.summary(value, named=self._is_book(key))
        if book is not None:
            self.count += 1
            return book
        words = len(value) in self.texts.seeds.sizes and all(isinstance(item, str) for item in value)
        if (words and any(self.texts.seeds.spans(" ".join(value)))) or self._is_key(value):
            self.count += 1
            return self.rules.mask
        made: list[Any] = []
        for item in value:
            before = made[-1] if made and isinstance(made[-1], str) and "=" not in made[-1] else ""
            named = before and self.names.verdict(before).secret and not self._names_secret(item)
            made.append(self.value(before if named else key, item))
        return made

    def _names_secret(self, item: Any) -> bool:
        return isinstance(item, str) and self.names.verdict(item).secret

    def _is_book(self, key: str) -> bool:
        return fold(key) in self.rules.book_keys

    def _key(self, key: str) -> str:
        redacted = self.identifier(key) if key.isdigit() else self.text(key)
        if redacted == key and self._named_key.match(key):
            self.count += 1
            return self.rules.mask
        return redacted

    def _masked(self, text: str, found: Any) -> str:
        redacted, count = self._masking.masked(text, found)
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
        return text if redacted == value else json.dumps(redacted, ensure_ascii=False, separators=(",", ":"))

    def _pseudonym(self, value: str) -> str:
        if _PSEUDONYM.fullmatch(value) or value == self.rules.mask:
            return value
        self.count += 1
        if self.pseudonym_key is None:
            return self.rules.mask
        return (
            "p-" + hmac.new(self.pseudonym_key, value.encode("utf-8", "replace"), "sha256").hexdigest()[:24]
        )

    def _is_key(self, value: list[Any] | tuple[Any, ...]) -> bool:
        """Return whether a list is a key as bytes: spread over all of them."""
        if len(value) not in self.rules.bounds.key_bytes:
            return False
        if not all(type(item) is int and 0 <= item < 256 for item in value):  # noqa: PLR2004
            return False
        return len(set(value)) * 2 > len(value) and max(value) > 127  # noqa: PLR2004
