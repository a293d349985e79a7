"""promtool unit tests of every alert: what it does on each side of its bound, its patience and its end.

The expected state, labels and texts are computed here from the spec, not from the rules: a small model
of Prometheus' alert states walks over the values that the test feeds in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generators import names
from generators.shared import changes, links, output, texts
from generators.shared.conditions import LIMITED, bound, guarded_by, number, seconds
from generators.spec.model import Compare, Severity, Unit

if TYPE_CHECKING:
    from generators.spec.model import Alert, Figure, Kpi, Level, Model, Spec

FOLDER = "prometheus/generated/tests"

AMOUNT = 100.0
"""The limit of a test where the spec has no default."""

NEAR = 0.005
"""How far from a bound the values of a test lie, as a share of the bound (absolute where it is 0)."""


@dataclass(frozen=True)
class Stretch:
    """A value (and that of the guard) that holds for a number of steps; None is an absent series."""

    steps: int
    value: float | None
    guard: float | None = None


@dataclass(frozen=True)
class Case:
    """One test of a level: values over time, and the steps at which the alert is looked at."""

    title: str
    stretches: tuple[Stretch, ...]
    looks: tuple[int, ...]
    stranger: bool = False  # there is a guard that holds, but of another series


def render(model: Model) -> dict[str, str]:
    """Return a test file for the alerts of each family."""
    files = {}
    for family in model.spec.families:
        tests = [
            test
            for kpi in model.spec.kpis
            if kpi.family == family.name
            for alert in kpi.alerts
            for test in alert_tests(model.spec, kpi, alert)
        ]
        if tests:
            content = test_file(model.spec, f"../rules/{names.alerts_file(family.name)}", tests)
            files[f"{FOLDER}/{names.alerts_file(family.name)}"] = output.yaml_text(content)
    return files


def test_file(spec: Spec, rules: str, tests: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a test file of promtool as plain values."""
    return {"rule_files": [rules], "evaluation_interval": spec.settings.evaluation_interval, "tests": tests}


def alert_tests(spec: Spec, kpi: Kpi, alert: Alert) -> list[dict[str, Any]]:
    """Return the tests of one alert: the cases of each of its levels."""
    alert = bounded(alert)
    return [
        _test(spec, kpi, alert, level, case) for level in alert.levels for case in cases(spec, alert, level)
    ]


def cases(spec: Spec, alert: Alert, level: Level) -> list[Case]:
    """Return what is tried on one level of an alert."""
    step = seconds(spec.settings.evaluation_interval)
    wait = round(seconds(level.for_) / step)
    keep = round(seconds(level.keep_firing_for or "0s") / step)
    bad, near = (beyond(alert.compare, bound(level), share) for share in (NEAR, -NEAR))
    enough = alert.guard.at_least if alert.guard else None
    good = Stretch(2, near, enough)
    start, end = 2 + wait, 2 + wait + 4
    ill = Stretch(wait + 4, bad, enough)
    found = [
        Case("fires beyond its bound", (good, ill), (end - 1,)),
        Case(
            "is silent just inside its bound and on it",
            (Stretch(wait + 2, near, enough), Stretch(wait + 2, bound(level), enough)),
            (wait + 1, 2 * wait + 3),
        ),
        Case("waits for its time, not a step less or more", (good, ill), (start - 1, start)),
        Case(
            "ends after its recovery",
            (good, ill, Stretch(keep + 2, near, enough)),
            tuple(sorted({end - 1, max(end + keep - 1, end), end + keep})),
        ),
        Case(
            "ends when its series is gone",
            (good, ill, Stretch(keep + 2, None, enough)),
            (end - 1, end + keep),
        ),
    ]
    if alert.guard:
        few = alert.guard.at_least - NEAR * max(1.0, abs(alert.guard.at_least))
        found += [
            Case("is silent while its guard does not hold", (good, Stretch(wait + 4, bad, few)), (end - 1,)),
            Case("is silent without its guard's series", (good, Stretch(wait + 4, bad, None)), (end - 1,)),
            Case("hears no other's guard", (good, Stretch(wait + 4, bad, few)), (end - 1,), stranger=True),
        ]
    return found


def bounded(alert: Alert) -> Alert:
    """Return an alert whose levels all have a bound: for an amount that only an installation knows, some."""
    some = AMOUNT if alert.compare is Compare.ABOVE else -AMOUNT
    levels = tuple(
        level.model_copy(update={"bound": some}) if level.bound is None else level for level in alert.levels
    )
    return alert.model_copy(update={"levels": levels})


def beyond(compare: Compare, bound: float, share: float) -> float:
    """Return a value beyond a bound (short of it if `share` is negative), by a share of the bound."""
    distance = share * (abs(bound) or 1.0)
    return float(number(bound + distance if compare is Compare.ABOVE else bound - distance))


def firing(spec: Spec, alert: Alert, level: Level, timeline: list[Stretch], look: int) -> int | None:
    """Return the step whose value a firing alert shows at step `look`, or None if it does not fire."""
    step = seconds(spec.settings.evaluation_interval)
    since: int | None = None
    shown, fires, recovered = 0, False, 0
    for now, moment in enumerate(timeline[: look + 1]):
        if _holds(alert, level, moment):
            since = now if since is None else since
            fires = fires or (now - since) * step >= seconds(level.for_)
            shown, recovered = now, 0
        elif fires and recovered * step < seconds(level.keep_firing_for or "0s"):
            recovered += 1
        else:
            since, fires, recovered = None, False, 0
    return shown if fires else None


def _holds(alert: Alert, level: Level, moment: Stretch) -> bool:
    if moment.value is None:
        return False
    if alert.guard and (moment.guard is None or moment.guard < alert.guard.at_least):
        return False
    return moment.value > bound(level) if alert.compare is Compare.ABOVE else moment.value < bound(level)


def _test(spec: Spec, kpi: Kpi, alert: Alert, level: Level, case: Case) -> dict[str, Any]:
    step = seconds(spec.settings.evaluation_interval)
    timeline = [stretch for stretch in case.stretches for _ in range(stretch.steps)]
    series = [_series(kpi, kpi.example, [stretch.value for stretch in timeline])]
    if alert.guard:
        guard = guarded_by(spec, alert)
        series.append(_series(guard, kpi.example, [stretch.guard for stretch in timeline]))
        if case.stranger and guard.labels:
            other = {name: f"other-{value}" for name, value in kpi.example.items()}
            series.append(_series(guard, other, [alert.guard.at_least] * len(timeline)))
    series += [_limit(kpi, one, len(timeline)) for one in alert.levels if one.limit]
    looks = []
    for look in case.looks:
        expected = []
        for one in alert.levels:
            shown = firing(spec, alert, one, timeline, look)
            if shown is not None:
                expected.append(_expected(spec, kpi, alert, one, timeline[shown].value or 0.0, shown * step))
        looks.append(
            {"eval_time": f"{number(look * step)}s", "alertname": alert.name, "exp_alerts": expected}
        )
    return {
        "name": f"{alert.name} ({level.severity.value}) {case.title}",
        "interval": spec.settings.evaluation_interval,
        "input_series": series,
        "alert_rule_test": looks,
    }


def _expected(spec: Spec, kpi: Kpi, alert: Alert, level: Level, value: float, time: float) -> dict[str, Any]:
    labels = {name: kpi.example[name] for name in kpi.labels}
    fill = links.Rendered(labels, time)
    component = alert.component or alert.service or labels.get("service", kpi.family)
    sentences = {
        name: texts.rendered(getattr(alert, name), kpi.unit, alert, level, value, labels)
        for name in ("summary", "impact", "action")
    }
    told = {"limit": texts.limit_rendered(kpi.unit, alert, level)} if kpi.unit is not Unit.STATE else {}
    if level.severity is Severity.CRITICAL:
        told["changed"] = changes.rendered(spec, kpi)
    return {
        "exp_labels": labels
        | {
            "severity": level.severity.value,
            "kpi": kpi.name,
            "family": kpi.family,
            "component": component,
        },
        "exp_annotations": sentences
        | {
            **told,
            "dashboard_url": links.dashboard_url(spec, kpi, fill),
            "logs_url": links.logs_url(spec, kpi, alert, fill),
            "runbook_url": links.runbook_url(spec, alert),
            "live_url": links.live_url(spec, kpi),
        },
    }


def _series(series: Figure, example: dict[str, str], values: list[float | None]) -> dict[str, str]:
    selector = ",".join(f'{name}="{example[name]}"' for name in series.labels)
    return {"series": f"{names.recorded(series)}{{{selector}}}", "values": _notation(values)}


def _limit(kpi: Kpi, level: Level, steps: int) -> dict[str, str]:
    """Return the series of the limit that a level names; another account's is beyond reach."""
    labels = ",".join(f'{label}="{kpi.example[label]}"' for label in LIMITED)
    series = f'{names.LIMIT_IN_FORCE}{{{labels},limit="{level.limit}"}}'
    return {"series": series, "values": _notation([abs(bound(level))] * steps)}


def _notation(values: list[float | None]) -> str:
    """Return values in promtool's notation: runs of one value as `<value>x<repeats>`, a gap as stale."""
    runs: list[tuple[float | None, int]] = []
    for value in values:
        if runs and runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 1))
    return " ".join(
        f"{number(value)}x{count - 1}" if value is not None else f"stale _x{count - 1}"
        for value, count in runs
    )
