"""Texts as a reader downstream sees them: what the standard library disguises is undone, places known."""

from __future__ import annotations

import html
import json
import quopri
from urllib.parse import quote

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact.views import Views

VIEWS = Views(contract.load().redaction)
SAID = 'api_key="a8Xk2mQ9vL4n" & <next>'
DISGUISED = {
    "URL": quote(SAID, safe=""),
    "URL, twice": quote(quote(SAID, safe=""), safe=""),
    "HTML": html.escape(SAID),
    "HTML by numbers": "".join(f"&#{ord(char)};" for char in SAID),
    "HTML by hexadecimal numbers": "".join(f"&#x{ord(char):x};" for char in SAID),
    "JSON": json.dumps(SAID)[1:-1],
    "JSON in JSON": json.dumps(json.dumps(SAID)[1:-1])[1:-1],
    "JSON by numbers": "".join(f"\\u{ord(char):04x}" for char in SAID),
    "Python": "".join(f"\\x{ord(char):02x}" for char in SAID),
    "full-width letters": "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in SAID),
    "invisible letters": "\u200b".join(SAID),
}


@pytest.mark.parametrize("way", DISGUISED)
def test_a_disguise_is_undone(way: str) -> None:
    """One of the views is what was disguised."""
    assert SAID in {view.text for view in VIEWS.of(DISGUISED[way])}


@pytest.mark.parametrize("way", DISGUISED)
def test_every_letter_of_a_view_leads_back_to_what_it_came_from(way: str) -> None:
    """As many places as letters and one for the end, in order, from the first to the last."""
    text = DISGUISED[way]
    for view in VIEWS.of(text):
        assert len(view.places) == len(view.text) + 1
        assert view.places == sorted(view.places)
        assert view.places[-1] == len(text)
    framed = f"a {text} z"
    for view in VIEWS.of(framed):
        assert (framed[view.places[0]], framed[view.places[len(view.text) - 1]]) == ("a", "z")


def test_a_letter_leads_back_to_the_start_of_its_disguise() -> None:
    """`=` stands where `%3D` begins, and what follows where it did."""
    (view,) = VIEWS.of("a%3Db")
    assert (view.text, view.places) == ("a=b", [0, 1, 4, 5])


def test_letters_that_look_alike_are_read_as_latin_ones() -> None:
    """Unicode's confusables (UTS 39): Cyrillic letters in a Latin word."""
    assert "password" in {view.text for view in VIEWS.of("p\u0430ssw\u043erd")}


def test_broken_lines_are_joined() -> None:
    """Quoted-printable breaks at 76 letters (RFC 2045), a shell's backslash within an argument."""
    word = "a8Xk2mQ9vL4nB7cR1tY6wZ3pD5sF0gH2" * 4
    soft = quopri.encodestring(word.encode()).decode()
    assert "=\n" in soft
    assert word in {view.text for view in VIEWS.of(soft)}
    assert "--token=abcdef" in {view.text for view in VIEWS.of("--token=abc\\\ndef")}


def test_every_other_break_may_be_the_secret_s_end() -> None:
    """Of three lines, two belong together and the third is another thing."""
    views = {view.text for view in VIEWS.of("key=abc\ndef\nnext=1")}
    assert {"key=abcdefnext=1", "key=abcdef\nnext=1", "key=abc\ndefnext=1"} <= views


@pytest.mark.parametrize("text", ["Order 2 placed", "100 % done", "C:\\work", "R&D", "%zz and &nothing;"])
def test_a_plain_text_has_no_other_reading(text: str) -> None:
    """So it costs nothing: what only looks like a disguise is none."""
    assert {view.text for view in VIEWS.of(text)} <= {text}
