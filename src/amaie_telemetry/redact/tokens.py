"""Tokens by their build, whoever gave them out: readable words in front, then what nobody could think of.

`acme_live_4f9Qx…`: vendors put their name before a random body, so that scanners find it. A body alone must
be longer and wilder; an order's, a hash's or a pod's name is built otherwise or says in front what it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.looks import entropy
from amaie_telemetry.redact.names import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amaie_telemetry.contract import Redaction
    from amaie_telemetry.redact.looks import Looks
    from amaie_telemetry.redact.names import Names

_DIGIT = re.compile("[0-9]")
_HARMLESS = frozenset({Kind.IDENTIFIER, Kind.ABOUT})
_WORD = re.compile("[a-z]{2}")


class Tokens:
    """Tells tokens from ids by their build."""

    def __init__(self, rules: Redaction, names: Names, looks: Looks) -> None:
        """Take patterns, words and bounds of the contract."""
        self._names, self._looks, self._bounds = names, looks, rules.bounds
        self._digests, self._no_id = rules.words["digest"], rules.words["no_id"]
        used = ("joint", "prefix_part", "uuid_within", "scattered", "not_base58", "spelt")
        found = [re.compile(rules.patterns[name]) for name in used]
        self._joint, self._part, self._uuid, self._scattered, self._not_base58, self._spelt = found

    def built(self, word: str, *, alone: bool) -> bool:
        """Return whether a word is a token by its build; alone, as a field's value, its name judged it."""
        if len(word) < self._bounds.prefixed_chars:  # nearly every word of a text
            return False
        head, body = self._cut(self._uuid.sub("", word))
        shortest = self._bounds.prefixed_chars if len(head) > 1 else self._bounds.random_chars
        if len(body) < shortest or self._looks.date.search(body) or self._tells(head):
            return False
        cased = body.upper() != body != body.lower()
        if self._looks.hex.match(body):
            sure = cased or len(head) > 1
            return bool(head) and len(body) >= (
                self._bounds.hex_chars if sure else self._bounds.prefixed_hex_chars
            )
        if cased and (_DIGIT.search(body) or (head and self._looks.scrambled(body))):
            return self._mixed(body) and (bool(head) or (not alone and self._wild(body)))
        return bool(head) and self._plain(body)

    def _cut(self, word: str) -> tuple[Sequence[str], str]:
        """Return the readable words in front of a token, in small letters, and what follows them."""
        head: list[str] = []
        start = 0
        for joint in self._joint.finditer(word):
            part = word[start : joint.start()]
            if self._part.match(part) is None:
                break
            head.append(part.lower())
            start = joint.end()
        said = any(map(_WORD.search, head))
        return (head if said else []), word[start if said or not head else len(word) :].strip("_.-")

    def _tells(self, head: Sequence[str]) -> bool:
        """Return whether the words in front say that an id or a checksum follows."""
        return any(
            word.rstrip("0123456789") in self._digests
            or (word not in self._no_id and self._names.verdict(word).kind in _HARMLESS)
            for word in head
        )

    def _mixed(self, body: str) -> bool:
        looks = self._looks
        return entropy(body) >= self._bounds.mixed_bits and looks.unreadable(body) and not looks.slug(body)

    def _wild(self, body: str) -> bool:
        """Return whether a body without a head can be nothing else: no address, no CamelCase, no JSON."""
        return (
            len(body) >= self._bounds.wild_chars
            and self._not_base58.search(body) is not None
            and self._scattered.search(body) is not None
            and self._spelt.search(body) is None
        )

    def _plain(self, body: str) -> bool:
        """Return whether a body of small or of capital letters is random: its longest piece, or all of it."""
        pieces = self._joint.split(body)
        longest = "".join(pieces) if not any(map(self._looks.piece, pieces)) else max(pieces, key=len)
        return (
            len(longest) >= self._bounds.plain_chars
            and entropy(longest) >= self._bounds.plain_bits
            and len(_DIGIT.findall(longest)) > 2  # noqa: PLR2004 (one number stands in many a name)
            and self._scattered.search(longest) is not None
        )
