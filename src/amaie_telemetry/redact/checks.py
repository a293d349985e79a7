"""What must hold for a shape besides its pattern: checksums, looks, and no name that says it is an id.

A check returns the span that is the secret, or None.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.looks import entropy
from amaie_telemetry.redact.names import Kind
from amaie_telemetry.redact.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.contract import Redaction
    from amaie_telemetry.redact.looks import Looks
    from amaie_telemetry.redact.names import Names

    Span = tuple[int, int]
    Check = Callable[[re.Match[str]], Span | None]

_DIGITS = re.compile(r"[0-9]")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_BRACKETS = re.compile(r"[\[\]{}]")


class Checks:
    """The checks that a shape of spec/logs.yaml may name."""

    def __init__(self, rules: Redaction, names: Names, looks: Looks) -> None:
        """Take lists and patterns of the contract."""
        self._names, self._looks = names, looks
        names_of = ("cards", "fix_tag", "frame", "column", "trading", "last_word", "ids_before")
        found = [re.compile(rules.patterns[name]) for name in names_of]
        self._cards, self._tag, self._frame, self._column = found[:4]
        self._trading, self._last_word, self._between = found[4:]
        self._card_words, self._no_domains = rules.words["card"], rules.words["no_domain"]
        self._bounds, self._tokens = rules.bounds, Tokens(rules, names, looks)
        self._iban = rules.iban_lengths
        self.table: dict[str, Check] = {
            "basic": _either(_basic),
            "built": self.built,
            "bytes": _either(self._key_bytes),
            "card": self.card,
            "email": _either(self._email),
            "foreign": _either(lambda word: not word.isascii()),
            "iban": self.iban,
            "jwt": _either(_jwt),
            "keylike": _either(looks.keylike),
            "pair": _either(lambda word: all(looks.random(one.rstrip("=")) for one in word.split(":"))),
            "password": _either(lambda word: looks.password(word) and not looks.plain(word)),
            "phone": self.phone,
            "random": _either(looks.random),
            "frame": self.frame,
            "signed": _either(_signed),
            "statement": self.statement,
            "told": _either(lambda word: not looks.plain(word)),
            "token": _either(looks.token),
            "wallet": _either(self._wallet),
        }

    def governed(self, text: str, start: int) -> bool:
        """Return whether a name in front of a number says that it is an id, or a FIX tag does."""
        bounds = self._bounds
        before = text[max(0, start - bounds.context_chars) : start]
        if self._tag.search(before, max(0, len(before) - bounds.tag_chars)):
            return True
        word = self._last_word.search(self._between.sub("", before)[-bounds.near_chars :])
        return word is not None and self._names.verdict(word.group()).kind is Kind.IDENTIFIER

    def card(self, match: re.Match[str]) -> Span | None:
        """Return digits that are a card: issuer, length, checksum; called a card, or grouped, or alone."""
        found = match.group()
        digits = re.sub(r"[^0-9]", "", found)
        if not self._cards.fullmatch(digits) or len(set(digits)) < 2 or not luhn(digits):  # noqa: PLR2004
            return None
        if _DECIMAL.fullmatch(found):
            return None
        text, start, end, bounds = match.string, *match.span(), self._bounds
        near = re.findall(r"[^\W\d_]+", text[max(0, start - bounds.near_chars) : start].lower())
        if self._card_words.isdisjoint(near):
            around = text[max(0, start - bounds.context_chars) : end + bounds.context_chars]
            long = len(digits) > bounds.bare_card_digits
            if self.governed(text, start) or (found == digits and (long or self._trading.search(around))):
                return None
        return start, end

    def iban(self, match: re.Match[str]) -> Span | None:
        """Return an IBAN: country, its length, checksum."""
        size = self._iban.get(match.group()[:2].upper(), 0)
        letters = [place for place, char in enumerate(match.group()) if char.isalnum()]
        if not size or len(letters) < size:
            return None
        end = letters[size - 1] + 1
        if match.group()[end : end + 1].isalnum():
            return None
        iban = "".join(filter(str.isalnum, match.group()[:end])).upper()
        if int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 != 1:
            return None
        return match.start(), match.start() + end

    def phone(self, match: re.Match[str]) -> Span | None:
        """Return a phone number: digits of its length that no name calls an id."""
        group, bounds = match.lastindex or 0, self._bounds
        fewest, most = bounds.phone_digits
        start, end = match.span(group)
        digits = len(_DIGITS.findall(match.group(group)))
        if not fewest <= digits <= most or self.governed(match.string, start):
            return None
        short = digits < bounds.long_phone_digits and match.group(group).lstrip("+").isdigit()
        around = match.string[max(0, start - bounds.context_chars) : end + bounds.near_chars]
        return None if short and self._trading.search(around) else (start, end)

    def built(self, match: re.Match[str]) -> Span | None:
        """Return a token by its build that no name in front calls an id."""
        alone = match.span(1) == (0, len(match.string))
        if not self._tokens.built(match.group(1), alone=alone) or self.governed(match.string, match.start()):
            return None
        return match.span(1)

    def frame(self, match: re.Match[str]) -> Span | None:
        """Return what a frame sends, if the operation in front of it logs in."""
        before = match.string[max(0, match.start() - self._bounds.context_chars) : match.start()]
        ends = [found.end() for found in self._frame.finditer(before)]
        return match.span(1) if ends and _BRACKETS.search(before, ends[-1]) is None else None

    def statement(self, match: re.Match[str]) -> Span | None:
        """Return the parameters of a statement of SQL that has a secret's column."""
        before = match.string[max(0, match.start() - self._bounds.statement_chars) : match.start()]
        _, sign, statement = before.rpartition("[SQL: ")
        names = self._column.findall(statement) if sign else []
        return match.span(1) if any(self._names.verdict(name).secret for name in names) else None

    def _email(self, word: str) -> bool:
        name, _, domain = word.replace("%40", "@").partition("@")
        return name != "git" and domain.rsplit(".", 1)[-1].lower() not in self._no_domains

    def _wallet(self, word: str) -> bool:
        """Return whether a word has small and capital letters and digits: no hash is written so."""
        kinds = (str.isdigit, str.isupper, str.islower)
        return entropy(word) > self._bounds.wallet_bits and all(any(map(kind, word)) for kind in kinds)

    def _key_bytes(self, word: str) -> bool:
        """Return whether a list of numbers is a key as bytes: no volumes, no sizes are spread like that."""
        numbers = {int(number) for number in re.findall(r"[0-9]{1,3}", word)}
        return max(numbers) in range(128, 256) and len(numbers) > self._bounds.key_numbers


def luhn(digits: str) -> bool:
    """Return whether the last digit is the check digit of the others."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _either(holds: Callable[[str], bool]) -> Check:
    """Return a check that takes the whole group or nothing."""

    def check(match: re.Match[str]) -> Span | None:
        group = match.lastindex or 0
        return match.span(group) if holds(match.group(group)) else None

    return check


def _basic(word: str) -> bool:
    """Return whether a word is base64 of user:password."""
    try:
        return b":" in base64.b64decode(word + "=" * (-len(word) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def _jwt(word: str) -> bool:
    """Return whether a word is a token of several parts, or the first of one that names an algorithm."""
    return word.count(".") >= 2 or '"alg"' in _said(word.partition(".")[0])  # noqa: PLR2004


def _signed(word: str) -> bool:
    """Return whether a word of base64 does not stay text: what it says is followed by a signature."""
    return "\ufffd" in _said(word)[:-1]  # a letter may have been cut at the end


def _said(word: str) -> str:
    """Return what a word of base64 says, as far as it has whole groups of letters."""
    try:
        return base64.urlsafe_b64decode(word[: len(word) // 4 * 4]).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""
