"""Secrets that sentences tell: what people and libraries write around them, and what only sounds alike."""

from __future__ import annotations

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.looks import Looks
from amaie_telemetry.redact.names import Names
from amaie_telemetry.redact.near import Near

RULES = contract.load().redaction
NEAR = Near(RULES, Names(RULES), Looks(RULES))
AWS = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
"""The secret access key of AWS's documentation."""


def told(text: str) -> list[str]:
    """Return what stands in the places that are found; two words of a sentence may tell of one."""
    return [text[start:end] for start, end in dict.fromkeys((one.start, one.end) for one in NEAR.spans(text))]


@pytest.mark.parametrize(
    "sentence",
    [
        "the secret access key is {}",
        "Incorrect API key provided: {} (you can find yours online)",  # as OpenAI says
        "Invalid token {} for this endpoint",
        "signing with secret {}",
        "rotated the credential - {}",
        "hmac ({}) does not match",
        "using API_KEY {}",
    ],
)
def test_a_random_word_behind_a_telling_one_is_found(sentence: str) -> None:
    """With a few filling words between them; nothing else of the sentence."""
    assert told(sentence.format(AWS)) == [AWS]


@pytest.mark.parametrize(
    ("sentence", "secret"),
    [
        ("password hunter2", "hunter2"),
        ("the password is hunter2", "hunter2"),
        ("passphrase set to correct-horse!", "correct-horse!"),
        ("das Passwort lautet x, the password lautet geheim", "geheim"),
        ("password was sesame, once", "sesame"),
    ],
)
def test_a_password_is_what_is_told_of_it(sentence: str, secret: str) -> None:
    """It need not look random: the verb says that it is one."""
    assert told(sentence) == [secret]


@pytest.mark.parametrize(
    "sentence",
    [
        "password required",
        "the password is wrong",
        "token expired after 3600 s",
        "primary key order_id 7xKq2mZ9vL4nB7cR1tY6 exists",
        "key not found: BTC-USDT-PERP",
        "monkey a8Xk2mQ9vL4nB7cR1tY6wZ3p",
        "signature of order 0f3b9c7e-2d1a-4f8b-9c5e-9d7a3b1f2c4e verified",
        "token bucket refilled with 20 tokens",
    ],
)
def test_a_sentence_about_a_secret_has_none(sentence: str) -> None:
    """States, data keys, ids and other words."""
    assert told(sentence) == []


def test_a_hash_is_a_key_only_behind_a_whole_name() -> None:
    """Behind `key` alone it may be an id."""
    word = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
    assert told(f"the private key {word}") == [word]
    assert told(f"the key {word}") == []


def test_the_rule_says_why() -> None:
    """For those who ask why a text was masked."""
    (one,) = NEAR.spans(f"the api key is {AWS}")
    assert one.rule == "near"
    assert "'key'" in one.why
