"""What was found gives way to the mask, whole: no pattern's bound leaves the rest of a secret behind."""

from __future__ import annotations

import random
import string

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.evidence import Evidence, Masking
from amaie_telemetry.redact.redactor import Redactor

MASKING = Masking(contract.load().redaction)
LETTERS = string.ascii_letters + string.digits
CARRIERS = (
    "api_key={}",
    "api_key={} and more",
    "password: {}, next",
    "Authorization: Bearer {}",
    "Cookie: session={}; theme=dark",
    "client_secret={}&scope=trade",
    "client-key-data: {}",
    "connect(token='{}')",
    "access_token {}",
    "--token {} --verbose",
    "postgres://trader:{}@db.internal/amaie",
    "https://{}@rpc.internal/v2",
)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("length", [40, 130, 257, 1025, 2500, 3900])
def test_a_long_secret_is_masked_to_its_end(carrier: str, length: int) -> None:
    """A login token of Amazon's databases has a thousand characters, a key in a kubeconfig two thousand."""
    draw = random.Random(length)  # noqa: S311 (no secret is made)
    secret = "".join(draw.choices(LETTERS, k=length))
    text = Redactor(contract.load()).text(carrier.format(secret))
    assert not any(secret[start : start + 12] in text for start in range(0, length - 12, 12))


def test_what_was_found_twice_is_masked_once() -> None:
    """Touching and overlapping spans are one."""
    spans = [Evidence(4, 8, "a"), Evidence(6, 10, "b"), Evidence(10, 12, "c")]
    assert MASKING.masked("key=0123456789 end", spans) == ("key=[REDACTED]89 end", 1)


def test_a_short_span_ends_where_its_rule_says() -> None:
    """What follows it within the word is not part of it: only a long one has met a bound."""
    text = "a" * 300 + " end"
    assert MASKING.masked(text, [Evidence(0, 40, "a")]) == ("[REDACTED]" + "a" * 260 + " end", 1)
    assert MASKING.masked(text, [Evidence(0, 128, "a")]) == ("[REDACTED] end", 1)


def test_a_long_span_that_ends_with_its_word_takes_nothing_of_the_next() -> None:
    """Blanks, brackets and quotation marks end a word."""
    for sign in " ])}\"'`,;&|":
        text = "a" * 200 + sign + "end"
        assert MASKING.masked(text, [Evidence(0, 200, "a")]) == (f"[REDACTED]{sign}end", 1)
