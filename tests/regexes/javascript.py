r"""A Python or Ruby regular expression as one of JavaScript, which is what the prover reads.

The pattern is read by Python's own parser and written again from its tree. JavaScript has no atomic group and
no possessive quantifier: `(?>X)` is written `(?=(X))\1`, which gives back as little. Where a choice must be
made the wider one is taken, so that nothing that backtracks is missed.
"""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined] # the tree is to be had nowhere else
from typing import Any

_CLASSES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_PLACES = {
    "AT_BEGINNING": "^",
    "AT_BEGINNING_STRING": "^",
    "AT_END": "$",
    "AT_END_STRING": "$",
    "AT_BOUNDARY": r"\b",
    "AT_NON_BOUNDARY": r"\B",
}
_QUANTIFIERS = {(0, 1): "?", (0, None): "*", (1, None): "+"}
_RUBY = (
    (r"\z", r"\Z"),
    (r"\h", "[0-9a-fA-F]"),
    (r"\p{Alpha}", "[A-Za-z]"),
    (r"\/", "/"),
    (r"\#", "#"),
)


def from_ruby(source: str) -> str:
    """Return the Python pattern of a Ruby one; both know atomic groups and possessive quantifiers.

    Raises:
        ValueError: It uses what has no counterpart here.
    """
    for ruby, python in _RUBY:
        source = source.replace(ruby, python)
    if unknown := re.search(r"\\[pPRXGKk]|\[\[:|&&", source):
        raise ValueError(f"the prover cannot read {unknown.group()} of Ruby: write it another way")
    return source


def translated(pattern: str, flags: int = 0) -> tuple[str, str]:
    """Return a pattern's JavaScript source and flags.

    Raises:
        ValueError: It uses what JavaScript cannot express.
        re.error: It is no pattern.
    """
    tree = _parser.parse(pattern, flags)
    writer = _Writer()
    source = writer.written(tree)
    found = tree.state.flags | writer.flags
    return source, "".join(
        letter
        for letter, flag in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
        if found & flag
    )


class _Writer:
    """Writes a tree; groups are counted as they open, since atomic ones get a number too."""

    def __init__(self) -> None:
        self.flags = 0
        self._groups = 0
        self._numbers: dict[int, int] = {}

    def written(self, items: Any) -> str:
        return "".join(getattr(self, f"_{str(name).lower()}")(value) for name, value in items)

    def _literal(self, code: int) -> str:
        char = chr(code)
        return char if char.isascii() and char.isalnum() else f"\\u{code:04x}"

    def _not_literal(self, code: int) -> str:
        return f"[^{self._literal(code)}]"

    def _any(self, _value: None) -> str:
        return "."

    def _in(self, items: list[tuple[Any, Any]]) -> str:
        return f"[{''.join(self._member(str(name), value) for name, value in items)}]"

    def _member(self, name: str, value: Any) -> str:
        if name == "NEGATE":
            return "^"
        if name == "RANGE":
            first, last = (min(code, 0xFFFF) for code in value)
            return f"{self._literal(first)}-{self._literal(last)}"
        return _CLASSES[str(value)] if name == "CATEGORY" else self._literal(min(value, 0xFFFF))

    def _at(self, place: Any) -> str:
        return _PLACES[str(place)]

    def _branch(self, value: tuple[None, list[Any]]) -> str:
        return f"(?:{'|'.join(map(self.written, value[1]))})"

    def _subpattern(self, value: tuple[int | None, int, int, Any]) -> str:
        group, add, _, items = value
        self.flags |= add
        if group is None:
            return f"(?:{self.written(items)})"
        self._groups += 1
        self._numbers[group] = self._groups
        return f"({self.written(items)})"

    def _groupref(self, group: int) -> str:
        return rf"(?:\{self._numbers[group]})"

    def _atomic_group(self, items: Any) -> str:
        self._groups += 1
        number = self._groups
        return rf"(?:(?=({self.written(items)}))\{number})"

    def _possessive_repeat(self, value: tuple[int, int, Any]) -> str:
        return self._atomic_group([(_parser.MAX_REPEAT, value)])

    def _max_repeat(self, value: tuple[int, int, Any]) -> str:
        least, most, items = value
        bound = None if most == _parser.MAXREPEAT else int(most)
        quantifier = _QUANTIFIERS.get((least, bound)) or f"{{{least},{'' if bound is None else bound}}}"
        return f"(?:{self.written(items)}){quantifier}"

    def _min_repeat(self, value: tuple[int, int, Any]) -> str:
        return f"{self._max_repeat(value)}?"

    def _assert(self, value: tuple[int, Any]) -> str:
        return f"(?{'<' if value[0] < 0 else ''}={self.written(value[1])})"

    def _assert_not(self, value: tuple[int, Any]) -> str:
        return f"(?{'<' if value[0] < 0 else ''}!{self.written(value[1])})"
