"""The patterns of `spec/logs.yaml`: word lists put in, checked for what Python and Ruby read differently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generators.spec.logredaction import RedactionRules
    from generators.spec.shape_errors import Place

FORBIDDEN = re.compile(r"(?<!\\)(?:\\\\)*\\[bBwWdDsSzZ]|\(\?P?<[A-Za-z]")
"""What Python and Ruby read differently: Unicode classes, ends of a text and named groups."""
POSSESSIVE = re.compile(r"(?<!\\)\{[0-9,]+\}\+")
"""In Ruby this repeats the repetition."""
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
RAW = ("vendor",)
"""Lists whose entries are patterns themselves."""

WORDS = frozenset(
    [
        "about",
        "amount",
        "auth_frame",
        "card",
        "data_key",
        "digest",
        "dressing",
        "foreign",
        "frame_arguments",
        "fused",
        "identifier",
        "name_keys",
        "naming",
        "no_domain",
        "no_id",
        "owned",
        "owner",
        "passwords",
        "plain",
        "price",
        "secret",
        "side_ask",
        "side_bid",
        "state",
        "token_endings",
        "weak",
    ]
)
"""The lists of words that both engines name."""
PATTERNS = frozenset(
    [
        "before_name",
        "block",
        "cards",
        "column",
        "container",
        "date",
        "element",
        "encoded",
        "encoded_run",
        "escaped",
        "fix_tag",
        "following",
        "frame",
        "hex",
        "ids_before",
        "joint",
        "joined",
        "last_word",
        "level",
        "level_amount",
        "level_gap",
        "level_head",
        "level_number",
        "level_row",
        "level_side",
        "line",
        "line_break",
        "named_key",
        "near",
        "not_base58",
        "number",
        "opening",
        "pair",
        "mixed",
        "paired_value",
        "placeholder",
        "plain_id",
        "prefix_part",
        "proper",
        "readable",
        "rest",
        "quoted",
        "scattered",
        "seed_word",
        "separators",
        "sign",
        "slug_part",
        "spelt",
        "told",
        "told_plainly",
        "trading",
        "unquoted",
        "unquoted_weak",
        "uuid_within",
        "uuid",
        "word",
    ]
)
"""The patterns that both engines name."""


def expanded(pattern: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """Return a pattern with `{list}` replaced by the words of that list, the longest first."""
    return PLACEHOLDER.sub(lambda match: _either(match.group(1), words), pattern)


def problems(rules: RedactionRules) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with the patterns: unknown lists, syntax, what the two engines read differently."""
    for section, needed, given in (("words", WORDS, rules.words), ("patterns", PATTERNS, rules.patterns)):
        for missing in sorted(needed - given.keys()):
            yield ("redaction", section), f"'{missing}' is missing; redaction needs it, add it back"
    for unused in sorted(rules.patterns.keys() - PATTERNS):
        yield ("redaction", "patterns", unused), "no engine uses this pattern; correct its name or remove it"
    for index, shape in enumerate(rules.shapes):
        place: Place = ("redaction", "shapes", index, "pattern")
        found = list(_faults(shape.pattern, rules.words, place))
        yield from found
        groups = 0 if found else re.compile(expanded(shape.pattern, rules.words)).groups
        if groups > 1:
            yield place, f"it has {groups} groups; keep one (what gets masked), write the others as (?:…)"
        for hint in shape.hints:
            if hint != hint.lower():
                yield (*place[:-1], "hints"), f"'{hint}' is not lower case; write '{hint.lower()}'"
    for name, pattern in rules.patterns.items():
        yield from _faults(pattern, rules.words, ("redaction", "patterns", name))


def _faults(pattern: str, words: Mapping[str, tuple[str, ...]], place: Place) -> Iterator[tuple[Place, str]]:
    unknown = [name for name in PLACEHOLDER.findall(pattern) if name not in words]
    if unknown:
        yield place, f"there is no list of words '{unknown[0]}'; add it to 'words' or correct the name"
        return
    try:
        re.compile(expanded(pattern, words))
    except re.error as error:
        yield place, f"this pattern does not compile ({error}); correct it"
        return
    if FORBIDDEN.search(pattern):
        yield place, "Python and Ruby read \\b, \\w, \\d, \\s and (?P<…>) differently; spell it out"
    if POSSESSIVE.search(pattern):
        yield place, "Ruby reads {1,3}+ as a repetition of a repetition; write (?>x{1,3})"


def _either(name: str, words: Mapping[str, tuple[str, ...]]) -> str:
    longest_first = sorted(words[name], key=lambda word: (-len(word), word))
    return "|".join(longest_first if name in RAW else map(re.escape, longest_first))
