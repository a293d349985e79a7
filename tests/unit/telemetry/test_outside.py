"""Redaction judged by corpora that its authors did not write."""

from __future__ import annotations

import pytest

from corpus.outside import lookalikes, measured


@pytest.mark.parametrize(
    ("name", "recall", "size"),
    [("vendors", 0.99, 7_500), ("people", 0.97, 3_000), ("seeds", 0.97, 150), ("carriers", 0.99, 275)],
)
def test_what_others_call_a_secret_is_masked(name: str, recall: float, size: int) -> None:
    """Tokens of 380 vendors, persons of all countries, wallets in all languages, what libraries write."""
    found = measured.measured(measured.SECRETS[name].cases(), measured.library())
    assert found.cases.total() >= size
    assert 1 - found.share >= recall, found.examples[:5]


def test_the_lists_that_were_known_are_masked_but_for_one_in_two_hundred() -> None:
    """Gitleaks' rules and detect-secrets' were at hand when the rules of ours were written."""
    cases = [case for case in measured.SECRETS["vendors"].cases() if case.source != "betterleaks"]
    assert measured.measured(cases, measured.library()).share <= 0.005


def test_what_others_call_no_secret_stays_as_it_is() -> None:
    """At most one in a hundred of any source may change, and no id, number or FIX message at all."""
    found = measured.measured(lookalikes.cases(), measured.library())
    by_source = {source for source, _ in found.cases}
    for source in by_source:
        cases = sum(count for (one, _), count in found.cases.items() if one == source)
        wrong = sum(count for (one, _), count in found.wrong.items() if one == source)
        shown = [example for example in found.examples if example[0].source == source][:5]
        assert wrong <= cases * 0.01, (source, wrong, cases, shown)
    exact = {"id", "id like a card", "number", "FIX", "log"}
    assert not [example for example in found.examples if example[0].rule in exact]
    assert found.cases.total() >= 40_000


def test_the_page_says_what_is_measured() -> None:
    """The tables in the docs are those of this very code."""
    assert measured.PAGE.read_text("utf-8") == measured.page(), "run: make recall"
