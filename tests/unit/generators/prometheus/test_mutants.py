"""Mutants of the rules: each fault that a test must notice, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from support import mutants

ALERT: dict[str, Any] = {
    "alert": "LossLimit",
    "expr": "a:pnl:day < -1000 and b:days:count >= 20",
    "for": "30s",
    "labels": {"severity": "critical"},
}


def test_an_alert_is_mutated_in_comparator_bound_guard_and_patience() -> None:
    """Each comparator is flipped, each bound moved by 1 %, the guard dropped, each time moved by a step."""
    found = [mutant.mutated for mutant in mutants.of_alert(ALERT, 15)]
    assert [rule["expr"] for rule in found if rule["expr"] != ALERT["expr"]] == [
        "a:pnl:day > -1000 and b:days:count >= 20",
        "a:pnl:day < -990 and b:days:count >= 20",
        "a:pnl:day < -1010 and b:days:count >= 20",
        "a:pnl:day < -1000 and b:days:count < 20",
        "a:pnl:day < -1000 and b:days:count >= 20.2",
        "a:pnl:day < -1000 and b:days:count >= 19.8",
        "a:pnl:day < -1000 and on () b:days:count >= 20",
        "a:pnl:day < -1000",
        "a:pnl:day <= -1000 and b:days:count >= 20",
        "a:pnl:day < -1000 and b:days:count > 20",
    ]
    assert [rule["for"] for rule in found if rule["for"] != "30s"] == ["15s", "45s"]
    assert [rule["keep_firing_for"] for rule in found if "keep_firing_for" in rule] == ["15s"]


def test_a_recording_is_mutated_in_matchers_and_groupings() -> None:
    """Each matcher and each label of by (...) and on (...) is dropped, one at a time."""
    rule = {"record": "x:y:z", "expr": 'sum by (a, b) (m{c="1",d!~"2"}) / on (a) n'}
    assert [mutant.mutated["expr"] for mutant in mutants.of_recording(rule)] == [
        'sum by (a, b) (m{d!~"2"}) / on (a) n',
        'sum by (a, b) (m{c="1"}) / on (a) n',
        'sum by (b) (m{c="1",d!~"2"}) / on (a) n',
        'sum by (a) (m{c="1",d!~"2"}) / on (a) n',
        'sum by (a, b) (m{c="1",d!~"2"}) / on () n',
        'max by (a, b) (m{c="1",d!~"2"}) / on (a) n',
        'sum by (a, b) (m{c!="1",d!~"2"}) / on (a) n',
        'sum by (a, b) (m{c="1",d=~"2"}) / on (a) n',
    ]


def test_an_alert_on_a_limit_is_mutated_too() -> None:
    """The limit is compared the wrong way, is a little more or less, and has the other sign."""
    limited = ALERT | {"expr": 'a:pnl:day < on (account) -x:limit:in_force{limit="l"}'}
    assert [mutant.mutated["expr"].partition(" ")[2] for mutant in mutants.of_alert(limited, 15)][:4] == [
        '> on (account) -x:limit:in_force{limit="l"}',
        '< on (account) -1.01 * x:limit:in_force{limit="l"}',
        '< on (account) -0.99 * x:limit:in_force{limit="l"}',
        '< on (account) x:limit:in_force{limit="l"}',
    ]


def test_a_recording_is_mutated_in_windows_aggregations_and_alternatives() -> None:
    """A window is doubled and halved, an offset too, a rate taken at its end, a line of `or` left out."""
    rule = {"record": "x:y:z", "expr": "rate(m[5m] offset 1h)\nor n"}
    assert [mutant.mutated["expr"] for mutant in mutants.of_recording(rule)] == [
        "rate(m[600s] offset 1h)\nor n",
        "rate(m[150s] offset 1h)\nor n",
        "rate(m[5m] offset 7200s)\nor n",
        "rate(m[5m] offset 1800s)\nor n",
        "irate(m[5m] offset 1h)\nor n",
        "n",
        "rate(m[5m] offset 1h)",
    ]


def test_a_recording_is_mutated_in_comparisons_numbers_and_what_keeps_a_sign() -> None:
    """A bound is taken in or left out, a factor grows, abs() and clamp_min() go; names stay whole."""
    rule = {"record": "x:y:z", "expr": "abs(clamp_min(m_2 - 15 * n:p50_5m, 0)) > 20"}
    assert [mutant.mutated["expr"] for mutant in mutants.of_recording(rule)] == [
        "abs(clamp_min(m_2 - 15 * n:p50_5m, 0)) >= 20",
        "abs(clamp_min(m_2 - 15.15 * n:p50_5m, 0)) > 20",
        "abs(clamp_min(m_2 - 15 * n:p50_5m, 1)) > 20",
        "abs(clamp_min(m_2 - 15 * n:p50_5m, 0)) > 20.2",
        "(clamp_min(m_2 - 15 * n:p50_5m, 0)) > 20",
        "abs(clamp_max(m_2 - 15 * n:p50_5m, 0)) > 20",
    ]


def test_an_alternative_within_brackets_is_left_out_too() -> None:
    """Each line of its own is one, at any depth."""
    rule = {"record": "x:y:z", "expr": "sum(\n  a\n  or b\n  or c\n)"}
    assert [mutant.mutated["expr"] for mutant in mutants.of_recording(rule)][-2:] == [
        "sum(\n  a\n  or c\n)",
        "sum(\n  a\n  or b\n)",
    ]


def test_the_memory_of_a_series_is_left_alone() -> None:
    """Its windows matter only after an outage of Prometheus, which no test of rules can play."""
    kept = "last_over_time(x:y:z[1m])\nor last_over_time(x:y:z[65m:15m])"
    rule = {"record": "x:y:z", "expr": f"rate(m[1m])\nor {kept}"}
    assert [mutant.mutated["expr"].replace(kept, "KEPT") for mutant in mutants.of_recording(rule)] == [
        "rate(m[120s])\nor KEPT",
        "rate(m[30s])\nor KEPT",
        "irate(m[1m])\nor KEPT",
        "KEPT",
    ]


@pytest.mark.parametrize(
    ("expr", "kept"),
    [
        ("m and sum by (a) (rate(n[5m])) > 0", ["rate → irate"]),
        ("m and sum by (a) (rate(n[5m])) > 20", ["sum → max", "rate → irate"]),
        ("m and sum by (a) (n)", []),
        ("m or 0 * sum by (a) (rate(n[5m]))", []),
        ("timestamp(sum by (a) (n))", []),
        ("count(sum by (a) (n) unless m)", []),
        ("timestamp(sum by (a) (n) != b)", ["sum → max"]),
    ],
)
def test_what_is_only_there_or_not_is_not_joined_otherwise(expr: str, kept: list[str]) -> None:
    """Behind `0 *`, `and` and `timestamp(` no figure is read, so another aggregation does the same."""
    rule = {"record": "x:y:z", "expr": expr}
    faults = [one.fault for one in mutants.of_recording(rule)]
    assert [fault for fault in faults if fault in {"sum → max", "rate → irate"}] == kept


def test_where_both_sides_are_the_same_a_bound_is_not_taken_in() -> None:
    """The lesser of two is the same where they are equal; nothing lies about what is left of rounding."""
    lesser = {"record": "x:y:z", "expr": "a\n  < b\n  or b"}
    assert "< → <=" not in [one.fault for one in mutants.of_recording(lesser)]
    assert "< → <=" in [one.fault for one in mutants.of_recording(lesser | {"expr": "a\n  < b\n  or c"})]
    rounding = [one.fault for one in mutants.of_recording({"record": "x:y:z", "expr": "a / (b > 1e-6)"})]
    assert rounding == []
