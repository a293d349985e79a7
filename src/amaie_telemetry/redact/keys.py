"""What a field name says of its value: compared in small letters and digits, all else left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from amaie_telemetry.contract import Redaction

_NOT_FOLDED = re.compile(r"[^a-z0-9]+")
_LONGEST = 128
_REMEMBERED = 4096
_HINTING = re.compile(
    r"key|secret|token|pass|pwd|auth|sign|cred|seed|phrase|card|pan|phone|tel|mobile|iban|webhook|url"
)
_IDENTIFIER = re.compile(
    r"(?:ids?|oid|uid|uuid|guid|hash|digest|checksum|seq|sequence|nonce|ts|time|timestamp|at|epoch|ms|us|ns"
    r"|number|cursor|offset|version|symbol|price|amount|qty|quantity|size|volume|address)$"
)


class Verdict(NamedTuple):
    """What follows from a name."""

    denied: bool
    pseudonym: bool
    identifier: bool
    hinting: bool


def fold(key: str) -> str:
    """Return a key as the rules spell it: `X-MBX-APIKEY` and `x_mbx_apiKey` are `xmbxapikey`."""
    return _NOT_FOLDED.sub("", key[:_LONGEST].lower())


class Keys:
    """The verdicts on field names, remembered for each name."""

    def __init__(self, rules: Redaction) -> None:
        """Take the deny list of the contract."""
        self._rules = rules
        self._verdicts: dict[str, Verdict] = {}

    def denied(self, key: str) -> bool:
        """Return whether the value of this key must not be written."""
        return self.verdict(key).denied

    def pseudonym(self, key: str) -> bool:
        """Return whether the value of this key names a person."""
        return self.verdict(key).pseudonym

    def identifier(self, key: str) -> bool:
        """Return whether the value of this key is an id, hash, number or time by its name."""
        return self.verdict(key).identifier

    def hinting(self, key: str) -> bool:
        """Return whether this key is a hint that its value may be a secret."""
        return self.verdict(key).hinting

    def verdict(self, key: str) -> Verdict:
        """Return what follows from a name."""
        found = self._verdicts.get(key)
        if found is None:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            found = self._verdicts[key] = self._judge(fold(key))
        return found

    def _judge(self, folded: str) -> Verdict:
        rules = self._rules
        denied = folded not in rules.allow_keys and (
            folded in rules.deny_keys
            or folded.endswith(rules.deny_endings)
            or (bool(rules.deny_starts) and folded.startswith(rules.deny_starts))
        )
        hinting = bool(_HINTING.search(folded))
        identifier = not hinting and bool(_IDENTIFIER.search(folded))
        return Verdict(denied, folded in rules.pseudonym_keys, identifier, hinting)
