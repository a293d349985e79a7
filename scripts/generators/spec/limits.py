"""Checks the limits: each has a value wherever nobody sets one, and there are accounts that they hold for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.spec.references import twice
from generators.spec.vocabulary import FactRole, LimitUnit

if TYPE_CHECKING:
    from generators.spec.model import Limit, Metric, Spec
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place

_ENDING = "_ratio"


def accounts(spec: Spec) -> Metric | None:
    """Return the fact of which each series is an account and currency."""
    return next((metric for metric in spec.metrics if metric.role is FactRole.ACCOUNTS), None)


def problems(spec: Spec, dropped: frozenset[str] = frozenset()) -> Found:
    """Yield a place and a text for everything wrong with the limits."""
    yield from twice(((("limits", i, "name"), one.name) for i, one in enumerate(spec.limits)), "limit")
    for index, limit in enumerate(spec.limits):
        yield from _value(limit, ("limits", index))
    if spec.limits and not dropped and accounts(spec) is None:
        cure = f"add 'role: {FactRole.ACCOUNTS}' to the metric with a series for each account and currency"
        yield ("limits",), f"nobody knows whose limits these are; {cure}"


def _value(limit: Limit, place: Place) -> Found:
    is_ratio = limit.unit is LimitUnit.RATIO
    if limit.name.endswith(_ENDING) is not is_ratio:
        name = limit.name + _ENDING if is_ratio else limit.name.removesuffix(_ENDING)
        yield (*place, "name"), f"a name ends in {_ENDING} if its unit is ratio, and only then; write {name}"
    if is_ratio and limit.default is None:
        wrong = "without a default, an account whose installation sets none has no limit"
        yield place, f"{wrong}; add 'default: …'"
    elif limit.default is None:
        return
    elif not is_ratio:
        wrong = "an amount means another thing in each currency"
        yield (*place, "default"), f"{wrong}; remove the default, and let each installation set its own"
    elif not 0 < limit.default <= 1:
        wrong = f"{limit.default:g} is no share that can be lost"
        yield (*place, "default"), f"{wrong}; write one above 0, at most 1"
