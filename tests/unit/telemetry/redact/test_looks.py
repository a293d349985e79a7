"""What a value looks like, by examples of those who named the kinds: RFCs, FIPS, and what people type."""

from __future__ import annotations

import hashlib

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.looks import Looks, entropy, mixed

LOOKS = Looks(contract.load().redaction)
KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
"""The secret access key of AWS's documentation."""
UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
"""Of RFC 9562."""
HASH = hashlib.sha256(b"abc").hexdigest()
"""Of FIPS 180-4."""


@pytest.mark.parametrize(("text", "bits"), [("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("abcdefgh", 3.0)])
def test_entropy_is_that_of_shannon(text: str, bits: float) -> None:
    """Of letters that are equally frequent it is the logarithm of their number."""
    assert entropy(text) == pytest.approx(bits)


def test_a_key_is_random_a_hash_and_a_uuid_are_not() -> None:
    """Of a hash only a name can say that it is a key."""
    assert LOOKS.random(KEY)
    assert not LOOKS.random(UUID)
    assert not LOOKS.random(HASH)
    assert LOOKS.keylike(HASH)
    assert LOOKS.keylike(KEY)
    assert not LOOKS.keylike(UUID)


def test_an_address_on_a_chain_is_no_key() -> None:
    """EIP-55's example; a private key there is longer."""
    assert not LOOKS.keylike("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    assert LOOKS.keylike("0x" + HASH)


@pytest.mark.parametrize(
    "word", ["trades-2025q3", "mm-btc-v3", "amaie-core-1", "hooks/check.py", "linux/amd64", "en_GB.UTF-8"]
)
def test_a_word_of_readable_parts_is_a_slug(word: str) -> None:
    """Names that people give, and therefore no keys."""
    assert LOOKS.slug(word)
    assert not LOOKS.random(word)


def test_a_part_is_readable_or_not() -> None:
    """A version is, a drawn word is not."""
    assert all(map(LOOKS.piece, ("trader", "BTC", "v3", "2025", "mmBTC")))
    assert not any(map(LOOKS.piece, ("mnnzfe7bprm09k", "x7Kq2mZ9")))


def test_letters_alone_make_a_key_if_nobody_writes_them_so() -> None:
    """CamelCase is of both cases, too, but can be read."""
    assert LOOKS.scrambled("MmlzYJxJbqXeOEWYAYHN")
    assert not LOOKS.scrambled("ErrAddressAlreadyAssigned")
    assert not LOOKS.scrambled("PositionLimitExceededError")


@pytest.mark.parametrize(
    "value",
    ["changeme?", "${API_KEY}", "<your token>", "***", "xxxxx", "os.environ['KEY']", "%s", "./keys/prod.pem"],
)
def test_a_placeholder_only_speaks_about_a_secret(value: str) -> None:
    """Configuration is shown with what stands in place of the secret, or where it is."""
    assert LOOKS.plain(value) is (value != "changeme?")


@pytest.mark.parametrize("value", ["hunter2", "correct!horse", "P@ssw0rd", "kestrel7Harbour"])
def test_a_password_has_a_digit_or_a_sign(value: str) -> None:
    """Letters alone are a word of the sentence."""
    assert LOOKS.password(value)
    assert not LOOKS.password("required!")
    assert not LOOKS.password("2025-07-30")
    assert not LOOKS.password("1234.5")


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("pin", "1234", True),
        ("pin", "12", False),
        ("pin", "123456789", False),
        ("error_code", "8fK2", False),
        ("key", KEY, True),
        ("key", HASH, False),
        ("session_token", UUID, True),
        ("session", UUID, False),
        ("pass", "hunter2", True),
        ("pass", "second", False),
    ],
)
def test_a_weak_name_asks_for_a_value_that_looks_like_a_secret(
    name: str, value: str, *, secret: bool
) -> None:
    """A key may be one of a dictionary, a session an id, a pass the second of three."""
    assert LOOKS.weakly(name, value) is secret


def test_letters_and_digits_are_mixed() -> None:
    """Of any script."""
    assert mixed("a1")
    assert mixed("\u00e41")
    assert not mixed("ab")
    assert not mixed("12")
