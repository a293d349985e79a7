"""What a name says of its value: a secret, a person, an identifier, or nothing without a look at it.

A name is folded (`X-MBX-APIKEY`, `x_mbx_apiKey` are `xmbxapikey`) and looked up; then it is cut into words,
and the last word decides, in the light of those before it. In a text, the words before a name count, too.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amaie_telemetry.contract import Redaction

_NOT_FOLDED = re.compile(r"[\x00-/:-`{-\x7f]+")
_REMEMBERED = 4096


class Kind(StrEnum):
    """What is to be done with the value of a name."""

    SECRET = "secret"  # noqa: S105
    PERSON = "person"
    WEAK = "weak"
    IDENTIFIER = "identifier"
    ABOUT = "about"
    OTHER = "other"


class Verdict(NamedTuple):
    """What follows from a name, why, and whether its value is a whole line."""

    kind: Kind
    why: str
    line: bool = False

    @property
    def secret(self) -> bool:
        """Return whether the value must not be written."""
        return self.kind is Kind.SECRET


def fold(name: str) -> str:
    """Return a name as the rules spell it."""
    return _NOT_FOLDED.sub("", name.lower())


class Names:
    """The verdicts on names, remembered for each."""

    def __init__(self, rules: Redaction) -> None:
        """Take the lists of the contract."""
        self._rules = rules
        self._bounds = rules.bounds
        self._words = re.compile(rules.patterns["word"])
        self._lists = rules.words
        self._owners = frozenset(map(self._singular, rules.words["owner"]))
        self._foreign_endings = tuple(one for one in rules.words["foreign"] if not one.isascii())
        self._verdicts: dict[str, Verdict] = {}

    def verdict(self, name: str) -> Verdict:
        """Return what follows from a name; a number at its end says nothing."""
        if name[-1:].isdigit():
            name = name.rstrip("0123456789") or name
        found = self._verdicts.get(name)
        if found is None:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            found = self._verdicts[name] = self._judged(name)
        return found

    def phrase(self, before: str, name: str) -> Verdict:
        """Return what follows from a name in a text, with the words in front of it."""
        own = self.verdict(name)
        if own.kind in {Kind.SECRET, Kind.PERSON}:
            return own
        words = [*before.split()[-self._bounds.phrase_words :], *self._cut(name)]
        if len(words) < 2:  # noqa: PLR2004 (one word is no phrase)
            return own
        return self._phrased([self._singular(word.lower()) for word in words], own)

    def _phrased(self, words: Sequence[str], own: Verdict) -> Verdict:
        for count in range(2, min(len(words), self._bounds.phrase_words + 1) + 1):
            joined = "".join(words[-count:])
            if joined in self._rules.deny_keys or joined in self._rules.deny_endings or self._foreign(joined):
                return Verdict(Kind.SECRET, f"the words before it make it {joined}")
        last = words[-1]
        if last == "key" and words[-2] in self._lists["data_key"]:
            return Verdict(Kind.ABOUT, f"a key behind {words[-2]!r} is no secret's")
        if self._qualifies(words[-2], last):
            return Verdict(Kind.SECRET, f"{last!r} behind {words[-2]!r}")
        return own

    def _judged(self, name: str) -> Verdict:
        name = name[: self._bounds.name_chars]
        folded = fold(name)
        rules = self._rules
        if folded in rules.allow_keys:
            return Verdict(Kind.ABOUT, "in allow_keys")
        line = folded in rules.line_keys
        for one in (folded, folded.removesuffix("s")):
            if line or one in rules.deny_keys:
                return Verdict(Kind.SECRET, "in deny_keys", line)
            if rules.deny_endings and one.endswith(rules.deny_endings):
                return Verdict(Kind.SECRET, "ends like one of deny_endings")
        if folded in rules.pseudonym_keys:
            return Verdict(Kind.PERSON, "in pseudonym_keys")
        words = self._cut(name)
        found = self._by_words(words) if words else Verdict(Kind.OTHER, "no word in it")
        starts = bool(rules.deny_starts) and folded.startswith(rules.deny_starts)
        if starts and found.kind in {Kind.OTHER, Kind.WEAK}:
            return Verdict(Kind.SECRET, "starts like one of deny_starts")
        return found

    def _by_words(self, words: list[str]) -> Verdict:  # noqa: PLR0911 (one for each kind)
        last = words[-1]
        if self._foreign("".join(words)) or self._foreign(last):
            return Verdict(Kind.SECRET, f"{last!r} is a word for a password")
        if self._personal(words):
            return Verdict(Kind.PERSON, f"{last!r} is personal data")
        if last in self._lists["secret"]:
            return Verdict(Kind.SECRET, f"its word {last!r}")
        secret = next(
            (
                word
                for word in words
                if len(word) > self._bounds.short_word_chars and word in self._lists["secret"]
            ),
            None,
        )
        pair = next((n for n in range(1, len(words)) if self._qualifies_any(words[:n], words[n])), 0)
        if pair == len(words) - 1 and pair:
            return Verdict(Kind.SECRET, f"{last!r} behind {words[pair - 1]!r}")
        if last in self._lists["about"]:
            return Verdict(Kind.ABOUT, f"{last!r} only speaks about a value")
        if last in self._lists["identifier"]:
            return Verdict(Kind.IDENTIFIER, f"{last!r} is an id, a number or a word of trading")
        if secret or pair:
            return Verdict(Kind.SECRET, f"its word {secret or words[pair]!r}")
        return self._weak(words)

    def _weak(self, words: list[str]) -> Verdict:
        last = words[-1]
        if last == "key" and len(words) > 1 and words[-2] in self._lists["data_key"]:
            return Verdict(Kind.ABOUT, f"a key behind {words[-2]!r} is no secret's")
        if last in self._lists["weak"]:
            return Verdict(Kind.WEAK, f"{last!r} may name a secret: the value decides")
        for ending in self._lists["fused"]:
            if last.endswith(ending):
                if last.removesuffix(ending) in self._lists["data_key"]:
                    return Verdict(Kind.ABOUT, f"{last!r} is no secret's")
                return Verdict(Kind.WEAK, f"{last!r} may name a secret: the value decides")
        return Verdict(Kind.OTHER, "nothing in it names a secret")

    def _cut(self, name: str) -> list[str]:
        """Return the words of a name in the singular, without those that say nothing."""
        words = [self._singular(word.lower()) for word in self._words.findall(name)]
        while len(words) > 1 and (words[-1] in self._lists["dressing"] or words[-1].isdigit()):
            words.pop()
        return words

    def _qualifies(self, before: str, last: str) -> bool:
        owned = last in self._lists["owned"] and before in self._owners
        return owned or before in self._rules.qualified.get(last, ())

    def _qualifies_any(self, before: Sequence[str], last: str) -> bool:
        if last == "key" and before[-1] in self._lists["data_key"]:
            return False
        return last in self._rules.qualified and any(self._qualifies(word, last) for word in before)

    def _personal(self, words: Sequence[str]) -> bool:
        before = self._rules.personal.get(words[-1])
        if before is None:
            return False
        return not before or any(word in before for word in words[:-1])

    def _foreign(self, word: str) -> bool:
        return word in self._lists["foreign"] if word.isascii() else word.endswith(self._foreign_endings)

    def _singular(self, word: str) -> str:
        plural = len(word) >= self._bounds.plural_chars and word[-1] == "s" and word[-2] not in "sui"
        return word[:-1] if plural else word
