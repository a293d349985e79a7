"""The text as a person or a program downstream would read it, with the way back to the original's places.

A secret may be URL-encoded, escaped as JSON in a string, written with look-alike letters, or broken over two
lines. A view undoes this; what is found in it is masked in the original.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amaie_telemetry.contract import Redaction

_NAMED = {"quot": '"', "apos": "'", "amp": "&", "lt": "<", "gt": ">"}
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}
_INVISIBLE = {"Cf", "Mn", "Me"}


class View:
    """A changed text; `places` gives for every character where it stands in the original (and the end)."""

    __slots__ = ("places", "text")

    def __init__(self, text: str, places: list[int]) -> None:
        """Keep a text with as many places as characters, and one more for the end."""
        self.text = text
        self.places = places


class Views:
    """Undoes disguises."""

    def __init__(self, rules: Redaction) -> None:
        """Take the patterns and the look-alike letters of the contract."""
        self._encoded = re.compile(rules.patterns["encoded"])
        self._break = re.compile(rules.patterns["line_break"])
        self._alike = str.maketrans(rules.alike["from"], rules.alike["to"])
        self._rounds = rules.bounds.undo_rounds

    def of(self, text: str) -> Iterator[View]:
        """Yield the readings of a text that differ from it: decoded up to three times, with joined lines."""
        if not self._encoded.search(text) and "\n" not in text:
            return
        view = View(text, list(range(len(text) + 1)))
        for _ in range(self._rounds):
            if not self._encoded.search(view.text):
                break
            changed = _changed(view, self._encoded, self._decoded)
            if changed.text == view.text:
                break
            view = changed
            yield view
        if "\n" in view.text:
            yield from self._joined(view)

    def _joined(self, view: View) -> Iterator[View]:
        """Yield a text with all lines joined, and with every other break kept: where did the secret end?"""
        yield _changed(view, self._break, lambda _: "")
        for kept in (0, 1):
            yield _changed(view, self._break, _alternating(kept))

    def _decoded(self, match: re.Match[str]) -> str:
        found = match.group()
        first = found[0]
        if first == "%":
            return _printable(int(found[1:], 16), found)
        if first == "\\":
            return self._unescaped(found.lstrip("\\"), found)
        if first == "&":
            name = found[1:-1]
            return _NAMED.get(name) or self._letter(_code(name), found)
        return self._plain(first)

    def _unescaped(self, letters: str, found: str) -> str:
        if letters[0] in "ux":
            code = int(letters[1:], 16)
            return self._letter(code, found) if letters[0] == "u" else _printable(code, found)
        return _LETTERS.get(letters, letters)

    def _letter(self, code: int, found: str) -> str:
        """Return what the character of a code point looks like."""
        return self._plain(chr(code)) if code > 0x7F else _printable(code, found)  # noqa: PLR2004

    def _plain(self, char: str) -> str:
        """Return what a character beyond ASCII looks like: Latin letters, or nothing."""
        if unicodedata.category(char) in _INVISIBLE:
            return ""
        return unicodedata.normalize("NFKC", char).translate(self._alike)


def _code(name: str) -> int:
    """Return the code point of an HTML entity: `#1072` or `#x430`."""
    return int(name[2:], 16) if name[1] == "x" else int(name[1:])  # noqa: FURB166


def _alternating(kept: int) -> Callable[[re.Match[str]], str]:
    """Return a replacement that drops every other match."""
    turns = itertools.count(kept)
    return lambda match: match.group() if next(turns) % 2 else ""


def _changed(view: View, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> View:
    parts: list[str] = []
    places: list[int] = []
    last = 0
    for match in pattern.finditer(view.text):
        start, end = match.span()
        parts.append(view.text[last:start])
        places += view.places[last:start]
        new = replacement(match)
        parts.append(new)
        places += [view.places[start]] * len(new)
        last = end
    parts.append(view.text[last:])
    places += view.places[last:]
    return View("".join(parts), places)


def _printable(code: int, found: str) -> str:
    """Return the ASCII character of a code, or what was found if it is none: bytes above are no use here."""
    return chr(code) if 9 <= code < 0x7F else found  # noqa: PLR2004
