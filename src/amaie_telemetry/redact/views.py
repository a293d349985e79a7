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

ROUNDS = 3
_ENCODED = re.compile(
    r"%[0-9A-Fa-f]{2}"
    r"|\\{1,8}u[0-9A-Fa-f]{4}|\\{1,8}x[0-9A-Fa-f]{2}|\\{1,8}[\"'/nrt`]"
    r"|&(?:quot|apos|amp|lt|gt|#[0-9]{1,5}|#x[0-9A-Fa-f]{1,4});"
    r"|[^\x00-\x7f]"
)
_BREAK = re.compile(r"[ \t]*(?:\\?\r?\n|=\r?\n)[ \t>|]*")
_NAMED = {"quot": '"', "apos": "'", "amp": "&", "lt": "<", "gt": ">"}
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}
_INVISIBLE = {"Cf", "Mn", "Me"}
# Letters of other alphabets that look like Latin ones.
_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХЅІЈаеорсухѕіјԁԛԝһӏктΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινρτυκεıɡʏ–—‐‑−“”‘’",  # noqa: RUF001
    "ABEKMHOPCTYXSIJaeopcyxsijdqwhlktABEZHIKMNOPTYXaoivptukeigy-----\"\"''",
)


class View:
    """A changed text; `places` gives for every character where it stands in the original (and the end)."""

    __slots__ = ("places", "text")

    def __init__(self, text: str, places: list[int]) -> None:
        """Keep a text with as many places as characters, and one more for the end."""
        self.text = text
        self.places = places


def views(text: str) -> Iterator[View]:
    """Yield the readings of a text that differ from it: decoded up to three times, and with joined lines."""
    view = View(text, list(range(len(text) + 1))) if _ENCODED.search(text) or "\n" in text else None
    if view is None:
        return
    for _ in range(ROUNDS):
        if not _ENCODED.search(view.text):
            break
        changed = _changed(view, _ENCODED, _decoded)
        if changed.text == view.text:
            break
        view = changed
        yield view
    if "\n" in view.text:
        yield from _joined(view)


def _joined(view: View) -> Iterator[View]:
    """Yield a text with all its lines joined, and with every other break kept: where did the secret end?"""
    yield _changed(view, _BREAK, lambda _: "")
    for kept in (0, 1):
        yield _changed(view, _BREAK, _alternating(kept))


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


def _decoded(match: re.Match[str]) -> str:
    found = match.group()
    first = found[0]
    if first == "%":
        return _printable(int(found[1:], 16), found)
    if first == "\\":
        return _unescaped(found.lstrip("\\"), found)
    if first == "&":
        name = found[1:-1]
        return _NAMED.get(name) or _letter(int(name[2:], 16) if name[1] == "x" else int(name[1:]), found)  # noqa: FURB166
    return _plain(first)


def _letter(code: int, found: str) -> str:
    """Return what the character of a code point looks like."""
    return _plain(chr(code)) if code > 0x7F else _printable(code, found)  # noqa: PLR2004


def _plain(char: str) -> str:
    """Return what a character beyond ASCII looks like: Latin letters, or nothing."""
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    return unicodedata.normalize("NFKC", char).translate(_ALIKE)


def _unescaped(letters: str, found: str) -> str:
    if letters[0] in "ux":
        code = int(letters[1:], 16)
        return _letter(code, found) if letters[0] == "u" else _printable(code, found)
    return _LETTERS.get(letters, letters)


def _printable(code: int, found: str) -> str:
    """Return the ASCII character of a code, or what was found if it is none: bytes above are no use here."""
    return chr(code) if 9 <= code < 0x7F else found  # noqa: PLR2004
