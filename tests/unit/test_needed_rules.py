"""A test of promtool sees every rule on which its figures hang."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from support import needed_rules

if TYPE_CHECKING:
    from pathlib import Path

GROUPS: list[dict[str, Any]] = [
    {
        "name": "first",
        "interval": "15s",
        "rules": [
            {"record": "a:b:sum", "expr": "sum(b)"},
            {"record": "a:c:sum", "expr": "sum(c)", "labels": {"kind": "one"}},
            {"record": "a:c:sum", "expr": "sum(d)", "labels": {"kind": "two"}},
        ],
    },
    {
        "name": "second",
        "rules": [
            {"record": "e", "expr": "rate(a:c:sum[5m]) > on(a) f"},
            {"alert": "TooMuch", "expr": "e > 1"},
            {"alert": "TooLittle", "expr": "a:b:sum < 1"},
        ],
    },
]


def kept(*wanted: str) -> list[list[str]]:
    """Return the names of the rules that are kept, group by group."""
    groups = needed_rules.of(GROUPS, wanted)
    assert [group["name"] for group in groups] == ["first", "second"]
    assert groups[0]["interval"] == "15s"
    return [[rule.get("record") or rule["alert"] for rule in group["rules"]] for group in groups]


def test_what_a_wanted_rule_reads_is_kept_too() -> None:
    """Rules of the same name, and those behind them in another group, in the order that they had."""
    assert kept("TooMuch") == [["a:c:sum", "a:c:sum"], ["e", "TooMuch"]]
    assert kept("a:b:sum") == [["a:b:sum"], []]
    assert kept("sum", "b") == [[], []]


def test_who_asks_for_alerts_gets_all_of_them() -> None:
    """A test that no other alert fires needs the others."""
    assert kept("ALERTS") == [["a:b:sum", "a:c:sum", "a:c:sum"], ["e", "TooMuch", "TooLittle"]]


def test_a_test_is_written_with_what_it_names(tmp_path: Path) -> None:
    """All its rule files become one beside it, and nothing else of it changes."""
    (tmp_path / "rules").mkdir()
    for group in GROUPS:
        (tmp_path / "rules" / f"{group['name']}.yml").write_text(yaml.safe_dump({"groups": [group]}))
    test = {
        "rule_files": ["rules/*.yml"],
        "tests": [{"promql_expr_test": [{"expr": "1 - e", "eval_time": "5m"}]}],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test))
    folder = tmp_path / "folder"
    folder.mkdir()
    name = needed_rules.write_test(tmp_path / "test.yml", folder)
    assert yaml.safe_load((folder / name).read_text()) == test | {"rule_files": ["rules.yml"]}
    written = yaml.safe_load((folder / "rules.yml").read_text())["groups"]
    assert [[rule.get("record") for rule in group["rules"]] for group in written] == [["a:c:sum"] * 2, ["e"]]
