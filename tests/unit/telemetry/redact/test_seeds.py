"""Seed phrases by their checksum: BIP-39's own vectors, and what its reference makes in other languages."""

from __future__ import annotations

import pytest
from mnemonic import Mnemonic

from amaie_telemetry import contract
from amaie_telemetry.redact.seeds import Seeds, words

SEEDS = Seeds(contract.load().redaction)
VECTORS = (
    "abandon " * 11 + "about",
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
    "zoo " * 11 + "wrong",
    "abandon " * 17 + "agent",
    "abandon " * 23 + "art",
    (
        "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen "
        "patrol group space point ten exist slush involve unfold"
    ),
)
"""Of trezor/python-mnemonic, `vectors.json`, to which BIP-39 refers."""


@pytest.mark.parametrize("phrase", VECTORS)
def test_a_phrase_of_the_standard_is_found_whole(phrase: str) -> None:
    """Where it stands is told to the letter."""
    text = f"restored from {phrase} again"
    assert SEEDS.possible(text)
    assert (14, 14 + len(phrase)) in set(SEEDS.spans(text))


@pytest.mark.parametrize("phrase", VECTORS)
def test_with_another_last_word_it_is_none(phrase: str) -> None:
    """Twelve words of the list are no phrase: the last one holds the checksum."""
    first, last = phrase.rsplit(" ", 1)
    changed = f"{first} {'ability' if last != 'ability' else 'able'}"
    assert not Mnemonic("english").check(changed)
    assert (0, len(changed)) not in set(SEEDS.spans(changed))


@pytest.mark.parametrize(
    "language", ["japanese", "spanish", "french", "korean", "chinese_simplified", "czech"]
)
def test_a_phrase_of_another_language_is_found(language: str) -> None:
    """Letters may be composed or not: BIP-39 asks for NFKD, people type NFC."""
    phrase = Mnemonic(language).to_mnemonic(bytes(range(16)))
    assert list(SEEDS.spans(phrase)) == [(0, len(phrase))]


def test_a_sentence_of_such_words_is_none() -> None:
    """Many of the words are everyday ones; a gap, or too few of them, ends a run."""
    assert not SEEDS.possible("buy order will open when the market price can rise again")
    far = " .............. ".join(VECTORS[0].split())
    assert not list(SEEDS.spans(far))


def test_every_list_has_the_words_that_the_standard_has() -> None:
    """2,048 of each language, in its order."""
    for language in ("english", "italian", "portuguese"):
        known = Mnemonic(language).wordlist
        assert [words()[word][language] for word in known] == list(range(2048))
