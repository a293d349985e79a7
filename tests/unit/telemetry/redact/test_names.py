"""Verdicts on names: the last word decides, in the light of those before it."""

from __future__ import annotations

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.names import Kind, Names

NAMES = Names(contract.load().redaction)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("binanceApiKey", Kind.SECRET),
        ("api_keys", Kind.SECRET),
        ("hot_wallet_key", Kind.SECRET),
        ("privKeyHex", Kind.SECRET),
        ("twofa", Kind.SECRET),
        ("contraseña", Kind.SECRET),
        ("密码", Kind.SECRET),
        ("password_db", Kind.SECRET),
        ("date_of_birth", Kind.SECRET),
        ("customerLastName", Kind.PERSON),
        ("token", Kind.WEAK),
        ("seed", Kind.WEAK),
        ("partition_key", Kind.ABOUT),
        ("idempotencyKey", Kind.ABOUT),
        ("api_key_permissions", Kind.ABOUT),
        ("token_address", Kind.ABOUT),
        ("trader_id", Kind.IDENTIFIER),
        ("ticket", Kind.IDENTIFIER),
        ("params", Kind.OTHER),
        ("token_status", Kind.ABOUT),
    ],
)
def test_a_name_has_its_verdict(name: str, kind: Kind) -> None:
    """Casings, plurals, vendors' words, other languages; identifiers and names about secrets are none."""
    assert NAMES.verdict(name).kind is kind


def test_words_in_front_of_a_name_count() -> None:
    """In a text a name may have blanks in it."""
    assert NAMES.phrase("the api", "key").secret
    assert NAMES.phrase("partition", "key").kind is Kind.ABOUT


def test_every_name_that_denies_has_a_hint() -> None:
    """A text without any of the hints is not looked at, so each secret's name must have one."""
    rules = contract.load().redaction
    names = [*rules.deny_keys, *rules.deny_endings, *rules.deny_starts, *rules.words["secret"]]
    assert [name for name in names if not any(hint in name for hint in rules.name_hints)] == []
