"""Words that hold a text in disguise, as the standard library disguises it; RFC 4648's own test vectors."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.encoded import Encoded

ENCODED = Encoded(contract.load().redaction)
SAID = "password = kestrel7Harbour >>>???"
WAYS = {
    "base64": base64.b64encode(SAID.encode()).decode(),
    "base64 for addresses": base64.urlsafe_b64encode(SAID.encode()).decode(),
    "base64 without filling": base64.b64encode(SAID.encode()).decode().rstrip("="),
    "base64 in lines": base64.b64encode(SAID.encode()).decode()[:24]
    + "\n"
    + base64.b64encode(SAID.encode()).decode()[24:],
    "base64 in lines of a literal": base64.b64encode(SAID.encode()).decode()[:24]
    + "\\n"
    + base64.b64encode(SAID.encode()).decode()[24:],
    "hexadecimal": SAID.encode().hex(),
    "hexadecimal in capitals": SAID.encode().hex().upper(),
    "gzip": base64.b64encode(gzip.compress(SAID.encode(), mtime=0)).decode(),
    "zlib": base64.b64encode(zlib.compress(SAID.encode())).decode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_disguised_text_is_read(way: str) -> None:
    """And its whole place is told."""
    word = WAYS[way]
    assert list(ENCODED.texts(f"body {word} end")) == [((5, 5 + len(word)), SAID)]


@pytest.mark.parametrize(
    "word",
    [
        hashlib.sha256(b"abc").hexdigest(),  # FIPS 180-4's example
        base64.b64encode(hashlib.sha256(b"abc").digest()).decode(),
        "00000000000000000000000000000000",
        "Order-2-placed-successfully",
        "dGhlIHNhbXBsZQ==",  # too short a word to be looked into: "the sample"
    ],
)
def test_what_is_no_text_is_left_alone(word: str) -> None:
    """Hashes, ids and slugs are words of the same letters."""
    assert not list(ENCODED.texts(f"body {word} end"))


@pytest.mark.parametrize(("plain", "word"), [("foobar", "Zm9vYmFy"), ("fooba", "Zm9vYmE=")])
def test_the_vectors_of_the_standard_repeated_are_read(plain: str, word: str) -> None:
    """RFC 4648, 10, as often as makes a long word."""
    if "=" in word:
        plain, word = plain * 3, base64.b64encode((plain * 3).encode()).decode()
    else:
        plain, word = plain * 3, word * 3
    assert [inner for _, inner in ENCODED.texts(word)] == [plain]


def test_a_bomb_is_read_to_its_bound() -> None:
    """A small word may hold a large text: no more of it is made than the contract says."""
    bomb = base64.b64encode(zlib.compress(b"a" * 10_000_000, 9)).decode()
    ((_, inner),) = ENCODED.texts(bomb)
    assert set(inner) == {"a"}
    assert len(inner) <= contract.load().redaction.bounds.encoded_bytes[1]
