"""What is read out of a formula: the labels of its result, its metrics, and how far back it looks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from generators.spec import promql
from generators.spec.promql import Series

KNOWN = {
    "a": Series(frozenset({"x", "y"}), rises=False),
    "b": Series(frozenset({"x", "y"}), rises=False),
    "c_total": Series(frozenset({"x"}), rises=True),
    "d_bucket": Series(frozenset({"x", "le"}), rises=True),
    "one": Series(frozenset({"x", "z"}), rises=False),
    "any": Series(None),
}


@pytest.mark.parametrize(
    ("formula", "labels"),
    [
        ("1", ""),
        ("vector(time())", ""),
        ("scalar(sum(a))", ""),
        ("a", "x y"),
        ('a{x="1"}', "x y"),
        ("-a", "x y"),
        ("(a)", "x y"),
        ("a > 1", "x y"),
        ("1 - a", "x y"),
        ("a + b", "x y"),
        ("a and on (x) c_total", "x y"),
        ("a or c_total", "x y"),
        ("a * on (x) c_total", "x"),
        ("a * ignoring (y) c_total", "x"),
        ("a * on (x) group_left () c_total", "x y"),
        ("a * on (x) group_left (z) one", "x y z"),
        ("one * on (x) group_right (z) a", "x y z"),
        ("sum(a)", ""),
        ("sum by (x) (a)", "x"),
        ("sum without (x) (a)", "y"),
        ("topk(3, a)", "x y"),
        ("topk by (x) (3, a)", "x y"),
        ('count_values("value", a)', "value"),
        ('count_values by (x) ("value", a)', "value x"),
        ("rate(c_total[5m])", "x"),
        ("max_over_time(a[1d:1h])", "x y"),
        ("histogram_quantile(0.5, d_bucket)", "x"),
        ('label_replace(a, "w", "$1", "x", "(.*)")', "w x y"),
        ("absent(a)", ""),
        ('absent(a{x="1",y=~"2|3"})', "x"),
        ("any", None),
        ("sum by (x) (any)", "x"),
        ("any or a", None),
    ],
)
def test_the_labels_of_a_result_follow_from_its_parts(formula: str, labels: str | None) -> None:
    """Each operator and function passes labels on as Prometheus does; None is what cannot be told."""
    expected = None if labels is None else frozenset(labels.split())
    reading = promql.read(formula, KNOWN)
    assert (reading.labels, reading.wrong) == (expected, [])


@pytest.mark.parametrize("operator", ["+", "/", ">", "and", "unless"])
def test_sides_whose_labels_differ_are_refused(operator: str) -> None:
    """Such a formula parses, runs and returns nothing for ever."""
    assert promql.read(f"a {operator} c_total", KNOWN).wrong == [
        "two sides with the labels (x, y) and (x) never match; match them on (…) what both have"
    ]


@pytest.mark.parametrize(
    ("formula", "reach"),
    [
        ("a", timedelta()),
        ("a offset 1h", timedelta(hours=1)),
        ("a offset -1h", timedelta()),
        ("max_over_time(a[1d])", timedelta(days=1)),
        ("max_over_time(a[1d] offset 2h)", timedelta(days=1, hours=2)),
        ("max_over_time(rate(c_total[5m])[1d:1h])", timedelta(days=1, minutes=5)),
        ("max_over_time(max_over_time(a[1h] offset 1h)[1d:1h] offset 1d)", timedelta(days=2, hours=2)),
        ("a - max_over_time(a[1w]) or max_over_time(b[2w])", timedelta(weeks=2)),
        ("sum(max_over_time(a[30d]))", timedelta(days=30)),
    ],
)
def test_windows_and_offsets_add_up_along_the_deepest_path(formula: str, reach: timedelta) -> None:
    """How far back a formula looks is what the retention must cover."""
    assert promql.read(formula, KNOWN).reach == reach


def test_every_metric_of_a_formula_is_named() -> None:
    """Selectors are found wherever they stand."""
    reading = promql.read("sum(rate(c_total[5m])) / (1 + max_over_time(a[1d:1h])) unless b", KNOWN)
    assert reading.metrics == {"a", "b", "c_total"}


def test_the_shortest_rate_is_found_among_several() -> None:
    """What sees the fewest samples is what has to be long enough."""
    reading = promql.read("rate(c_total[5m]) + increase(c_total[2m]) + max_over_time(c_total[1m])", KNOWN)
    assert reading.shortest_rate == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("0s", timedelta()),
        ("0ms", timedelta()),
        ("90d", timedelta(days=90)),
        ("1h30m", timedelta(minutes=90)),
        ("500ms", timedelta(seconds=0.5)),
        ("1w2d", timedelta(days=9)),
    ],
)
def test_durations_are_read_as_prometheus_does(text: str, difference: timedelta) -> None:
    """All units of Prometheus, alone and joined, and nothing at all."""
    assert promql.duration(text) == difference
