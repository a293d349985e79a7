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
_LIMIT = re.compile(r" (?P<comparator>[<>]) on \((?P<labels>[^)]+)\) (?P<sign>-?)(?P<series>\w+:\S+)")
_WINDOW = re.compile(r"(?P<before>\[|offset )(?P<time>\d+[smhd])(?P<after>\]|:|\b)")
_SWAPPED = {"sum": "max", "max": "min", "min": "max", "avg": "max", "count": "sum", "rate": "irate"}
_AGGREGATION = re.compile(rf"\b({'|'.join(_SWAPPED)})(?= by | ?\()")
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
    for found in _LIMIT.finditer(expr):
        for fault, text in _limit_faults(found):
            changed = f"{expr[: found.start()]} {text}{expr[found.end() :]}"
            yield Mutant(name, f"limit {fault}", rule | {"expr": changed})
    if " and " in expr:
        yield Mutant(name, "guard of anything", rule | {"expr": _any_guard(expr)})
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
    for fault, changed in (*_windows(expr), *_aggregations(expr), *_branches(expr)):
        yield Mutant(rule["record"], fault, rule | {"expr": changed})


def _windows(expr: str) -> Iterator[tuple[str, str]]:
    """Yield each window and offset, wherever the formula has it, twice as long and half as long."""
    for found in {found[0]: found for found in _WINDOW.finditer(expr)}.values():
        for factor in (2, 0.5):
            longer = f"{found['before']}{number(seconds(found['time']) * factor)}s{found['after']}"
            yield f"{found[0]} → {longer}", expr.replace(found[0], longer)


def _aggregations(expr: str) -> Iterator[tuple[str, str]]:
    """Yield each aggregation and rate as another one, one place at a time."""
    for found in _AGGREGATION.finditer(expr):
        other = _SWAPPED[found[1]]
        yield f"{found[1]} → {other}", f"{expr[: found.start()]}{other}{expr[found.end() :]}"


def _branches(expr: str) -> Iterator[tuple[str, str]]:
    """Yield the formula without one of the alternatives that stand on lines of their own."""
    parts = re.split(r"\nor ", expr)
    for index in range(len(parts) if len(parts) > 1 else 0):
        kept = parts[:index] + parts[index + 1 :]
        yield f"alternative {index + 1} dropped", "\nor ".join(kept)


def _limit_faults(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    comparator, labels, sign, series = found.group("comparator", "labels", "sign", "series")
    on = f"on ({labels})"
    yield "flipped", f"{_FLIPPED[comparator]} {on} {sign}{series}"
    yield "+ 1 %", f"{comparator} {on} {sign}{1 + _SHARE} * {series}"
    yield "- 1 %", f"{comparator} {on} {sign}{1 - _SHARE} * {series}"
    yield "of the other sign", f"{comparator} {on} {'' if sign else '-'}{series}"


def _any_guard(expr: str) -> str:
    condition, _, guard = expr.partition(" and ")
    return f"{condition} and on () {guard.removeprefix('on ').partition(') ')[2] or guard}"


def _faults(comparator: str, bound: float) -> Iterator[tuple[str, str]]:
    distance = abs(bound) * _SHARE or _SHARE
    yield "flipped", f"{_FLIPPED[comparator]} {number(bound)}"
    yield "bound + 1 %", f"{comparator} {number(bound + distance)}"
    yield "bound - 1 %", f"{comparator} {number(bound - distance)}"
