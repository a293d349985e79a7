"""Tokens by their build: a vendor nobody told us of is recognised, ids and names are not taken for one."""

from __future__ import annotations

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.redactor import Redactor

MASK = contract.load().redaction.mask


@pytest.mark.parametrize(
    "token",
    [
        "acme_live_9fQ2xZt7LmB4vKc1RwYs",  # small and capital letters and digits behind two words
        "acme_9fQ2xZt7LmB4vKc1RwYsPd6H",
        "zeta-pat-4hQ7vXb2_Lk9-TzR8mN3wYc",  # joints within the body
        "north.Qk3vY8tLz2RbX7mWc5Nd",
        "acme_8k2v9x4m1q7z3b6n5c0wd4",  # small letters and digits
        "acme_sk_0f3b9c7e2d1a4f8b6c5e9d7a3b1f2c4e",  # hexadecimal behind two words
        "9fQ2xZt7LmB4vKc1RwYsPd0HgJ",  # nothing in front, but longer and wilder
        "acme_9fQ2xZt7LmB4vKc1RwYs+Pd6H/aa==",
    ],
)
def test_a_token_is_known_by_its_build(token: str) -> None:
    """Whoever gave it out: in a sentence, quoted, at a text's end and in a query."""
    redactor = Redactor(contract.load())
    for text in (
        f"using {token} for the feed",
        f"connect('{token}')",
        f"rejected: {token}",
        f"GET /x?v={token}",
    ):
        assert redactor.text(text) == text.replace(token, MASK)


@pytest.mark.parametrize(
    "word",
    [
        "amaie-trader-7d9f8b6c4d-x2x9z",  # a pod
        "BINANCE-EMACross-000-0f04abf7-777e-4df0-ac60-69e23068b483",  # a strategy's order
        "x-TKT5PX2F1818e811892f902bd23f08",  # a broker's prefix of an order id
        "order_9fQ2xZt7LmB4vKc1RwYs",  # it says that it is an id
        "sha256-9fQ2xZt7LmB4vKc1RwYsPd6HgJk3TnVx",
        "commit_0f3b9c7e2d1a4f8b6c5e9d7a3b1f2c4e0f3b9c7e",
        "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",  # an address in base58
        "0xaa7774Ce08F3e46fD6EA0ae8e02445f902Be44bf",
        "ErrERC20AddressAlreadyAssigned",
        "selfTransfer_a1091cc7-9364-4b74-8de1-18f02c6f2d5c",
        "report_20251126T101500_binance_v2",
        "eyJtaW5JRCI6MTM1ODQ2OCwibWF4SUQiOjEzNTg0Njh9",  # JSON in base64, which is looked into
    ],
)
def test_an_id_is_no_token(word: str) -> None:
    """Names of pods, orders, checksums, addresses and constants stay as they are."""
    text = f"using {word} for the feed"
    assert Redactor(contract.load()).text(text) == text


def test_a_bare_random_value_is_judged_by_its_field_s_name() -> None:
    """A network's frame, a nonce, a cursor: with nothing in front only a sentence makes it a token."""
    word = "TEYXPA8EwvXpw7uD2udU8dUYxKi1qLlZbXLTEA4SIVdX6PQ31ornoHY4Xtlp992E"
    redactor = Redactor(contract.load())
    assert redactor.record({"frame": word, "note": f"using {word}"}) == {
        "frame": word,
        "note": f"using {MASK}",
    }


def test_a_name_in_front_calls_it_an_id() -> None:
    """A name decides before a shape."""
    redactor = Redactor(contract.load())
    text = "client order id acme_live_9fQ2xZt7LmB4vKc1RwYs was filled"
    assert redactor.text(text) == text
    assert redactor.record({"client_order_id": "acme_live_9fQ2xZt7LmB4vKc1RwYs"}) == {
        "client_order_id": "acme_live_9fQ2xZt7LmB4vKc1RwYs"
    }
