"""What a value looks like: a plain word, a random one, an id, a number: the evidence that a name asks for."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amaie_telemetry.contract import Redaction

_SPECIAL = frozenset("!@#$%^&*+?~")


def entropy(text: str) -> float:
    """Return the Shannon entropy of a text in bits per character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


def mixed(word: str) -> bool:
    """Return whether letters and digits stand in a word."""
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))


class Looks:
    """Judges single values."""

    def __init__(self, rules: Redaction) -> None:
        """Take the patterns of the contract."""
        self._bounds = rules.bounds
        self._plain, self._state = rules.words["plain"], rules.words["state"]
        self._endings = tuple(sorted(rules.words["token_endings"]))
        self._mask = rules.mask
        self._readable = re.compile(rules.patterns["readable"])
        names = ("placeholder", "number", "date", "hex", "uuid", "slug_part", "separators")
        found = {name: re.compile(rules.patterns[name], re.ASCII) for name in names}
        self.placeholder, self.number, self.date = (found[name] for name in names[:3])
        self.hex, self.uuid, self._part, self._separators = (found[name] for name in names[3:])

    def plain(self, value: str) -> bool:
        """Return whether a value only speaks about a secret: a state, a placeholder, the mask."""
        if self._mask in value:
            return True
        word = value.strip(" .,;:!?\"'`)(").lower()
        if not word or word in self._plain or self.placeholder.match(value.strip()) is not None:
            return True
        return self.path(value)

    def state(self, value: str) -> bool:
        """Return whether the value of a secret's field says only whether there is one."""
        word = value.strip().lower()
        if not word or self._mask in value or word in self._state or self.path(value):
            return True
        return self.placeholder.match(word) is not None

    def path(self, value: str) -> bool:
        """Return whether a value is the path of a file, in readable words: where a secret is, not what."""
        return value.startswith(("/", "~/", "./", "../")) and self.slug(value)

    def token(self, word: str) -> bool:
        """Return whether a word could be a key: random, of letters and digits or of both cases, no date."""
        if not (mixed(word) or self.scrambled(word)) or self.date.search(word) or self.number.match(word):
            return False
        return entropy(word) >= min(self._bounds.random_bits, math.log2(len(word)) - 1)

    def scrambled(self, word: str) -> bool:
        """Return whether letters alone make a key: small and capital ones, as nobody writes them."""
        cased = word not in {word.lower(), word.upper()}
        return cased and len(word) >= self._bounds.scrambled_chars and self.unreadable(word)

    def unreadable(self, word: str) -> bool:
        """Return whether a word is not made of words, as CamelCase is."""
        readable = sum(map(len, self._readable.findall(word)))
        return len(word) - readable >= self._bounds.scrambled_share * len(word)

    def random(self, word: str) -> bool:
        """Return whether a word can hardly be anything but a key: no hash, UUID, path, id of words."""
        if (
            len(word) < self._bounds.random_chars
            or not self.token(word)
            or self.hex.match(word)
            or self.uuid.match(word)
        ):
            return False
        return not self.slug(word)

    def keylike(self, word: str) -> bool:
        """Return whether a word is random, or hexadecimal of a key's length."""
        if self.hex.match(word):
            bounds = self._bounds
            address = len(word) == bounds.address_chars and word.startswith("0x")
            return len(word) >= bounds.hex_chars and not address and self.token(word)
        return self.random(word)

    def piece(self, part: str) -> bool:
        """Return whether a part between separators is readable: a word, a number, a version."""
        return self._part.match(part) is not None

    def slug(self, word: str) -> bool:
        """Return whether a word is made of readable parts: mm-btc-v3, trades-2025q3, hooks/check.py."""
        parts = [part for part in self._separators.split(word) if part]
        return len(parts) > 1 and all(map(self._part.match, parts))

    def password(self, word: str) -> bool:
        """Return whether a word looks like a password: not a plain word, number or date."""
        if self.number.match(word) or self.date.search(word):
            return False
        return mixed(word) or any(char in _SPECIAL for char in word.rstrip("!?"))

    def weakly(self, name: str, value: str) -> bool:  # noqa: PLR0911 (one for each kind of name)
        """Return whether the value of a name that may be a secret's is one."""
        last, bounds = name.lower(), self._bounds
        if self.plain(value):
            return False
        if last.endswith("pin"):
            return value.isdigit() and bounds.pin_digits[0] <= len(value) <= bounds.pin_digits[1]
        if last.endswith("pass"):
            return len(value) >= bounds.password_chars and self.password(value) and not self.slug(value)
        if last.endswith("code"):
            return False
        bare = last.rstrip("s") == "key" and name != "KEY"
        if bare:
            return self.random(value) or (value.startswith("0x") and len(value) > bounds.address_chars)
        if self.keylike(value):
            return True
        if not last.endswith(self._endings):
            return False
        return self.uuid.match(value) is not None or (len(value) >= bounds.token_chars and self._short(value))

    def _short(self, value: str) -> bool:
        """Return whether a short word has letters and digits as no symbol and no id of words has."""
        if not self.token(value) or self.hex.match(value) or self.uuid.match(value):
            return False
        return value.isalnum() and not value.isupper()
