"""Secrets in sentences: "the api key is …", "password hunter2": a word, then its value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amaie_telemetry.redact.evidence import Evidence
from amaie_telemetry.redact.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amaie_telemetry.contract import Redaction
    from amaie_telemetry.redact.looks import Looks
    from amaie_telemetry.redact.names import Names, Verdict


class Near:
    """Finds what sentences tell."""

    def __init__(self, rules: Redaction, names: Names, looks: Looks) -> None:
        """Compile the patterns of the contract."""
        self._names, self._looks = names, looks
        self._passwords, self._back = rules.words["passwords"], rules.bounds.phrase_chars

        def pattern(name: str) -> re.Pattern[str]:
            return re.compile(rules.patterns[name], re.IGNORECASE)

        def here(name: str) -> Callable[[str, int], re.Match[str] | None]:
            return re.compile(rules.patterns[name], re.IGNORECASE).match

        self._near, self._before, self._joined = pattern("near"), pattern("before_name"), pattern("joined")
        self._following, self._told, self._plainly = here("following"), here("told"), here("told_plainly")

    def spans(self, text: str) -> Iterator[Evidence]:
        """Yield where secrets stand behind a word that announces them."""
        for match in self._near.finditer(text):
            start, word = match.start(), match.group(1).lower()
            verdict = self._verdict(text, start, word)
            if verdict.kind is Kind.ABOUT:
                continue
            found = self._following(text, match.end())
            looks = self._looks.keylike if verdict.secret else self._looks.random
            if found is not None and looks(found.group(1)):
                yield Evidence(*found.span(1), "near", f"a random word behind {word!r}: {verdict.why}")
            elif word in self._passwords:
                yield from self._password(text, match.end(), word)

    def _verdict(self, text: str, start: int, word: str) -> Verdict:
        """Return what the word's whole name says (api_key), or the words in front of it."""
        back = max(0, start - self._back)
        if text[start - 1 : start] in {"_", "-"}:
            joined = self._joined.search(text, back, start)
            return self._names.verdict(word if joined is None else joined.group() + word)
        before = self._before.search(text, back, start)
        return self._names.phrase("" if before is None else before.group(), word)

    def _password(self, text: str, position: int, word: str) -> Iterator[Evidence]:
        told = self._told(text, position)
        if told is not None and self._looks.password(told.group(1)) and not self._looks.plain(told.group(1)):
            yield Evidence(*told.span(1), "near", f"what looks like one behind {word!r}")
            return
        told = self._plainly(text, position)
        if told is not None and not self._looks.plain(told.group(1)):
            yield Evidence(*told.span(1), "near", f"{word!r} is told")
