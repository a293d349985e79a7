"""Seed phrases of wallets in all languages of BIP-39, made by `mnemonic` (MIT), its reference."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mnemonic import Mnemonic

from corpus.outside.case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

STRENGTHS = (128, 192, 256)


def cases() -> Iterator[Case]:
    """Yield phrases of three lengths in each language, in a sentence, alone, as a list and under a name."""
    for language in sorted(Mnemonic.list_languages()):
        words = Mnemonic(language)
        for strength in STRENGTHS:
            entropy = hashlib.sha512(f"{language}{strength}".encode()).digest()[: strength // 8]
            phrase = words.to_mnemonic(entropy)
            rule = f"BIP-39 {language}"
            yield Case("mnemonic", rule, "sentence", f"restored from {phrase} again", {}, phrase)
            yield Case("mnemonic", rule, "alone", phrase, {}, phrase)
            yield Case("mnemonic", rule, "quoted", f"from_mnemonic({phrase!r})", {}, phrase)
            yield Case("mnemonic", rule, "list", "restored", {"words": phrase.split()}, phrase.split()[0])
            yield Case("mnemonic", rule, "name", "restored", {"mnemonic": phrase}, phrase)
