"""Which field names hold secrets: compared after folding case and removing everything but letters and digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amaie_telemetry.contract import Redaction

_NOT_FOLDED = re.compile(r"[^a-z0-9]+")
_REMEMBERED = 4096


def fold(key: str) -> str:
    """Return a key as the rules spell it: `X-MBX-APIKEY` and `x_mbx_apiKey` are `xmbxapikey`."""
    return _NOT_FOLDED.sub("", key.lower())


class Keys:
    """The verdict on field names, remembered for each name."""

    def __init__(self, rules: Redaction) -> None:
        """Take the deny list of the contract."""
        self._rules = rules
        self._verdicts: dict[str, bool] = {}

    def denied(self, key: str) -> bool:
        """Return whether the value of this key must not be written."""
        verdict = self._verdicts.get(key)
        if verdict is None:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            verdict = self._verdicts[key] = self._judge(fold(key))
        return verdict

    def pseudonym(self, key: str) -> bool:
        """Return whether the value of this key names a person."""
        return fold(key) in self._rules.pseudonym_keys

    def _judge(self, folded: str) -> bool:
        rules = self._rules
        if folded in rules.allow_keys:
            return False
        return (
            folded in rules.deny_keys
            or folded.endswith(rules.deny_endings)
            or folded.startswith(rules.deny_starts)
        )
