"""The vectors show every kind of line that the pipeline must cope with; whoever removes one is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amaie_telemetry import contract
from amaie_telemetry.redact import Redactor
from vectors.cases import Case, exact, load, same

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = load()
EXAMPLE = """
{
  "timestamp": "2025-07-30T14:30:00.123456Z",
  "level": "INFO",
  "service": "amaie-trader",
  "module": "execution.engine",
  "message": "Order placed successfully",
  "symbol": "BTC/USDT",
  "order_id": "ORD-XYZ-789",
  "amount": 0.001,
  "price": 30000.50,
  "trace_id": "abc123def456"
}
"""
"""Section 3.3 of the standard, letter by letter."""

KIB = 1024
CLASSES: dict[str, tuple[Callable[[bytes], object], str]] = {
    "NaN": (re.compile(rb'"price": ?NaN').search, "invalid_json"),
    "Infinity": (re.compile(rb'"price": ?Infinity').search, "invalid_json"),
    "-Infinity": (re.compile(rb'"price": ?-Infinity').search, "invalid_json"),
    "2^63 in a whole number": (re.compile(rb'_line": ?9223372036854775808').search, "out_of_range"),
    "2^63 in a price": (re.compile(rb'"price": ?9223372036854775808').search, "good"),
    "1e400": (re.compile(rb'"price": ?1e400').search, "out_of_range"),
    "a price of 18 digits": (re.compile(rb'"price": ?[0-9]{18}[,}]').search, "good"),
    "a price with 18 digits and a point": (
        re.compile(rb'"price": ?(?=[0-9.]{19}[,}])[0-9]+[.]').search,
        "good",
    ),
    "microseconds": (re.compile(rb'"timestamp": ?"[^"]{19}\.[0-9]{6}Z').search, "good"),
    "nanoseconds": (re.compile(rb'"timestamp": ?"[^"]{19}\.[0-9]{9}Z').search, "good"),
    "an offset": (re.compile(rb'"timestamp": ?"[^"]+[+][0-9]{2}:[0-9]{2}"').search, "good"),
    "the year 1970": (re.compile(rb'"timestamp": ?"1970-').search, "good"),
    "a timestamp of garbage": (re.compile(rb'"timestamp": ?"[a-z]').search, "bad_timestamp"),
    "no timestamp": (re.compile(rb'^\{(?!.*"timestamp")').search, "missing_field"),
    "invalid UTF-8": (re.compile(rb"\xff").search, "invalid_utf8"),
    "a byte order mark": (re.compile(rb"^\xef\xbb\xbf\{").search, "good"),
    "CRLF": (re.compile(rb"\}\r$").search, "good"),
    "a raw NUL": (re.compile(rb"\x00").search, "invalid_json"),
    "an escaped NUL": (re.compile(rb"[^\\]\\u0000").search, "good"),
    "a lone surrogate": (re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u)").search, "good"),
    "an ANSI sequence": (re.compile(rb"\\u001b\[").search, "good"),
    "a newline with a forged record": (re.compile(rb'\\n\{\\"timestamp').search, "good"),
    "depth 100": (re.compile(rb"(?:\[|\{[^{}]*){99}").search, "good"),
    "depth 513": (re.compile(rb"\[{512}").search, "too_deep"),
    "5,000 keys": (lambda line: line.count(b'":') > 5000, "good"),
    "300 KiB": (lambda line: 300 * KIB <= len(line) < 301 * KIB, "too_large"),
    "5 MiB": (lambda line: 5 * KIB * KIB <= len(line) < 6 * KIB * KIB, "too_large"),
    "an order book": (re.compile(rb'"bids":\[\[').search, "good"),
    "an order book of one side": (re.compile(rb'"levels":\[\[').search, "good"),
    "an order book of objects": (re.compile(rb'\{"price":[0-9.]+,"qty"').search, "good"),
    "an unknown field": (re.compile(rb'"data_id"').search, "good"),
    "a blank line": (re.compile(rb"^[ \t]+$").search, "nothing"),
}
"""What the lines of a class have in common, and what must become of at least one of them."""

OVERLAPPING = {"recovery_phrase", "azure_string"}
"""Shapes whose text another part of redaction masks in most carriers, too."""


def _outcome(case: Case) -> str:
    return case.document["reason"] if case.stream == "rejected" else case.stream or "nothing"


def test_there_are_at_least_150_vectors_of_different_names() -> None:
    """A name says what a vector shows, so two alike show the same."""
    assert len(CASES) >= 150
    assert len({(case.file, case.name) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_of_lines_has_a_vector_with_its_outcome(name: str) -> None:
    """The classes that the pipeline was asked to cope with."""
    looks, outcome = CLASSES[name]
    assert outcome in {_outcome(case) for case in CASES if looks(case.line)}


def test_the_standard_s_own_example_is_a_vector_letter_by_letter() -> None:
    """Its lines joined, nothing else changed; every value arrives."""
    line = (
        " ".join(part.strip() for part in EXAMPLE.split("\n")).strip().replace("{ ", "{").replace(" }", "}")
    )
    (case,) = (case for case in CASES if case.line == line.encode())
    assert same(exact(line), exact(EXAMPLE))
    expected = exact(EXAMPLE)
    assert same(case.document, {"@timestamp": expected.pop("timestamp"), **expected})


RULES = contract.load()
SHAPES = {shape.name: shape for shape in RULES.redaction.shapes}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_has_a_vector_that_nothing_else_masks(name: str) -> None:
    """So both nets are held to each of them; a shape that is broken or lost is missed."""
    (case,) = (case for case in CASES if case.name == f"shape {name}")
    message = json.loads(case.line)["message"]
    masked = case.document["message"]
    assert masked != message
    others = tuple(shape for shape in RULES.redaction.shapes if shape.name != name)
    without = Redactor(replace(RULES, redaction=replace(RULES.redaction, shapes=others)))
    assert (without.text(message) != masked) is (name not in OVERLAPPING)
