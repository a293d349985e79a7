"""The gate of `make regexes` finds what is slow, and only that; patterns are read from Python and Ruby."""

from __future__ import annotations

import random
import re

import pytest

from regexes import counted, gate, javascript, patterns, prover, samples, tried
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
    assert prover.asked({"": Pattern("here", source)})[""]["status"] == status


def test_a_pattern_that_is_tried_at_the_beginning_only_is_judged_so() -> None:
    """`fullmatch` tries once: the same pattern is linear there and quadratic in a search."""
    two = {"search": Pattern("a", r"[a-z]+@"), "match": Pattern("a", r"[a-z]+@", anchored=True)}
    answers = prover.asked(two)
    assert (answers["search"]["status"], answers["match"]["status"]) == ("vulnerable", "safe")


SLOW: prover.Answer = {
    "status": "vulnerable",
    "checker": "fuzz",
    "complexity": "2nd degree",
    "attack": [("x", False), ("a", True)],
}


def test_what_the_prover_has_not_seen_or_has_found_slow_is_a_finding() -> None:
    """Unless its steps are few at each place, or its slow text is none on the engine that runs it."""
    endless, bounded = Pattern("a.py:1", "a+b"), Pattern("a.py:2", "a{1,90}b")
    assert gate.judged(endless, None) == ("", "a.py:1: not seen by the prover: a+b\n    cure: make proofs")
    assert gate.judged(endless, SLOW) == ("", "a.py:1: 2nd degree: a+b\n    slow: 'x'('a' again and again)")
    slow = "a.py:1: 2nd degree: a+b\n    slow: 'x'('a' again and again)"
    slow += ", the time grows with the length to the power of 1.97"
    assert gate.judged(endless, {**SLOW, "growth": 1.97}) == ("", slow)
    assert gate.judged(endless, {**SLOW, "growth": 1.02}) == ("by trial of the prover's slow text", "")
    assert gate.judged(bounded, SLOW) == ("by count of steps", "")
    assert gate.judged(endless, {**SLOW, "status": "safe"}) == ("by search for slow texts", "")


def test_a_slow_text_is_as_long_as_asked_for() -> None:
    """Pieces that repeat make up its length."""
    assert tried.text([("x", False), ("ab", True), ("cd", True), ("y", False)], 8) == "xababcdcdy"


@pytest.mark.parametrize(
    ("source", "slow", "ruby"), [("a+b", True, False), ("(?<!a)a+b", False, False), ("a+b", True, True)]
)
def test_a_slow_text_is_tried_on_the_engine_itself(source: str, *, slow: bool, ruby: bool) -> None:
    """Its time grows with the square of the length, or with the length."""
    pattern = Pattern("here", source, ruby=ruby)
    assert (tried.exponent(pattern, [("a", True)]) > tried.MOST) is slow


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
        ("a{2,5}", 5),
        ("(?:ab|cd)e", 6),
        ("(?:a{1,3}|b)c", 8),
        ("(?>a{1,3}|b)c", 5),
        ("a{1,3}+c", 4),
        ("a{0,9}b{0,9}c", 199),
        ("(?:ab?){0,3}c", 29),
        ("(?<![a-z])x[0-9]{4}", 6),
        ("a+", None),
        ("(?:a|b*)c", None),
        ("(a{0,9}){0,19}", None),
        (r"(a)\1", None),
    ],
)
def test_the_steps_of_a_bounded_pattern_are_counted(source: str, cost: int | None) -> None:
    """Every way to read a text; without a bound there is nothing to count."""
    assert counted.steps(source) == cost


def test_a_list_of_patterns_is_judged_entry_by_entry() -> None:
    """Each within what stands around the list; a pattern without one is judged as it is."""
    words = {"vendor": ("ab", "cd[ef]"), "foreign": ("mot", "clé.")}
    made = patterns.apart(Pattern("here", "(?<!x)(?>cd[ef]|ab)(?!y)"), words)
    assert [one.source for one in made] == ["(?<!x)(?:ab)(?!y)", "(?<!x)(?:cd[ef])(?!y)"]
    made = patterns.apart(Pattern("here", r"(?:clé\.|mot)="), words)
    assert [one.source for one in made] == ["(?:mot)=", r"(?:clé\.)="]
    assert patterns.apart(Pattern("here", "(?:cd|ab)"), words) == [Pattern("here", "(?:cd|ab)")]


@pytest.mark.parametrize("pattern", [r"ab{2,90}c", r"(?:x|y[0-9]{3})+", r"sk-(?:live|test)_[A-Za-z0-9]{24,}"])
def test_a_sample_matches_its_pattern(pattern: str) -> None:
    """Whatever is drawn: the corpora and the growth test rest on it."""
    for seed in range(50):
        text, _ = samples.sample(pattern, random.Random(seed))  # noqa: S311 (no secret is made)
        assert re.fullmatch(pattern, text)
