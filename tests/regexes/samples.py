"""Texts that a regular expression matches, drawn at random from its own tree.

`rstr`, the usual library, knows no repetition of over a hundred, and tokens have those.
"""

from __future__ import annotations

import string
from re import _parser  # type: ignore[attr-defined] # the tree is to be had nowhere else
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

_MORE = 8
"""How often more than it must a repetition without an end repeats at most."""
_PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "
_CLASSES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": string.ascii_letters + string.digits + "_",
    "CATEGORY_NOT_SPACE": string.ascii_letters + string.digits + string.punctuation,
    "CATEGORY_NOT_DIGIT": string.ascii_letters,
    "CATEGORY_NOT_WORD": " .,;-",
}


def sample(pattern: str, random: Random, *, group: int = 0) -> tuple[str, str]:
    """Return a text that a pattern describes, and what its group holds; look-around is passed over."""
    drawn = _Sampler(random)
    text = drawn.text(_parser.parse(pattern))
    return text, drawn.groups.get(group, text)


class _Sampler:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.groups: dict[int, str] = {}

    def text(self, items: Any) -> str:
        return "".join(getattr(self, f"_{str(name).lower()}")(value) for name, value in items)

    def _literal(self, code: int) -> str:
        return chr(code)

    def _not_literal(self, code: int) -> str:
        return self._of(set(_PRINTABLE) - {chr(code)})

    def _any(self, _value: None) -> str:
        return self._of(set(_PRINTABLE))

    def _in(self, items: list[tuple[Any, Any]]) -> str:
        found: set[str] = set()
        negated = False
        for name, value in items:
            if str(name) == "NEGATE":
                negated = True
            elif str(name) == "LITERAL":
                found.add(chr(value))
            elif str(name) == "RANGE":
                found.update(map(chr, range(value[0], min(value[1], value[0] + 0x100) + 1)))
            else:
                found.update(_CLASSES[str(value)])
        return self._of(set(_PRINTABLE) - found if negated else found)

    def _branch(self, value: tuple[None, list[Any]]) -> str:
        return self.text(self.random.choice(value[1]))

    def _subpattern(self, value: tuple[int | None, int, int, Any]) -> str:
        text = self.text(value[3])
        if value[0] is not None:
            self.groups[value[0]] = text
        return text

    def _max_repeat(self, value: tuple[int, int, Any]) -> str:
        least, most, items = value
        return "".join(self.text(items) for _ in range(self.random.randint(least, min(most, least + _MORE))))

    _min_repeat = _possessive_repeat = _max_repeat

    def _atomic_group(self, items: Any) -> str:
        return self.text(items)

    def _groupref(self, group: int) -> str:
        return self.groups[group]

    def _at(self, _place: Any) -> str:
        return ""

    def _assert(self, _value: Any) -> str:
        return ""

    _assert_not = _assert

    def _of(self, chars: set[str]) -> str:
        return self.random.choice(sorted(chars))
