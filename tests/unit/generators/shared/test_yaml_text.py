"""Our YAML writer: whatever it writes, another reader reads back as it was."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generators.shared import yaml_text

TEXTS = st.text() | st.sampled_from(
    [
        "",
        " ",
        "yes",
        "No",
        "null",
        "~",
        "1",
        "1e3",
        "0x1F",
        "1:30",
        "2025-07-30",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "a:",
        ":a",
        "{{ a }}",
        "[a",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'a'",
        '"a"',
        "a\n",
        "a\nb",
        "\na",
        "a\n\n",
        " a\nb",
        "a \nb",
        "a\n b\n",
        "a\tb",
        "a\n\tb",
        "\x85",
        "\u2028",
        "\ufeff",
        "5m",
        "1h30m",
        "=",
        "<<",
        "?",
        "? a",
    ]
)
SCALARS = TEXTS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_is_read_back_as_it_was(value: Any) -> None:
    """PyYAML's safe loader returns the value itself, types included."""
    read = yaml.safe_load(yaml_text.dump(value))
    assert read == value
    assert repr(read) == repr(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": {"b": [1, "x"], "c": {}}, "d": []}, "a:\n  b:\n  - 1\n  - x\n  c: {}\nd: []\n"),
        ([{"a": 1, "b": [2]}, [3, [4]]], "- a: 1\n  b:\n  - 2\n- - 3\n  - - 4\n"),
        ({"expr": "a\n/ b\n"}, "expr: |\n  a\n  / b\n"),
        ({"expr": ["a\n\n  b"]}, "expr:\n- |-\n  a\n\n    b\n"),
        ({"for": "1m", "expr": 'up{a="b"} == 0'}, "for: 1m\nexpr: 'up{a=\"b\"} == 0'\n"),
        ({"it": "it's", "on": True, "none": None}, "it: it's\n'on': true\nnone: null\n"),
        ([1e-5, 1e22, 0.1, -3], "- 1.0e-05\n- 1.0e+22\n- 0.1\n- -3\n"),
        ("\x07", '"\\u0007"\n'),
    ],
)
def test_values_are_written_in_the_style_of_people(value: Any, text: str) -> None:
    """Nothing is quoted that need not be, lists are not indented, long texts keep their lines."""
    assert yaml_text.dump(value) == text
