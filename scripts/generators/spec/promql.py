"""What a PromQL formula reads and returns: its selectors, how far back it looks, the labels of its result.

The grammar is the real one (promql-parser, a port of Prometheus' own); the rules for labels are those of
https://prometheus.io/docs/prometheus/latest/querying/operators/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import promql_parser as ast

from generators.spec.shape_errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Labels: TypeAlias = frozenset[str] | None
"""The labels that a result may have; None where that cannot be told."""

_LOGICAL = {"and", "or", "unless"}
_SCALARS = {"scalar", "time", "pi"}
_VECTORS_OF_NOTHING = {"vector", *_SCALARS}
_ANY_LABEL = {"absent", "absent_over_time", "info"}
_KEEPS_SERIES = {"topk", "bottomk", "limitk", "limit_ratio"}
_OF_COUNTERS = {"rate", "irate", "increase"}


class PromqlError(ValueError):
    """A text that is no PromQL; the message says why and what to do."""


@dataclass(frozen=True)
class Series:
    """A series that formulas may read: its labels (None: any), whether it only rises, known label values."""

    labels: Labels
    rises: bool | None = None
    values: Mapping[str, Iterable[str]] = field(default_factory=dict)  # label -> all that it may be


@dataclass
class Reading:
    """What was learnt from a formula."""

    labels: Labels = frozenset()
    metrics: set[str] = field(default_factory=set)
    reach: timedelta = timedelta()
    shortest_rate: timedelta | None = None  # window of the rate(), irate() or increase() that sees least
    wrong: list[str] = field(default_factory=list)


def read(text: str, known: Mapping[str, Series]) -> Reading:
    """Return what a formula reads, looks back to and returns, and what is wrong with it.

    Raises `PromqlError` where it cannot be parsed or its result is no vector of numbers.
    """
    try:
        tree = ast.parse(text)
    except ValueError as error:
        why = str(error).replace("invalid promql query", "something is missing or too much")
        raise PromqlError(f"this is not PromQL ({why}); correct the formula") from error
    if isinstance(tree, ast.MatrixSelector | ast.SubqueryExpr):
        raise PromqlError(
            "the result is a range of samples; put a function such as last_over_time() around it"
        )
    if isinstance(tree, ast.StringLiteral):
        raise PromqlError("the result is a text; write a formula that returns numbers")
    reader = _Reader(known)
    reader.reading.labels = reader.labels(tree)
    reader.reading.reach = _reach(tree)
    return reader.reading


def duration(text: str) -> timedelta:
    """Return a duration in Prometheus' notation as a time difference."""
    return ast.parse_duration(text) if text.strip("0ywdhms") else timedelta()


def text_of(difference: timedelta) -> str:
    """Return a time difference in Prometheus' notation."""
    return ast.display_duration(difference)


def _reach(node: Any) -> timedelta:
    """Return how far before now the oldest sample that a formula needs may be."""
    offset: timedelta = max(getattr(node, "offset", None) or timedelta(), timedelta())
    offset += getattr(node, "range", timedelta())
    return offset + max(map(_reach, _children(node)), default=timedelta())


def _children(node: Any) -> list[Any]:
    if isinstance(node, ast.BinaryExpr):
        return [node.lhs, node.rhs]
    if isinstance(node, ast.Call):
        return list(node.args)
    if isinstance(node, ast.MatrixSelector):
        return [node.vector_selector]
    return [node.expr] if hasattr(node, "expr") else []


def _is_scalar(node: Any) -> bool:
    if isinstance(node, ast.Call):
        return node.func.name in _SCALARS
    if isinstance(node, ast.NumberLiteral):
        return True
    children = _children(node)
    return isinstance(node, ast.ParenExpr | ast.UnaryExpr | ast.BinaryExpr) and all(map(_is_scalar, children))


class _Reader:
    """Walks a formula from the leaves up: each node's labels follow from those of its parts."""

    def __init__(self, known: Mapping[str, Series]) -> None:
        self.known = known
        self.reading = Reading()

    def labels(self, node: Any) -> Labels:
        if isinstance(node, ast.VectorSelector):
            return self._selector(node)
        if isinstance(node, ast.MatrixSelector):
            return self._selector(node.vector_selector)
        if isinstance(node, ast.AggregateExpr):
            return self._aggregate(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.BinaryExpr):
            return self._binary(node)
        children = _children(node)
        return self.labels(children[0]) if children else frozenset()

    def _wrong(self, text: str) -> None:
        if text not in self.reading.wrong:
            self.reading.wrong.append(text)

    def _selector(self, node: Any) -> Labels:
        if node.name is None:
            self._wrong("a selector names no metric; write the metric's name before its braces")
            return None
        self.reading.metrics.add(node.name)
        series = self.known.get(node.name)
        if series is None:
            cure = did_you_mean(node.name, self.known)
            define = "define it under metrics or list it under exporters"
            self._wrong(f"unknown metric '{node.name}'; {cure if cure.startswith('did') else define}")
            return None
        for matcher in node.matchers.matchers:
            self._expect([matcher.name], series.labels, f"metric '{node.name}' has no label")
            values = series.values.get(matcher.name, (matcher.value,))
            if matcher.op == ast.MatchOp.Equal and matcher.value not in values:
                cure = did_you_mean(matcher.value, values)
                self._wrong(f"'{node.name}' has no {matcher.name} '{matcher.value}'; {cure}")
        return series.labels

    def _expect(self, names: Iterable[str], labels: Labels, complaint: str) -> None:
        if labels is None:
            return
        for name in names:
            if name not in labels:
                self._wrong(f"{complaint} '{name}'; {did_you_mean(name, labels)}")

    def _aggregate(self, node: Any) -> Labels:
        inner = self.labels(node.expr)
        by = node.modifier is None or node.modifier.type == ast.AggModifierType.By
        named = frozenset(node.modifier.labels if node.modifier else ())
        complaint = f"'{'by' if by else 'without'}' names no label of its argument:"
        self._expect(sorted(named), inner, complaint)
        if str(node.op) in _KEEPS_SERIES:
            return inner
        if by:
            counted = {node.param.val} if isinstance(node.param, ast.StringLiteral) else set()
            return named | counted
        return None if inner is None else inner - named

    def _call(self, node: Any) -> Labels:
        name = node.func.name
        every = [self.labels(argument) for argument in node.args]
        if name in _OF_COUNTERS and isinstance(node.args[0], ast.MatrixSelector):
            self._rate(node.args[0], name)
        if name in _VECTORS_OF_NOTHING:
            return frozenset()
        if name in _ANY_LABEL or None in every:
            return None
        joined = frozenset().union(*(labels for labels in every if labels is not None))
        if name in ("label_replace", "label_join"):
            return joined | {node.args[1].val}
        return joined - {"le"} if name == "histogram_quantile" else joined

    def _rate(self, node: ast.MatrixSelector, function: str) -> None:
        self.reading.shortest_rate = min(self.reading.shortest_rate or node.range, node.range)
        name = node.vector_selector.name
        if name and name in self.known and self.known[name].rises is False:
            cure = "use delta() or deriv(), for it may fall"
            self._wrong(f"{function}() of '{name}', which is a gauge; {cure}")

    def _binary(self, node: Any) -> Labels:
        left, right = self.labels(node.lhs), self.labels(node.rhs)
        if _is_scalar(node.lhs) or _is_scalar(node.rhs):
            return right if _is_scalar(node.lhs) else left
        operator = str(node.op)
        if operator == "or":
            return None if left is None or right is None else left | right
        joined = self._matched(node.modifier, left, right)
        return left if operator in _LOGICAL else joined

    def _matched(self, modifier: Any, left: Labels, right: Labels) -> Labels:
        """Return the labels of a one-to-one, many-to-one or one-to-many match."""
        matching = modifier and modifier.matching
        named = frozenset(matching.labels) if matching else frozenset()
        on = bool(matching) and matching.type == ast.LabelModifierType.Include
        if on:
            for side, labels in (("left", left), ("right", right)):
                self._expect(sorted(named), labels, f"'on' names no label of its {side} side:")
        card = str(modifier.card).rpartition(".")[2] if modifier else "OneToOne"
        many, one = (right, left) if card == "OneToMany" else (left, right)
        if card in ("ManyToOne", "OneToMany"):
            extra = frozenset(modifier.group_labels or ())
            self._expect(sorted(extra), one, "the group modifier names no label of the side it copies from:")
            return None if many is None else many | extra
        if on:
            return named
        if left is not None and right is not None and left - named != right - named:
            sides = " and ".join(f"({', '.join(sorted(side - named))})" for side in (left, right))
            self._wrong(f"two sides with the labels {sides} never match; match them on (…) what both have")
        return None if many is None else many - named
