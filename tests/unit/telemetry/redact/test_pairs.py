"""Names and values in every syntax that people and programs write: the value is found, and nothing else."""

from __future__ import annotations

import configparser
import io
import json
import shlex
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.looks import Looks
from amaie_telemetry.redact.names import Names
from amaie_telemetry.redact.pairs import Pairs

RULES = contract.load().redaction
PAIRS = Pairs(RULES, Names(RULES), Looks(RULES))
SECRET = "kestrel7Harbour"  # noqa: S105 (drawn for this file)


def values(text: str, *, strong: bool = False) -> list[str]:
    """Return what stands in the places that are found."""
    return [text[start:end] for start, end, *_ in PAIRS.spans(text, strong=strong)]


def _ini() -> str:
    made, text = configparser.ConfigParser(), io.StringIO()
    made["db"] = {"user": "joe", "password": SECRET}
    made.write(text)
    return text.getvalue()


def _xml() -> str:
    root = ET.Element("db")
    ET.SubElement(root, "user").text = "joe"
    ET.SubElement(root, "password").text = SECRET
    return ET.tostring(root, encoding="unicode")


SYNTAXES = {
    "JSON": json.dumps({"user": "joe", "password": SECRET, "port": 5432}),
    "JSON in JSON": json.dumps(json.dumps({"user": "joe", "password": SECRET, "port": 5432})),
    "Python": repr({"user": "joe", "password": SECRET}),
    "pairs of Python": repr([("user", "joe"), ("password", SECRET)]),
    "bytes of Python": repr([(b"user", b"joe"), (b"password", SECRET.encode())]),
    "call": f"connect(user='joe', password='{SECRET}', port=5432)",
    "environment": f"USER=joe DB_PASSWORD={SECRET} LANG=C",
    "shell": shlex.join(["login", "--user", "joe", "--password", SECRET, "--now"]),
    "query": urlencode({"user": "joe", "password": SECRET, "port": 5432}),
    "header": f"X-Api-Secret: {SECRET}",
    "ini": _ini(),
    "XML": _xml(),
    "yaml": f"user: joe\npassword: {SECRET}\nport: 5432",
    "Go": f"{{User:joe Password:{SECRET}}}",
    "Ruby": f'{{"user" => "joe", "password" => "{SECRET}"}}',
    "make": f"PASSWORD := {SECRET}",
    "C++": f'password::"{SECRET}"',
    "table": f"| user | joe |\n| password | {SECRET} |",
}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_value_of_a_secret_s_name_is_found(syntax: str) -> None:
    """Once, to the letter."""
    assert values(SYNTAXES[syntax]) == [SECRET]


@pytest.mark.parametrize(
    "text",
    [
        "user=joe port=5432",
        "password=",
        "password: null, token: ***",
        "password: ${DB_PASSWORD}",
        "key=BTC-USDT order_id=7xKq2mZ9vL4nB7cR1tY6",
        "max_tokens=4096 token_count=17",
        "https://vendor.example/password",
        "primary_key: 17",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Other names, states, placeholders, numbers that a name counts."""
    assert values(text) == []


def test_a_pair_of_a_name_and_a_value_is_read_as_one() -> None:
    """As Kubernetes and others write an environment."""
    assert values(f'name="API_SECRET" value="{SECRET}"') == [SECRET]
    assert values(f'name="API_HOST" value="{SECRET}"') == []


def test_a_line_below_its_name_belongs_to_it() -> None:
    """YAML's block of text."""
    assert values(f"private_key: |\n  {SECRET}2\nnext: 1") == [f"{SECRET}2"]


def test_a_quotation_that_is_never_closed_ends_with_its_line() -> None:
    """A cut record must not take the next one with it."""
    assert values(f'password="{SECRET}\nnext line') == [SECRET]


def test_a_value_is_read_once() -> None:
    """What looks like a name within it is a part of the secret."""
    assert values(f"password='token={SECRET}'") == [f"token={SECRET}"]


def test_in_an_id_only_names_that_leave_no_doubt_count() -> None:
    """An id may have `key` in it; no id has a password."""
    assert values(f"password={SECRET}", strong=True) == [SECRET]
    assert values("key=a8Xk2mQ9vL4nB7cR1tY6wZ3p", strong=True) == []
    assert values("--password x9Yz8", strong=True) == []


def test_a_text_without_a_hint_is_done_with_at_once() -> None:
    """Small letters, zeros for digits; other scripts are always looked at."""
    assert not PAIRS.possible("order 0 filled")
    assert PAIRS.possible("password")
    assert PAIRS.possible("\u043f\u0430\u0440\u043e\u043b\u044c")
