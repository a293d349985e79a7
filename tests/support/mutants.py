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
_INNER = re.compile(r"\n +or [^\n]*[^\n(](?=\n)")
_COMPARISON = re.compile(r" (>=|<=|>|<)(?= )")
_COMPARED = re.compile(r" (>=|<=|>|<|!=|==) ")
_NUMBER = re.compile(r"(?<![\w.\[:\"^-])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.:\"\]])")
NEGATED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_STRICT = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_MEMORY = re.compile(r"last_over_time\([\w:]+\[(1m|2m|65m:15m|8d:1d|32d:4d)\]")
"""A series remembers itself for outages of Prometheus, which promtool cannot play: it is left alone."""
_IDLE = re.compile(r"(?:0 \* |\band |timestamp\(|count\()(?P<joined>(?:sum|max|min)(?: by \([^)]*\) )?\()")
_SOME = re.compile(r" > 0(?![\d.])")
"""Behind these only whether a series is there counts, or whether any is above 0, not how they are joined."""
_LESSER = re.compile(r" [<>] (?P<other>[^\n]+)(?=\n *or (?P=other)(\n|$))")
_NOISE = 1e-5
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
    for fault, changed in _conditions(rule["expr"]):
        yield Mutant(name, fault, rule | {"expr": changed})
    for key in ("for", "keep_firing_for"):
        time = seconds(rule.get(key, "0s"))
        for changed_time in (time - step, time + step):
            if changed_time >= 0:
                value = f"{number(changed_time)}s"
                yield Mutant(name, f"{key} {rule.get(key, '0s')} → {value}", rule | {key: value})


def _conditions(expr: str) -> Iterator[tuple[str, str]]:
    """Yield what an alert asks with another bound, comparator, limit or guard."""
    for found in _CONDITION.finditer(expr):
        for fault, text in _faults(found[1], float(found[2])):
            yield f"{found[0].strip()} → {fault}", f"{expr[: found.start()]} {text}{expr[found.end() :]}"
    for found in _LIMIT.finditer(expr):
        for fault, text in _limit_faults(found):
            yield f"limit {fault}", f"{expr[: found.start()]} {text}{expr[found.end() :]}"
    if " and " in expr and " and all:" not in expr:  # what has no labels is matched on none anyway
        yield "guard of anything", _any_guard(expr)
    if " and" in expr:
        yield "guard dropped", expr.partition(" and")[0]
    yield from _strictness(expr)


def of_recording(rule: dict[str, Any]) -> Iterator[Mutant]:
    """Yield the mutants of a recording rule: each kind of fault below, and matchers and labels dropped.

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
    kinds = (_windows, _aggregations, _branches, _negations, _strictness, _constants, _wrappers)
    for fault, changed in (one for kind in kinds for one in kind(expr)):
        yield Mutant(rule["record"], fault, rule | {"expr": changed})


def _windows(expr: str) -> Iterator[tuple[str, str]]:
    """Yield each window and offset, wherever the formula has it, twice as long and half as long."""
    kept = [found[0] for found in _MEMORY.finditer(expr)]
    masked = _MEMORY.sub("\0", expr)
    for found in {one[0]: one for one in _WINDOW.finditer(masked)}.values():
        for factor in (2, 0.5):
            longer = f"{found['before']}{number(seconds(found['time']) * factor)}s{found['after']}"
            changed = masked.replace(found[0], longer)
            yield (
                f"{found[0]} → {longer}",
                "".join(part + memory for part, memory in zip(changed.split("\0"), [*kept, ""], strict=True)),
            )


def _aggregations(expr: str) -> Iterator[tuple[str, str]]:
    """Yield each aggregation and rate as another one, where another figure comes of it."""
    idle = {place for found in _IDLE.finditer(expr) for place in _unread(expr, found)}
    for found in _AGGREGATION.finditer(expr):
        if found.start() in idle:
            continue
        other = _SWAPPED[found[1]]
        yield f"{found[1]} → {other}", f"{expr[: found.start()]}{other}{expr[found.end() :]}"


def _unread(expr: str, idle: re.Match[str]) -> range:
    """Return the places behind `0 *`, `and`, `timestamp(` or `count(` whose figure nobody reads."""
    end, depth = idle.end(), 1
    while depth:
        depth += {"(": 1, ")": -1}.get(expr[end], 0)
        end += 1
    if not _COMPARED.match(expr, end):
        return range(idle.start("joined"), end)
    return range(*idle.span("joined")) if _SOME.match(expr, end) else range(0)


def _branches(expr: str) -> Iterator[tuple[str, str]]:
    """Yield the formula without one of the alternatives that stand on lines of their own, at any depth."""
    parts = re.split(r"\nor ", expr)
    for index in range(len(parts) if len(parts) > 1 else 0):
        if _MEMORY.match(parts[index].strip()):
            continue
        kept = parts[:index] + parts[index + 1 :]
        yield f"alternative {index + 1} dropped", "\nor ".join(kept)
    for found in _INNER.finditer(expr):
        if _MEMORY.match(found[0].strip().removeprefix("or ")):
            continue
        yield f"{found[0].strip()[:40]} dropped", expr[: found.start()] + expr[found.end() :]


def _negations(expr: str) -> Iterator[tuple[str, str]]:
    """Yield the formula with each matcher asking for all but what it asks for."""
    for found in _MATCHER.finditer(expr):
        operator = found[2]
        other = NEGATED[operator]
        yield f"{found[0]} → {other}", f"{expr[: found.start(2)]}{other}{expr[found.end(2) :]}"


def _strictness(expr: str) -> Iterator[tuple[str, str]]:
    """Yield the formula with each comparison taking its bound in, or leaving it out."""
    for found in _COMPARISON.finditer(expr):
        if _LESSER.match(expr, found.start()) or _is_noise(expr[found.end() + 1 :].partition(" ")[0]):
            continue
        other = _STRICT[found[1]]
        yield f"{found[0].strip()} → {other}", f"{expr[: found.start(1)]}{other}{expr[found.end(1) :]}"


def _constants(expr: str) -> Iterator[tuple[str, str]]:
    """Yield the formula with each number a hundredth larger; a 0 as 1."""
    for found in _NUMBER.finditer(expr):
        if _is_noise(found[0]):
            continue
        other = number(float(found[0]) * 1.01) if float(found[0]) else "1"
        yield f"{found[0]} → {other}", f"{expr[: found.start()]}{other}{expr[found.end() :]}"


def _is_noise(bound: str) -> bool:
    """Return whether a number keeps out what is left of rounding only: no fact lies about it."""
    found = _NUMBER.match(bound)
    return found is not None and 0 < float(found[0]) < _NOISE


def _wrappers(expr: str) -> Iterator[tuple[str, str]]:
    """Yield the formula without what keeps a sign or a floor."""
    if "abs(" in expr:
        yield "abs dropped", expr.replace("abs(", "(")
    if "clamp_min(" in expr:
        yield "clamp_min → clamp_max", expr.replace("clamp_min(", "clamp_max(")


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
