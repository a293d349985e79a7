"""Checks what the spec means: clashing names, dangling references, bounds and texts that cannot be right."""

from __future__ import annotations

import re
from itertools import chain, combinations
from typing import TYPE_CHECKING

from generators import names
from generators.spec import deliveries, formulas, limits, metric_rules, promql, reserved, roles
from generators.spec.model import Compare, Severity, Unit
from generators.spec.references import known, twice
from generators.spec.shape_errors import did_you_mean

if TYPE_CHECKING:
    from generators.spec.model import Alert, Kpi, Level, Spec
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place

LEAST = {"scrape_interval": "1s", "evaluation_interval": "1s", "retention": "1d"}
"""The shortest times that make sense in the settings."""

LONGEST_PATIENCE = "1d"

_SLOT = re.compile(r"\{\{((?>(?:[^{}]|\}(?!\}))*))\}\}")
_SLOTS = ("value", "magnitude", "bound", "limit")
_TEXTS = ("summary", "impact", "action")


def problems(spec: Spec, dropped: frozenset[str] = frozenset()) -> Found:
    """Yield a place and a text for everything wrong; `dropped` are items whose shape is wrong already."""
    for key, least in LEAST.items():
        if promql.duration(text := getattr(spec.settings, key)) < promql.duration(least):
            yield ("settings", key), f"{text} is too short; write at least {least}"
    yield from _duplicates(spec)
    yield from reserved.problems(spec)
    yield from metric_rules.problems(spec)
    yield from roles.problems(spec, dropped)
    yield from limits.problems(spec, dropped)
    yield from _references(spec, dropped)
    for k, kpi in enumerate(spec.kpis):
        yield from _example(kpi, ("kpis", k))
        yield from _words(kpi, ("kpis", k, "words"))
        for a, alert in enumerate(kpi.alerts):
            place = ("kpis", k, "alerts", a)
            yield from _levels(kpi, alert, place)
            yield from _patience(spec, alert, place)
            yield from _texts(kpi, alert, place)
    yield from formulas.problems(spec, dropped)
    yield from deliveries.problems(spec, dropped)


def _duplicates(spec: Spec) -> Found:
    for keys in (("services",), ("families",), ("exporters",), ("recordings", "kpis")):
        items = ((key, i, item) for key in keys for i, item in enumerate(getattr(spec, key)))
        yield from twice((((key, i, "name"), item.name) for key, i, item in items), "name")
    alerts = (
        (("kpis", k, "alerts", a, "name"), alert.name)
        for k, kpi in enumerate(spec.kpis)
        for a, alert in enumerate(kpi.alerts)
    )
    yield from twice(alerts, "name")
    recorded = (
        ((key, i, "operation"), names.recorded(item))
        for key in ("recordings", "kpis")
        for i, item in enumerate(getattr(spec, key))
    )
    yield from twice(recorded, "recorded series", "change metric, operation or labels of one of them")
    exported = (
        (("exporters", e, "metrics", name), name)
        for e, exporter in enumerate(spec.exporters)
        for name in exporter.metrics
    )
    ours = ((("metrics", m, "name"), metric.name) for m, metric in enumerate(spec.metrics))
    yield from twice(chain(ours, exported), "metric", "describe it once")


def _references(spec: Spec, dropped: frozenset[str]) -> Found:
    services = {service.name for service in spec.services} | dropped
    families = {family.name for family in spec.families} | dropped
    alerts = {alert.name for kpi in spec.kpis for alert in kpi.alerts}
    figures = {recording.name: recording.labels for recording in spec.recordings}
    figures |= {kpi.name: kpi.labels for kpi in spec.kpis}
    for m, metric in enumerate(spec.metrics):
        for s, service in enumerate(metric.services):
            yield from known(("metrics", m, "services", s), "service", service, services)
    for r, recording in enumerate(spec.recordings):
        yield from known(("recordings", r, "family"), "family", recording.family, families)
    for k, kpi in enumerate(spec.kpis):
        yield from known(("kpis", k, "family"), "family", kpi.family, families)
        for a, alert in enumerate(kpi.alerts):
            place: Place = ("kpis", k, "alerts", a)
            if alert.service:
                yield from known((*place, "service"), "service", alert.service, services)
            if alert.guard:
                guard = (*place, "guard", "kpi")
                yield from known(guard, "KPI or recording", alert.guard.kpi, figures.keys() | dropped)
                for label in sorted(set(figures.get(alert.guard.kpi, ())) - set(kpi.labels)):
                    yield (
                        guard,
                        f"'{alert.guard.kpi}' has a label '{label}', which this KPI lacks; choose another",
                    )
            if not dropped and not alert.missing.startswith("silent"):
                yield from _absence(alert, (*place, "missing"), alerts)


def _absence(alert: Alert, place: Place, alerts: set[str]) -> Found:
    """Yield an absent series of which nobody tells."""
    if alert.missing == alert.name:
        yield place, "an alert cannot tell of its own absence; name another one"
    elif alert.missing not in alerts:
        cure = "write 'silent: why' or the alert that covers absence"
        yield place, f"'{alert.missing}' is no alert; {cure}"


def _example(kpi: Kpi, place: Place) -> Found:
    for index, label in enumerate(kpi.labels):
        if label in kpi.labels[:index]:
            yield (*place, "labels", index), f"'{label}' stands twice; remove one of them"
        elif label not in kpi.example:
            yield (*place, "example"), f"there is no example for the label '{label}'; add '{label}: …'"
    for label in kpi.example:
        if label not in kpi.labels:
            yield (
                (*place, "example", label),
                f"'{label}' is no label of this KPI; remove it or add it to labels",
            )


def _words(kpi: Kpi, place: Place) -> Found:
    if kpi.words and kpi.unit != Unit.STATE:
        yield place, f"words are for a state, and this is shown as a number in {kpi.unit}; remove them"
    elif len(kpi.words) == 1:
        yield place, "a state has a word for each of its values, 0 first; write two or more"


def _levels(kpi: Kpi, alert: Alert, place: Place) -> Found:
    rank = list(Severity)
    levels = sorted(enumerate(alert.levels), key=lambda pair: rank.index(pair[1].severity))
    for (_, worse), (index, milder) in combinations(levels, 2):
        here = (*place, "levels", index)
        if worse.severity == milder.severity:
            yield (
                (*here, "severity"),
                f"the severity '{worse.severity}' stands twice; remove one of the levels",
            )
        elif not _is_worse(alert, worse, milder):
            yield (*here, "bound"), _bound_order(alert, worse, milder)
    for index, level in enumerate(alert.levels):
        if kpi.unit == Unit.RATIO and level.bound is not None and abs(level.bound) > 1:
            cure = f"write {level.bound / 100:g} for {level.bound:g} %"
            yield (*place, "levels", index, "bound"), f"{level.bound:g} is no ratio between 0 and 1; {cure}"


def _patience(spec: Spec, alert: Alert, place: Place) -> Found:
    """Yield times that Prometheus would round up to the next evaluation, or that nobody would wait for."""
    every = spec.settings.evaluation_interval
    step = promql.duration(every)
    for index, level in enumerate(alert.levels):
        for key, text in (("for", level.for_), ("keep_firing_for", level.keep_firing_for)):
            here, time = (*place, "levels", index, key), promql.duration(text or "0s")
            if time > promql.duration(LONGEST_PATIENCE):
                yield here, f"{text} is longer than {LONGEST_PATIENCE}; let the formula look back instead"
            elif step and (over := time % step):
                longer = promql.text_of(time - over + step)
                yield here, f"{text} is no multiple of settings.evaluation_interval, {every}; write {longer}"


def _is_worse(alert: Alert, worse: Level, milder: Level) -> bool:
    if worse.bound is None or milder.bound is None:  # of amounts only an installation knows the order
        return True
    if worse.bound == milder.bound:
        return promql.duration(worse.for_) > promql.duration(milder.for_)
    return (worse.bound > milder.bound) == (alert.compare == Compare.ABOVE)


def _bound_order(alert: Alert, worse: Level, milder: Level) -> str:
    if worse.bound == milder.bound:
        wrong = (
            f"{worse.severity} and {milder.severity} share a bound, but {worse.severity} does not wait longer"
        )
        return f"{wrong}; change a bound, or write a longer 'for' at {worse.severity}"
    wrong = f"{milder.severity} at {milder.bound:g} is not milder than {worse.severity} at {worse.bound:g}"
    side = "under" if alert.compare == Compare.ABOVE else "over"
    return f"{wrong} where {alert.compare} is bad; write a bound {side} {worse.bound:g}"


def _texts(kpi: Kpi, alert: Alert, place: Place) -> Found:
    texts = [((*place, key), getattr(alert, key)) for key in _TEXTS]
    texts += [((*place, "mitigation", i), text) for i, text in enumerate(alert.mitigation)]
    slots = (*_SLOTS, *kpi.labels)
    for here, text in texts:
        if "{{" in _SLOT.sub("", text) or "}}" in _SLOT.sub("", text):
            yield here, "a {{ or }} has no partner; write {{ value }} or {{ <label> }}"
        for slot in (found.strip() for found in _SLOT.findall(text)):
            if slot not in slots:
                yield here, f"{{{{ {slot} }}}} cannot be filled; {_slot_cure(slot, slots)}"


def _slot_cure(slot: str, slots: tuple[str, ...]) -> str:
    cure = did_you_mean(slot.removeprefix("$").removeprefix("labels."), slots)
    return cure.replace("'", "{{ ", 1).replace("'", " }}", 1) if "'" in cure else cure
