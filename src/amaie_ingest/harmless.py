"""Tells without much looking that a record needs no closer look: nothing in it could be a secret.

Any line may say that our library wrote it, and so that it is redacted already; a foreign one that lies gains
nothing here. A text is let through only if it has no word that speaks of a secret, and nothing that a secret
is made of: no long run of the characters of tokens, few digits in a row, no address, no escape, few words.
Whatever has one of those, the redactor judges; what it has left as it is once is remembered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import attrgetter
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any

from ahocorasick_rs import AhoCorasick

if TYPE_CHECKING:
    from amaie_telemetry.contract import Contract, Redaction
    from amaie_telemetry.redact import Redactor

TELLING = 3
"""Characters of a hint from which on it says something; shorter ones stand in every text."""

TOKEN, NUMBER, WORDS = 16, 9, 12
"""So many characters of a token, digits in a row, words of a phrase at least has what a secret is made of."""

REMEMBERED = 65_536
_ALL = bytes(range(256))
_TOKENS = bytes(97 if chr(one) in ascii_letters + digits + "_+/=.~-" else 32 for one in _ALL)
_NUMBERS = bytes(48 if chr(one) in digits else one if one in b"+." else 32 for one in _ALL)
"""Characters of tokens as `a`, digits as `0`: what to look for is then one run."""
_BETWEEN = b" ()-"
_LONG, _MANY, _DIALLED, _DOTTED = b"a" * TOKEN, b"0" * NUMBER, b"+0", b"000.000.0000"
PLAIN_ID = re.compile(
    r"[0-9a-f]{16,40}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{1,19}"
    r"|[A-Za-z]{1,6}[-_:][0-9]{1,12}"
)
"""Identifiers that no rule takes for anything else; most of them are seen once only."""


class Harmless:
    """Looks at the texts, words and identifiers of a record."""

    def __init__(self, contract: Contract, redactor: Redactor, names: frozenset[str]) -> None:
        """Take the rules.

        Args:
            contract: Says what each field holds.
            redactor: Judges what is not harmless at first sight.
            names: The fields that a record may have.
        """
        self._hints = AhoCorasick(_telling(contract.redaction)).find_matches_as_indexes
        rules = {name: rule for name, rule in contract.fields.items() if name in names and not rule.values}
        texts = [name for name, rule in rules.items() if rule.type == "text" or rule.redaction == "text"]
        words = [name for name, rule in rules.items() if rule.type == "keyword" and name not in texts]
        ids = [name for name in words if redactor.is_identifier(name) and name != "event_id"]
        self._texts, self._words, self._ids = (
            attrgetter(*found) for found in (texts, [name for name in words if name not in ids], ids)
        )
        self._clean = lru_cache(REMEMBERED)(lambda text: redactor.text(text) == text)
        self._clean_id = lru_cache(REMEMBERED)(lambda text: redactor.identifier(text) == text)
        self._clean_words = lru_cache(REMEMBERED)(self._each)

    def __call__(self, entry: Any) -> bool:
        """Tell whether nothing in a record would be masked."""
        for text in filter(None, self._texts(entry)):
            if not self.text(text):
                return False
        for one in filter(None, self._ids(entry)):
            if not PLAIN_ID.fullmatch(one) and not self._clean_id(one):
                return False
        return self._clean_words(self._words(entry))

    def text(self, text: str) -> bool:
        """Tell whether nothing in a text would be masked."""
        return (not self._hints(text.lower()) and not _suspicious(text)) or self._clean(text)

    def _each(self, words: tuple[Any, ...]) -> bool:
        return all(not word or self._clean(word) for word in words)


def _suspicious(text: str) -> bool:
    if not text.isascii():
        return True
    raw = text.encode()
    if b"@" in raw or b"&" in raw or b"\\" in raw or raw.count(b" ") >= WORDS - 1:
        return True
    if _LONG in raw.translate(_TOKENS):
        return True
    numbers = raw.translate(_NUMBERS, _BETWEEN)
    return _MANY in numbers or _DIALLED in numbers or _DOTTED in numbers


def _telling(rules: Redaction) -> list[str]:
    """Return the hints of secrets that ordinary texts rarely hold."""
    hints = {hint for shape in rules.shapes for hint in shape.hints} | set(rules.name_hints)
    return sorted(hint for hint in hints if len(hint) >= TELLING)
