"""Checks the limits: each has a value wherever nobody sets one, and there are accounts that they hold for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.spec.references import known, twice
from generators.spec.vocabulary import Compare, FactRole, LimitUnit, Unit

if TYPE_CHECKING:
    from generators.spec.model import Alert, Kpi, Level, Limit, Metric, Spec
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place

_ENDING = "_ratio"
_LABELS = ("account", "currency")
_UNITS = {LimitUnit.RATIO: Unit.RATIO, LimitUnit.CURRENCY: Unit.MONEY}


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


def filled(spec: Spec) -> Spec:
    """Return the spec with the bound of each level that names a limit: its default, negative for `below`."""
    defaults = {limit.name: limit.default for limit in spec.limits}

    def level(alert: Alert, one: Level) -> Level:
        default = defaults.get(one.limit or "")
        if default is None or one.bound is not None:
            return one
        return one.model_copy(update={"bound": default if alert.compare is Compare.ABOVE else -default})

    def kpi(one: Kpi) -> Kpi:
        alerts = tuple(
            alert.model_copy(update={"levels": tuple(level(alert, each) for each in alert.levels)})
            for alert in one.alerts
        )
        return one.model_copy(update={"alerts": alerts})

    return spec.model_copy(update={"kpis": tuple(map(kpi, spec.kpis))})


def level_problems(spec: Spec, dropped: frozenset[str] = frozenset()) -> Found:
    """Yield what is wrong with levels before they are filled: a bound or a limit, and of the right kind."""
    units = {limit.name: _UNITS[limit.unit] for limit in spec.limits}
    for k, kpi in enumerate(spec.kpis):
        for a, alert in enumerate(kpi.alerts):
            for index, level in enumerate(alert.levels):
                place: Place = ("kpis", k, "alerts", a, "levels", index)
                if (level.bound is None) is (level.limit is None):
                    yield place, "a level has either a bound or a limit; write one of them"
                if level.limit is None:
                    continue
                yield from known((*place, "limit"), "limit", level.limit, units.keys() | dropped)
                if level.limit in units and units[level.limit] is not kpi.unit:
                    wrong = f"'{level.limit}' is measured in {units[level.limit]}, this KPI in {kpi.unit}"
                    yield (*place, "limit"), f"{wrong}; choose another"
                for label in sorted(set(_LABELS) - set(kpi.labels)):
                    wrong = f"a limit holds for an account and currency, and this KPI has no '{label}'"
                    yield (*place, "limit"), f"{wrong}; write a bound"
