"""Names and values in a text, in whatever syntax: `k=v`, `"k": "v"`, `<k>v</k>`, `--k v`, `("k", "v")`.

A text is read once from left to right; for each name one verdict is asked, and only the value of a name that
is not harmless is looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from amaie_telemetry.redact.evidence import Evidence
from amaie_telemetry.redact.names import Kind, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amaie_telemetry.contract import Redaction
    from amaie_telemetry.redact.looks import Looks
    from amaie_telemetry.redact.names import Names, Verdict

    Here = Callable[[str, int], re.Match[str] | None]
    """A pattern that is only tried at one place of a text."""

_SIGN, _TAG, _COMMA, _CALL, _QUOTED, _OPTION, _TABLE = range(2, 9)
_HARMLESS = frozenset({Kind.OTHER, Kind.ABOUT, Kind.IDENTIFIER})


class _Value(NamedTuple):
    start: int
    end: int
    quoted: bool


class Pairs:
    """Finds the values that their names give away."""

    def __init__(self, rules: Redaction, names: Names, looks: Looks) -> None:
        """Compile the patterns of the contract."""
        self._names, self._looks = names, looks
        self._hints = tuple(re.sub("[1-9]", "0", hint) for hint in rules.name_hints)
        self._people, self._naming = rules.pseudonym_keys, rules.words["naming"]
        self._bounds = rules.bounds

        def pattern(name: str) -> re.Pattern[str]:
            return re.compile(rules.patterns[name])

        def here(name: str, quote: str = "") -> Here:
            return re.compile(rules.patterns[name].replace("QUOTE", quote)).match

        self._pair, self._before = pattern("pair"), pattern("before_name")
        self._opening, self._line = here("opening"), here("line")
        self._bare = {
            Kind.SECRET: here("unquoted"),
            Kind.WEAK: here("unquoted_weak"),
            Kind.PERSON: here("proper"),
        }
        self._element, self._container = here("element"), here("container")
        self._block, self._paired = here("block"), here("paired_value")
        self._quoted = {quote: here("quoted", quote) for quote in "\"'`"}
        self._escaped = {quote: here("escaped", quote) for quote in "\"'`"}

    def possible(self, lower: str) -> bool:
        """Return whether a text, in small letters and with zeros for digits, could have a secret's name."""
        for hint in self._hints:
            if hint in lower:
                return True
        return not lower.isascii()

    def spans(self, text: str, *, strong: bool = False) -> Iterator[Evidence]:
        """Yield where values of secrets' names stand; `strong`: only of names that leave no doubt."""
        position = 0
        while (match := self._pair.search(text, position)) is not None:
            position = match.end()
            sign = match.lastindex or 0
            name = match.group(1)
            if sign == _OPTION and name[0] != "-":
                continue
            verdict = self._verdict(text, match)
            if verdict.kind in _HARMLESS:
                found = self._of_pair(text, match, name)
            else:
                found = self._of_name(text, match, verdict, strong=strong)
            if found is not None:
                yield found
                position = max(position, found.end)

    def _verdict(self, text: str, match: re.Match[str]) -> Verdict:
        start, name = match.start(), match.group(1)
        own = self._names.verdict(name)
        if own.kind in {Kind.SECRET, Kind.PERSON} or start == 0 or text[start - 1] != " ":
            return own
        before = self._before.search(text, max(0, start - self._bounds.phrase_chars), start)
        return own if before is None else self._names.phrase(before.group(), name)

    def _of_name(self, text: str, match: re.Match[str], verdict: Verdict, *, strong: bool) -> Evidence | None:
        sign, name = match.lastindex or 0, match.group(1)
        if strong and (verdict.kind is not Kind.SECRET or sign not in {_SIGN, _TAG, _COMMA}):
            return None
        if sign == _COMMA and self._is_value(text, match):
            return None
        value = self._value(text, match, verdict)
        if value is None:
            return self._of_block(text, match, verdict)
        found = text[value.start : value.end]
        why = f"name {name!r}: {verdict.why}"
        if sign == _COMMA and (self._names.verdict(found).secret or _named(text, value.end)):
            return None
        if verdict.kind is Kind.WEAK:
            hit = self._looks.weakly(name, found)
        elif verdict.kind is Kind.PERSON:
            hit = fold(name) not in self._people and not self._looks.plain(found) and len(found) > 1
        else:
            hit = self._denied(found, quoted=value.quoted or sign == _TAG)
        return Evidence(value.start, value.end, "name", why) if hit else None

    def _denied(self, value: str, *, quoted: bool) -> bool:
        """Return whether the value of a secret's name is one: not a state, a placeholder, a small number."""
        if self._looks.plain(value) or (
            len(value) < self._bounds.value_chars and (value.isdigit() or not quoted)
        ):
            return False
        return not ("." in value and self._looks.number.match(value.removesuffix("%")))

    def _value(self, text: str, match: re.Match[str], verdict: Verdict) -> _Value | None:
        position, sign = match.end(), match.lastindex
        if sign == _TAG:
            if text[match.start() - 1 : match.start()] != "<":
                return None
            found = self._element(text, position)
            return None if found is None else _Value(position, found.end(), quoted=False)
        opened = self._opening(text, position)
        if opened is not None:
            return self._inside(text, opened)
        if verdict.line:
            found = self._line(text, position)
            return None if found is None else _Value(position, found.end(), quoted=False)
        if verdict.kind is Kind.SECRET:
            found = self._container(text, position)
            if found is not None:
                return _Value(*found.span(1), quoted=True)
        found = self._bare[verdict.kind](text, position)
        return None if found is None else _Value(position, found.end(), quoted=False)

    def _inside(self, text: str, opened: re.Match[str]) -> _Value:
        """Return what stands between quotation marks; behind one that is never closed, to the line's end."""
        start, quote = opened.end(), opened.group(2)
        pattern = (self._escaped if opened.group(1) else self._quoted)[quote]
        found = pattern(text, start)
        end = start if found is None else found.end()
        if not opened.group(1) and text[end : end + 1] != quote:
            line = text.find("\n", start, end)
            end = end if line < 0 else line
        return _Value(start, end, quoted=True)

    def _of_block(self, text: str, match: re.Match[str], verdict: Verdict) -> Evidence | None:
        """Return the value on the line below the name, as in YAML."""
        found = self._block(text, match.end()) if verdict.kind is Kind.SECRET else None
        if found is None or not self._looks.token(found.group(1)):
            return None
        return Evidence(*found.span(1), "name", f"the line below the name {match.group(1)!r}: {verdict.why}")

    def _of_pair(self, text: str, match: re.Match[str], name: str) -> Evidence | None:
        """Return the value of `name="API_KEY" value="…"`."""
        if fold(name) not in self._naming or match.lastindex != _SIGN:
            return None
        opened = self._opening(text, match.end())
        if opened is None:
            return None
        value = self._inside(text, opened)
        named = self._names.verdict(text[value.start : value.end])
        found = self._paired(text, value.end) if named.secret else None
        if found is None or self._looks.plain(found.group(1)):
            return None
        return Evidence(*found.span(1), "name", f"named by the pair's other half: {named.why}")

    @staticmethod
    def _is_value(text: str, match: re.Match[str]) -> bool:
        """Return whether what looks like a name is itself the value of another one."""
        before = text[max(0, match.start() - 8) : match.start()].rstrip("brfuBRFU\\\"'`").rstrip()
        return before.endswith((":", "=", ">"))


def _named(text: str, end: int) -> bool:
    """Return whether a colon follows what stands in quotation marks: it is a name then."""
    return text[end : end + 12].lstrip("\\\"'` ").startswith((":", "="))
