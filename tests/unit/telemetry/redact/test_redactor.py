# ruff: noqa: E501, S311, RUF001 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Single rules of redaction: names, registered values, checks, disguises, seeds, people, hostile input."""

from __future__ import annotations

import base64
import json
import random
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amaie_telemetry import contract
from amaie_telemetry.redact import Redactor, redact_record, redact_text, seeds, shared
from amaie_telemetry.redact.names import fold

if TYPE_CHECKING:
    from pathlib import Path

MASK = contract.load().redaction.mask


def redactor(**options: Any) -> Redactor:
    """Return a redactor that knows no secret yet."""
    return Redactor(contract.load(), **options)


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "PASSWORD",
        "apiKey",
        "API-KEY",
        "api_key",
        "binance_api_secret",
        "X-MBX-APIKEY",
        "CB-ACCESS-SIGN",
        "CB-ACCESS-PASSPHRASE",
        "OK-ACCESS-KEY",
        "KC-API-PASSPHRASE",
        "X-BAPI-SIGN",
        "API-Sign",
        "Authorization",
        "Set-Cookie",
        "listenKey",
        "client_secret",
        "mnemonic",
        "iban",
        "routing_key",
    ],
)
def test_the_value_of_a_secrets_name_is_masked_at_any_depth(key: str) -> None:
    """Case, dashes and underscores make no difference; numbers, texts, lists and objects are masked."""
    for value in ("x", 1234, ["a", "b"], {"a": 1}):
        assert redact_record({"a": [{"b": {key: value}}]}) == {"a": [{"b": {key: MASK}}]}
    assert redact_record({key: None}) == {key: None}
    assert redact_record({key: True}) == {key: True}


@pytest.mark.parametrize(
    "key",
    [
        "symbol",
        "price",
        "order_id",
        "trace_id",
        "token_count",
        "passed",
        "keyboard",
        "secretary_name",
        "design",
        "CB-ACCESS-TIMESTAMP",
        "idempotency_id",
        "signal",
    ],
)
def test_other_names_are_not_taken_for_a_secrets(key: str) -> None:
    """What only sounds like a secret stays."""
    assert redact_record({key: "BTC/USDT"}) == {key: "BTC/USDT"}


def test_keys_are_compared_by_letters_and_digits_only() -> None:
    """The folding that the rules of spec/logs.yaml are written in."""
    assert fold("X-MBX-ApiKey") == fold("x_mbx.apikey") == "xmbxapikey"


VALUE = "p@ss wörd/+\"'\\&=7Zq"


@pytest.mark.parametrize(
    "form",
    [
        VALUE,
        quote(VALUE, safe=""),
        quote(VALUE),
        json.dumps(VALUE)[1:-1],
        json.dumps(json.dumps(VALUE))[3:-3],
        repr(VALUE)[1:-1],
        VALUE.encode().hex(),
        base64.b64encode(VALUE.encode()).decode(),
        base64.urlsafe_b64encode(b"ab" + VALUE.encode() + b"cd").decode(),
        base64.b64encode(b"user:" + VALUE.encode()).decode(),
        VALUE[:9] + "\n" + VALUE[9:],
    ],
)
def test_a_registered_secret_is_masked_in_every_usual_encoding(form: str) -> None:
    """As it is, URL-, JSON-, base64- and hex-encoded, and broken over two lines; in messages, fields and ids."""
    own = redactor()
    own.register(VALUE)
    for record in ({"message": f"got {form} back"}, {"order_id": f"got {form}"}, {"deep": [{f"k{form}": 1}]}):
        text = json.dumps(own.record(record), ensure_ascii=False)
        assert MASK in text
        assert form[3:12] not in text.replace("\\\\", "\\").replace('\\"', '"')


def test_a_registered_number_is_masked_where_it_is_a_number() -> None:
    """A PIN that was registered as text is masked as a number, too."""
    own = redactor()
    own.register("904417")
    assert own.record({"entered": 904417, "price": 904.417}) == {"entered": MASK, "price": 904.417}


def test_a_secret_that_is_too_short_is_refused() -> None:
    """Masking "abc" everywhere would spoil ordinary text."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the text is compared below)
        redactor().register("abc")
    assert str(error.value) == "a secret has at least 4 characters; this one has 3"


@pytest.mark.parametrize(
    "text",
    [
        "ts 1732435200123 us 1732435200123456 ns 1732435200123456789",
        "order 4111111111111111 filled",
        "seq=378282246310005",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "tx 0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
        "key=BTC/USDT",
        "KeyError: 'api_key'",
        "Signature for this request is not valid.",
        "private key file is missing",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
        "kafka://broker-1:9092@orders",
        "wss://stream.example.com:9443/ws/btcusdt@depth",
        "P&L +12345.67890123 USDT",
        "token bucket has 5 left",
        "Risk limit approaching: current_drawdown=4.5%",
        "the first 12 words of this sentence are not words that a wallet could have been made from",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    """Epochs, ids, hashes, public keys and sentences about secrets."""
    assert redact_text(text) == text


@pytest.mark.parametrize(("text", "masked"), [
    ("password=hunter2", f"password={MASK}"),
    ("https://u:p%40ss@db:5432/x", f"https://u:{MASK}@db:5432/x"),
    ("card 4111 1111 1111 1111 ok", f"card {MASK} ok"),
    ("card 4111 1111 1111 1112 ok", "card 4111 1111 1111 1112 ok"),
    ("iban DE89370400440532013000", f"iban {MASK}"),
    ("iban DE88370400440532013000", "iban DE88370400440532013000"),
    ("mail bo@example.com now", f"mail {MASK} now"),
    ("call +49 170 1234567", f"call {MASK}"),
    ("Authorization: Basic YW1haWU6aHVudGVyMg==", f"Authorization: {MASK}"),
    ("Basic configuration loaded", "Basic configuration loaded"),
    ("pin: 4711", f"pin: {MASK}"),
    ('{"a": {"apiKey": "sk", "n": 1}}', f'{{"a":{{"apiKey":"{MASK}","n":1}}}}'),
    ("PA\\u200bSSWD=IZ%3KM#ywn*1qv1Hwk", "PA\\u200bSSWD=[REDACTED]"),
    ("p\\u0430ssphrase=IZ3KMywn1qv1Hwk", "p\\u0430ssphrase=[REDACTED]"),
    ("p&#1072;ssphrase=IZ3KMywn1qv1Hwk", "p&#1072;ssphrase=[REDACTED]"),
])  # fmt: skip
def test_shapes_mask_no_more_than_the_secret(text: str, masked: str) -> None:
    """What stands around it stays readable; checksums decide."""
    assert redact_text(text) == masked


def test_epochs_are_never_taken_for_cards() -> None:
    """A bare Luhn test would mask a tenth of all times in ms, µs and ns."""
    rng = random.Random(3)
    for _ in range(20_000):
        text = f"at {rng.randrange(10**9, 2 * 10**9) * 10 ** rng.choice([3, 6, 9]) + rng.randrange(1000)}"
        assert redact_text(text) == text


def test_a_seed_phrase_needs_a_right_checksum() -> None:
    """Words of the list alone are a sentence; with the checksum they are a wallet."""
    good = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    assert redact_text(f"note {good} end") == f"note {MASK} end"
    assert redact_record({"words": good.split()}) == {"words": MASK}
    bad = good.replace("yellow", "zoo")
    assert redact_text(f"note {bad} end") == f"note {bad} end"
    assert [*seeds.Seeds(contract.load().redaction).spans("abandon " * 11 + "about")] == [(0, 93)]


def test_people_are_pseudonymised_by_a_key() -> None:
    """Stable under one key, other under another, left alone the second time, masked without a key."""
    one, other = redactor(pseudonym_key=b"k" * 32), redactor(pseudonym_key=b"j" * 32)
    first = one.record({"user_id": "alice"})
    assert re.fullmatch("p-[0-9a-f]{24}", first["user_id"])
    assert one.record({"customer": {"user_id": "alice"}}) == {"customer": first}
    assert other.record({"user_id": "alice"}) != first
    assert one.record(first) == first
    assert redactor().record({"user_id": "alice"}) == {"user_id": MASK}


def test_headers_in_lists_and_pairs_are_recognised() -> None:
    """Lists of pairs, name/value objects, command lines."""
    assert redact_record({"h": [["X-MBX-APIKEY", "abc"], ["Accept", "*/*"]]}) == {
        "h": [["X-MBX-APIKEY", MASK], ["Accept", "*/*"]]
    }
    assert redact_record({"h": [{"name": "Cookie", "value": "a=b"}]}) == {
        "h": [{"name": "Cookie", "value": MASK}]
    }
    assert redact_record({"argv": ["--password", "hunter2", "-v"]}) == {"argv": ["--password", MASK, "-v"]}


def test_what_cannot_be_judged_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redaction fails closed."""
    own = redactor()

    def fail(*_: object) -> str:
        raise RuntimeError("no")

    monkeypatch.setattr(own.texts, "found", fail)
    assert own.value("note", "canary") == MASK


@pytest.mark.parametrize(
    "pattern",
    [
        "a",
        "key ",
        "ey",
        "eyJ.",
        "\"'",
        "\\",
        "[{(<",
        "a@",
        "4111 ",
        "%25",
        'password="',
        "secret ",
        "://a:",
        "secret=\n",
        "-----BEGIN PRIVATE KEY-----",
        "abandon ",
        "[1,2],",
        "а",
        "&token=",
        "+1 ",
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_size(pattern: str) -> None:
    """Nothing quadratic: with it, 256 KiB of these would take minutes and the test's time limit ends it."""
    text = pattern * (2**18 // len(pattern))
    assert isinstance(redact_text(text), str)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_masking_twice_is_masking_once(text: str) -> None:
    """For any text."""
    once = redact_text(text)
    assert redact_text(once) == once


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["price", "amount", "order_id", "trace_id", "n", "event_time"]),
        st.integers() | st.floats(allow_nan=False),
    )
)
def test_numbers_are_never_changed(record: dict[str, Any]) -> None:
    """Prices, amounts, times and counters under their own names."""
    assert redact_record(record) == record


def test_the_key_for_pseudonyms_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named by the environment; a missing or short key is an error at the start, not a weak hash."""
    file = tmp_path / "key"
    monkeypatch.setenv("AMAIE_PSEUDONYM_KEY_FILE", str(file))
    shared.cache_clear()
    with pytest.raises(FileNotFoundError):
        shared()
    file.write_bytes(b"short\n")
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the text is compared below)
        shared()
    assert str(error.value) == f"{file} holds 5 bytes; a key for pseudonyms has at least 16"
    file.write_bytes(b"k" * 32 + b"\n")
    assert redact_record({"user_id": "alice"}) == redactor(pseudonym_key=b"k" * 32).record(
        {"user_id": "alice"}
    )
    shared.cache_clear()
