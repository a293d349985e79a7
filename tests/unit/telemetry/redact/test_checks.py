"""Checks behind shapes, by the examples of those who made the formats."""

from __future__ import annotations

import base64
import re

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.checks import Checks, luhn
from amaie_telemetry.redact.looks import Looks
from amaie_telemetry.redact.names import Names

RULES = contract.load().redaction
CHECKS = Checks(RULES, Names(RULES), Looks(RULES))
PATTERNS = {shape.name: shape.pattern for shape in RULES.shapes}
VISA = "4111111111111111"
IBAN = "GB29 NWBK 6016 1331 9268 19"
"""Of SWIFT's registry of IBANs."""


def found(check: str, text: str, part: str) -> str | None:
    """Return what a check takes of the part of a text that a pattern has matched."""
    match = re.compile(f"({re.escape(part)})").search(text)
    assert match is not None
    span = CHECKS.table[check](match)
    return None if span is None else text[slice(*span)]


def test_luhn_is_that_of_its_patent() -> None:
    """79927398713 is the example that everybody gives: no other last digit is right."""
    assert luhn("79927398713")
    assert not any(luhn(f"7992739871{digit}") for digit in "012456789")


@pytest.mark.parametrize("number", [VISA, "5555 5555 5555 4444", "3782-822463-10005"])
def test_a_test_number_of_a_card_scheme_is_a_card(number: str) -> None:
    """Alone, and by its name; an id that happens to be one is spared."""
    assert found("card", number, number) == number
    assert found("card", f"paid with card {number}", number) == number
    assert found("card", f"order_id={number}", number) is None


def test_a_wrong_digit_makes_no_card() -> None:
    """Nor do digits that are all the same, or a price."""
    assert found("card", VISA[:-1] + "2", VISA[:-1] + "2") is None
    assert found("card", "0000000000000000", "0000000000000000") is None
    assert found("card", "411111111111.1111", "411111111111.1111") is None


def test_an_iban_ends_where_its_country_says() -> None:
    """What follows is another word."""
    assert found("iban", f"{IBAN} 77", f"{IBAN} 77") == IBAN
    assert found("iban", IBAN.replace("29", "28"), IBAN.replace("29", "28")) is None
    assert found("iban", "ZZ29 NWBK 6016 1331 9268 19", "ZZ29 NWBK 6016 1331 9268 19") is None


def test_basic_is_a_user_and_a_password() -> None:
    """RFC 7617's example; a word of base64 without a colon in it is another thing."""
    word = "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert found("basic", word, word) == word
    other = base64.b64encode(b"Aladdin, open sesame").decode()
    assert found("basic", other, other) is None


def test_a_jwt_has_parts_or_names_its_algorithm() -> None:
    """RFC 7515, A.1; a cursor is an object in base64 as well."""
    head = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    assert found("jwt", head, head) == head
    assert found("jwt", f"{head}.e30.dBjf", f"{head}.e30.dBjf") == f"{head}.e30.dBjf"
    cursor = base64.urlsafe_b64encode(b'{"last_id":12345,"side":"next"}').decode().rstrip("=")
    assert found("jwt", cursor, cursor) is None
    assert found("signed", cursor, cursor) is None


def test_an_object_is_signed_if_it_does_not_stay_text() -> None:
    """The bytes of a signature are none; a letter that was cut in two at the end says nothing."""
    said = base64.urlsafe_b64encode('{"name":"José","city":"Zürich €"}'.encode()).decode().rstrip("=")
    assert not any(found("signed", said[:size], said[:size]) for size in range(12, len(said)))
    signed = said + "_Zq7XwN0kV3bJtR8pLmY5"
    assert found("signed", signed, signed) == signed


def test_a_pair_is_of_two_drawn_words() -> None:
    """A name in front of a value is read elsewhere."""
    pair = "jPvpSnqg4GuwmAw23UvDWm==:3V9tpqHlCO0HgCVCL9jRP1rXY2bK3BEB"
    assert found("pair", pair, pair) == pair
    named = "market_data_stream:3V9tpqHlCO0HgCVCL9jRP1rXY2bK3BEB"
    assert found("pair", named, named) is None


def test_a_number_of_a_phone_is_no_id() -> None:
    """A name in front calls it one, and so does a tag of FIX."""
    number = "+442079460958"  # of Ofcom's numbers for drama
    assert found("phone", f"SMS to {number}", number) == number
    assert found("phone", f"order_id {number}", number) is None
    assert found("phone", f"35=8|37={number}", number) is None


def test_a_frame_sends_a_secret_if_it_logs_in() -> None:
    """What Bybit's documentation sends, and what subscribes."""
    login = '{"op": "auth", "args": ["api", 1662350400000, "signature"]}'
    args = '["api", 1662350400000, "signature"]'
    assert found("frame", login, args) == args
    assert found("frame", login.replace('"auth"', '"subscribe"'), args) is None


def test_parameters_are_secret_if_the_statement_has_a_secret_s_column() -> None:
    """As SQLAlchemy writes them."""
    text = "[SQL: insert into users (name, {}) values (?, ?)]\n[parameters: ('joe', 'x')]"
    assert found("statement", text.format("password"), "('joe', 'x')") == "('joe', 'x')"
    assert found("statement", text.format("city"), "('joe', 'x')") is None


def test_every_check_that_a_shape_names_is_one() -> None:
    """A shape that asks for nothing of ours would be refused when a process starts."""
    assert {shape.check for shape in RULES.shapes if shape.check} <= set(CHECKS.table)
