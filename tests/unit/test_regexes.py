"""The gate of `make regexes` finds what is slow, and only that; patterns are read from Python and Ruby."""

from __future__ import annotations

import random
import re

import pytest

from regexes import counted, gate, javascript, patterns, samples
from regexes.patterns import Pattern


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (r"(a+)+b", "vulnerable"),
        (r"\s+$", "vulnerable"),
        (r"[a-z]+@", "vulnerable"),
        (r"(?<![a-z])[a-z]+@", "safe"),
        (r"[a-z]{2,8}\.", "safe"),
    ],
)
def test_the_prover_tells_slow_patterns_from_linear_ones(source: str, status: str) -> None:
    """A search begins anywhere: what is linear from the start of a text need not be within it."""
    (answer,) = gate.judged([Pattern("here", source)])
    assert answer["status"] == status


def test_a_pattern_that_is_tried_at_the_beginning_only_is_judged_so() -> None:
    """`fullmatch` tries once: the same pattern is linear there and quadratic in a search."""
    searched, matched = gate.judged([Pattern("a", r"[a-z]+@"), Pattern("a", r"[a-z]+@", anchored=True)])
    assert (searched["status"], matched["status"]) == ("vulnerable", "safe")


@pytest.mark.parametrize(
    ("pattern", "script"),
    [
        ("a+b", ("(?:a)+b", "")),
        ("(?i)[^0-9x]", ("[^0-9x]", "i")),
        ("(?>ab)c", (r"(?:(?=(ab))\1)c", "")),
        ("a{2,3}+", (r"(?:(?=((?:a){2,3}))\1)", "")),
        (r"(?<!x)(a|b)\1", (r"(?<!x)([ab])(?:\1)", "")),
    ],
)
def test_a_pattern_is_written_as_javascript(pattern: str, script: tuple[str, str]) -> None:
    """With its flags; what JavaScript lacks is written in a way that gives back as little."""
    assert javascript.translated(pattern) == script


def test_a_pattern_of_ruby_that_cannot_be_read_is_told() -> None:
    """Nothing is passed over in silence."""
    assert javascript.from_ruby(r"\Aa\z") == r"\Aa\Z"
    with pytest.raises(ValueError, match=r"^the prover cannot read \\R of Ruby: write it another way$"):
        javascript.from_ruby(r"a\R")


@pytest.mark.parametrize(
    ("source", "cost"),
    [
        ("abc", 3),
        ("a{2,5}", 20),
        ("(?:ab|cd)e", 6),
        ("(?>a{1,3}|b)c", 16),
        ("(?<![a-z])x[0-9]{4}", 5),
        ("a+", None),
        ("(?:a|b*)c", None),
    ],
)
def test_the_steps_of_a_bounded_pattern_are_counted(source: str, cost: int | None) -> None:
    """Its ways to read a text, each as long as the pattern; without a bound there is nothing to count."""
    assert counted.steps(source) == cost


def test_a_list_of_patterns_is_judged_entry_by_entry() -> None:
    """Each within what stands around the list; a pattern without one is judged as it is."""
    words = {"vendor": ("ab", "cde")}
    made = patterns.apart(Pattern("here", "(?<!x)(?>cde|ab)(?!y)"), words)
    assert [one.source for one in made] == ["(?<!x)(?>ab)(?!y)", "(?<!x)(?>cde)(?!y)"]
    assert patterns.apart(Pattern("here", "(?:cde|ab)"), words) == [Pattern("here", "(?:cde|ab)")]


@pytest.mark.parametrize("pattern", [r"ab{2,90}c", r"(?:x|y[0-9]{3})+", r"sk-(?:live|test)_[A-Za-z0-9]{24,}"])
def test_a_sample_matches_its_pattern(pattern: str) -> None:
    """Whatever is drawn: the corpora and the growth test rest on it."""
    for seed in range(50):
        text, _ = samples.sample(pattern, random.Random(seed))  # noqa: S311 (no secret is made)
        assert re.fullmatch(pattern, text)
