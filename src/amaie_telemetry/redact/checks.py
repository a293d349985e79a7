"""What must hold for a match besides its pattern: checksums, and whether a word looks random."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}[T-][0-9]{6}|[0-9]{2}:[0-9]{2}:[0-9]{2}")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[._][0-9]+)*(?:[eE][+-]?[0-9]+)?")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_IDENTIFIER_BEFORE = re.compile(
    r"(?<![A-Za-z])(?:(?:client|exchange|parent|trade|order|fill|deal|exec|execution|transaction|txn|tx|request|req"
    r"|sequence|seq|nonce|update|event|block|batch|job|time|timestamp|ts|epoch|at|offset|cursor|hash|heartbeat)s?"
    r"|[A-Za-z_]{0,24}(?:id|ids|oid|ref|no|nr|number|time|ts))[^A-Za-z0-9]{0,4}$",
    re.IGNORECASE,
)
_CARD_BEFORE = re.compile(r"card|visa|amex|credit|debit|payment|(?<![A-Za-z])pan(?![A-Za-z])", re.IGNORECASE)
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR":
    29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20,
    "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR":
    27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30,
    "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC":
    27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI":
    19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22,
    "VG": 24, "XK": 20,
}  # fmt: skip
_CARDS = re.compile(
    r"4[0-9]{12}(?:[0-9]{3}){0,2}|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}|35[0-9]{14}|3(?:0[0-5]|[68][0-9])[0-9]{11}"
    r"|62[0-9]{14,17}|50[0-9]{14}|5[6-9][0-9]{14}"
)
_RANDOM = 3.0
"""Bits per character above which a word of 16 characters or more is no word."""


def entropy(text: str) -> float:
    """Return the Shannon entropy of a text in bits per character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


def token(match: re.Match[str]) -> bool:
    """Return whether a word looks like a key: random, with letters and digits, no date and no number."""
    word = _group(match)
    if not _mixed_characters(word) or _DATE.search(word) or _NUMBER.fullmatch(word):
        return False
    return entropy(word) >= min(_RANDOM, math.log2(len(word)) - 1)


def mixed(match: re.Match[str]) -> bool:
    """Return whether a word looks like a key and is neither hexadecimal nor a UUID."""
    word = _group(match)
    return token(match) and not _HEX.fullmatch(word) and not _UUID.fullmatch(word)


def alphanumeric(match: re.Match[str]) -> bool:
    """Return whether a word has small and capital letters and digits: no hash is written so."""
    word = _group(match)
    return (
        entropy(word) > 4.0  # noqa: PLR2004 (random base-62 of this length has over 5)
        and any(map(str.isdigit, word))
        and any(map(str.isupper, word))
        and any(map(str.islower, word))
    )


def password(match: re.Match[str]) -> bool:
    """Return whether a word looks like a password: not a plain word, number or date."""
    word = _group(match)
    if _NUMBER.fullmatch(word) or _DATE.search(word):
        return False
    return _mixed_characters(word) or any(char in "!@#$%^&*+?~" for char in word.rstrip("!?"))


def basic(match: re.Match[str]) -> bool:
    """Return whether a word is base64 of user:password."""
    word = _group(match)
    try:
        return b":" in base64.b64decode(word + "=" * (-len(word) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def luhn(match: re.Match[str]) -> bool:
    """Return whether digits are a payment card: issuer, length, checksum, and not called an id or a time."""
    digits = re.sub(r"[^0-9]", "", _group(match))
    if not _CARDS.fullmatch(digits) or len(set(digits)) < 2:  # noqa: PLR2004
        return False
    before = match.string[max(0, match.start() - 24) : match.start()]
    if _group(match) == digits and _IDENTIFIER_BEFORE.search(before) and not _CARD_BEFORE.search(before):
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def mod97(match: re.Match[str]) -> bool:
    """Return whether a text is an IBAN: country, length and checksum."""
    iban = re.sub(r"[^A-Za-z0-9]", "", _group(match)).upper()
    if _IBAN_LENGTHS.get(iban[:2]) != len(iban):
        return False
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


CHECKS: dict[str, Callable[[re.Match[str]], bool]] = {
    "alphanumeric": alphanumeric,
    "basic": basic,
    "luhn": luhn,
    "mixed": mixed,
    "mod97": mod97,
    "password": password,
    "token": token,
}
"""The names that a shape of spec/logs.yaml may write as its `check`."""


def _group(match: re.Match[str]) -> str:
    return match.group(match.lastindex or 0)


def _mixed_characters(word: str) -> bool:
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))
