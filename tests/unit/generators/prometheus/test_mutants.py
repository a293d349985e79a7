"""Mutants of the rules: each fault that a test must notice, and no other."""

from __future__ import annotations

from typing import Any

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
        "a:pnl:day < -1000",
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
    ]
