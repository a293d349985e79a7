"""All layers of redaction over one record: field names, registered secrets, shapes, order books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amaie_telemetry.redact import books
from amaie_telemetry.redact.keys import Keys, fold
from amaie_telemetry.redact.shapes import Shapes

if TYPE_CHECKING:
    from amaie_telemetry.contract import Contract


class Redactor:
    """Masks what must not leave the process; `count` is how many values it has masked so far."""

    def __init__(self, contract: Contract) -> None:
        """Take the rules of the contract."""
        self.rules = contract.redaction
        self.keys = Keys(contract.redaction)
        self.shapes = Shapes(contract.redaction)
        self.safe = frozenset(name for name, rule in contract.fields.items() if rule.redaction == "safe")
        self.count = 0
        self.version = 0

    def special(self, key: str) -> bool:
        """Return whether a key alone decides about its value."""
        return self.keys.denied(key) or self.keys.pseudonym(key) or fold(key) in self.rules.book_keys

    def register(self, value: str | bytes) -> None:
        """Mask this value from now on."""
        self.version += 1

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        masked, found = self.shapes.mask(text)
        self.count += found
        return masked

    def value(self, key: str, value: Any) -> Any:
        """Return what may be written under a key: a scalar, dictionary or list of plain values."""
        if value is None or isinstance(value, bool):
            return value
        if self.keys.denied(key):
            if value != self.rules.mask:
                self.count += 1
            return self.rules.mask
        if isinstance(value, str):
            return value if key in self.safe else self.text(value)
        return self._container(key, value)

    def record(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record with every value redacted under its own key."""
        return {self.text(key): self.value(key, value) for key, value in record.items()}

    def _container(self, key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return self.record(value)
        if isinstance(value, list):
            summary = books.side(value, self.rules)
            return summary if summary is not None else [self.value(key, item) for item in value]
        return value
