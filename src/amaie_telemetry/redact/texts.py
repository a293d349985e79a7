"""All that is looked for in one text: pairs, sentences, shapes, books, seeds; as it is and undisguised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.booktexts import Books
from amaie_telemetry.redact.checks import Checks
from amaie_telemetry.redact.encoded import Encoded
from amaie_telemetry.redact.evidence import Evidence
from amaie_telemetry.redact.looks import Looks
from amaie_telemetry.redact.names import Names
from amaie_telemetry.redact.near import Near
from amaie_telemetry.redact.pairs import Pairs
from amaie_telemetry.redact.seeds import Seeds
from amaie_telemetry.redact.shapes import Shapes
from amaie_telemetry.redact.views import Views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amaie_telemetry.contract import Redaction
    from amaie_telemetry.redact.secrets import Secrets

_REMEMBERED, _REMEMBERED_TEXT = 4096, 256
_DIGITS = str.maketrans("123456789", "000000000")


class Texts:
    """Finds what must not be written in texts."""

    def __init__(self, rules: Redaction, secrets: Secrets) -> None:
        """Take the rules of the contract, and the values that were registered."""
        self.names = Names(rules)
        self.looks = Looks(rules)
        checks = Checks(rules, self.names, self.looks)
        self._secrets = secrets
        self._pairs = Pairs(rules, self.names, self.looks)
        self._near = Near(rules, self.names, self.looks)
        self._shapes = Shapes(rules, rules.shapes, checks)
        self._plain = Shapes(rules, (shape for shape in rules.shapes if shape.identifiers), checks)
        self._plain_id, self._sign = (re.compile(rules.patterns[name]) for name in ("plain_id", "sign"))
        self._depth = rules.bounds.encoded_depth
        self._books = Books(rules)
        self.seeds = Seeds(rules)
        self._views = Views(rules)
        self._encoded = Encoded(rules)
        self._harmless: dict[str, bool] = {}

    def found(self, text: str, depth: int = 0) -> Iterable[Evidence]:
        """Return what must not be written in a text; quick for those that hold nothing of the kind."""
        if self._secrets and self._secrets.possible(text):
            return self._all(text, depth)
        if len(text) > _REMEMBERED_TEXT:
            return () if self._nothing(text) else self._all(text, depth)
        like = text.translate(_DIGITS)
        harmless = self._harmless.get(like)
        if harmless is None:
            if len(self._harmless) >= _REMEMBERED:
                self._harmless.clear()
            harmless = self._harmless[like] = self._nothing(like)
        return () if harmless else self._all(text, depth)

    def _nothing(self, text: str) -> bool:
        """Return whether nothing can be in a text; texts that differ in digits only are alike."""
        if not text.isascii() or "%" in text or "\\" in text or "&" in text or "\n" in text:
            return False
        lower = text.lower()
        return not (
            self._pairs.possible(lower)
            or self._shapes.possible(text, lower)
            or self._books.possible(text)
            or self.seeds.possible(text)
        )

    def in_identifier(self, text: str) -> Iterator[Evidence]:
        """Yield what must not be written in an id or symbol: what none has in it."""
        yield from self._registered(text)
        if self._plain_id.match(text):
            return
        lower = text.lower()
        yield from self._plain.spans(text, self._plain.candidates(text, lower))
        if self._sign.search(text) and self._pairs.possible(lower.translate(_DIGITS)):
            yield from self._pairs.spans(text, strong=True)

    def _all(self, text: str, depth: int) -> Iterator[Evidence]:
        yield from self._direct(text)
        for view in self._views.of(text):
            for start, end, rule, why in self._direct(view.text):
                yield Evidence(view.places[start], view.places[end], rule, f"undisguised, {why}")
        if depth < self._depth:
            for (start, end), inner in self._encoded.texts(text):
                hidden = next(iter(self.found(inner, depth + 1)), None)
                if hidden is not None:
                    yield Evidence(start, end, hidden.rule, f"encoded, {hidden.why}")

    def _direct(self, text: str) -> Iterator[Evidence]:
        lower = text.lower()
        yield from self._registered(text)
        if self._pairs.possible(lower.translate(_DIGITS)):
            yield from self._pairs.spans(text)
            yield from self._near.spans(text)
        yield from self._shapes.spans(text, self._shapes.candidates(text, lower))
        for start, end in self._books.spans(text):
            yield Evidence(start, end, "book", "price levels one after the other")
        if self.seeds.possible(text):
            for start, end in self.seeds.spans(text):
                yield Evidence(start, end, "seed", "words of BIP-39 with a right checksum")

    def _registered(self, text: str) -> Iterator[Evidence]:
        for start, end in self._secrets.spans(text):
            yield Evidence(start, end, "registered", "a value that the process registered")
