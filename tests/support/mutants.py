"""Mutants of the rules: each a rule with one fault that a test must notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generators.shared.conditions import number, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONDITION = re.compile(r" (>=|<=|>|<) (-?[\d.e+-]+)(?=$| and)")
_MATCHER = re.compile(r'(?<=[{,])(\w+)(=~|!~|!=|=)"[^"]*",?')
_GROUPING = re.compile(r"\b(by|on) \(([^)]+)\)")
_FLIPPED = {">": "<", "<": ">", ">=": "<", "<=": ">"}
_SHARE = 0.01


@dataclass(frozen=True)
class Mutant:
    """A rule with a fault: which rule, what was done to it, and the rule that came of it."""

    rule: str
    fault: str
    mutated: dict[str, Any]


def of_alert(rule: dict[str, Any], step: float) -> Iterator[Mutant]:
    """Yield the mutants of an alert rule; `step` is the time between two evaluations in seconds."""
    name = f"{rule['alert']} ({rule['labels']['severity']})"
    expr = rule["expr"]
    for found in _CONDITION.finditer(expr):
        comparator, bound = found[1], float(found[2])
        for fault, text in _faults(comparator, bound):
            changed = f"{expr[: found.start()]} {text}{expr[found.end() :]}"
            yield Mutant(name, f"{found[0].strip()} → {fault}", rule | {"expr": changed})
    if " and" in expr:
        yield Mutant(name, "guard dropped", rule | {"expr": expr.partition(" and")[0]})
    for key in ("for", "keep_firing_for"):
        time = seconds(rule.get(key, "0s"))
        for changed_time in (time - step, time + step):
            if changed_time >= 0:
                value = f"{number(changed_time)}s"
                yield Mutant(name, f"{key} {rule.get(key, '0s')} → {value}", rule | {key: value})


def of_recording(rule: dict[str, Any]) -> Iterator[Mutant]:
    """Yield the mutants of a recording rule: a matcher or a label of a grouping is dropped.

    One that stands on both sides of an operator is dropped on both: on one side alone it changes nothing.
    """
    expr = rule["expr"]
    for matcher in dict.fromkeys(found[0].rstrip(",") for found in _MATCHER.finditer(expr)):
        changed = expr.replace(f"{matcher},", "").replace(matcher, "").replace(",}", "}")
        yield Mutant(rule["record"], f"matcher {matcher} dropped", rule | {"expr": changed})
    for found in dict.fromkeys((found[0], found[1], found[2]) for found in _GROUPING.finditer(expr)):
        labels = found[2].split(", ")
        for label in labels:
            kept = ", ".join(one for one in labels if one != label)
            changed = expr.replace(found[0], f"{found[1]} ({kept})")
            yield Mutant(rule["record"], f"{label} of {found[0]} dropped", rule | {"expr": changed})


def _faults(comparator: str, bound: float) -> Iterator[tuple[str, str]]:
    distance = abs(bound) * _SHARE or _SHARE
    yield "flipped", f"{_FLIPPED[comparator]} {number(bound)}"
    yield "bound + 1 %", f"{comparator} {number(bound + distance)}"
    yield "bound - 1 %", f"{comparator} {number(bound - distance)}"
