"""Checks that every alert reaches whom it is for: people, or the watchman outside, and nobody by mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generators import names
from generators.spec import muting, promql
from generators.spec.references import known, twice
from generators.spec.vocabulary import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Alert, Delivery, Spec
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place

_INTEGRATIONS = re.compile(r'integration=~?"([a-z|]+)"')
OF_EVERY_ALERT = ("alertname", "component", "family", "kpi", "severity")
"""Labels that each rule sets, besides those of its KPI."""


def problems(spec: Spec, dropped: frozenset[str]) -> Found:
    """Yield a place and a text for everything wrong; `dropped` are items whose shape is wrong already."""
    deliveries = spec.routing.deliveries
    severities = (
        ((("routing", "deliveries", d, "severity")), x.severity.value) for d, x in enumerate(deliveries)
    )
    yield from twice(severities, "severity", "merge the two deliveries")
    yield from _nobody(spec)
    yield from _deaf(spec)
    for d, delivery in enumerate(deliveries):
        place: Place = ("routing", "deliveries", d)
        yield from _times(delivery, place)
        for c, channel in enumerate(delivery.channels):
            yield from _channel(spec, delivery.severity, channel, (*place, "channels", c))
        for g, label in enumerate(delivery.group_by):
            yield from known((*place, "group_by", g), "label", label, _labels(spec))
    for place, alert in _alerts(spec):
        yield from _beat(alert, place)
    if not dropped:
        yield from _named(spec)
        roles = [service.name for service in spec.services]
        yield from muting.problems(spec, spec.routing.mutes, roles, ("routing", "mutes"))


def _alerts(spec: Spec) -> Iterator[tuple[Place, Alert]]:
    for k, kpi in enumerate(spec.kpis):
        for a, alert in enumerate(kpi.alerts):
            yield ("kpis", k, "alerts", a), alert


def _labels(spec: Spec) -> set[str]:
    return {*OF_EVERY_ALERT, *(label for kpi in spec.kpis for label in kpi.labels)}


def _nobody(spec: Spec) -> Found:
    """Yield what would be told to nobody."""
    used = {level.severity: alert.name for _, alert in _alerts(spec) for level in alert.levels}
    told = {delivery.severity for delivery in spec.routing.deliveries}
    for severity in sorted(used.keys() - told):
        yield (
            ("routing", "deliveries"),
            f"nobody is told of {severity} (as in {used[severity]}); add its delivery",
        )
    if told <= {Severity.NONE} and used.keys() <= told:
        yield (
            ("routing", "deliveries"),
            "no person is told of anything; add a delivery of critical or warning",
        )


def _channel(spec: Spec, severity: Severity, name: str, place: Place) -> Found:
    channel = spec.routing.channels.configured().get(name)
    if channel is None:
        yield place, f"the channel '{name}' is not set up; add it to routing.channels"
    elif severity is Severity.NONE and channel.for_people:
        yield place, f"{names.WATCHDOG} beats all the time, and '{name}' tells people; write heartbeat"
    elif severity is not Severity.NONE and not channel.for_people:
        yield place, f"'{name}' tells no person of {severity}, and its beat would hide silence; remove it"


def _times(delivery: Delivery, place: Place) -> Found:
    """Yield times that Alertmanager refuses, or at which a beat would be left out."""
    interval, repeat = (promql.duration(text) for text in (delivery.group_interval, delivery.repeat_interval))
    for key, time in (("group_interval", interval), ("repeat_interval", repeat)):
        if not time:
            yield (*place, key), "Alertmanager needs a time above 0; write at least 1s"
    if delivery.severity is Severity.NONE and interval <= repeat:
        wrong = f"a beat at every group_interval, {delivery.group_interval}, needs a shorter repeat_interval"
        yield (*place, "repeat_interval"), f"{wrong}; write less than {delivery.group_interval}"


def _deaf(spec: Spec) -> Found:
    """Yield formulas that stop the heartbeat but watch other ways than those of critical alerts."""
    heartbeat, configured = spec.routing.channels.heartbeat, spec.routing.channels.configured()
    urgent = [x for x in spec.routing.deliveries if x.severity is Severity.CRITICAL]
    used = {name for delivery in urgent for name in delivery.channels if name in configured}
    ways = {configured[name].integration for name in used}
    for k, kpi in enumerate(spec.kpis):
        stops = {alert.name for alert in kpi.alerts} & set(heartbeat.stopped_by if heartbeat else ())
        watched = {one for found in _INTEGRATIONS.findall(kpi.expr) for one in found.split("|")}
        if stops and watched and watched != ways:
            wrong = f"it stops the heartbeat by {' and '.join(sorted(watched))}"
            cure = f"critical alerts go over {' and '.join(sorted(ways))}; name those"
            yield ("kpis", k, "expr"), f"{wrong}, but {cure}"


def _beat(alert: Alert, place: Place) -> Found:
    """Yield an alert that tells nobody, or a beat that calls people."""
    for index, level in enumerate(alert.levels):
        here = (*place, "levels", index, "severity")
        beats = level.severity is Severity.NONE
        if beats and alert.name != names.WATCHDOG:
            yield here, f"'none' tells nobody, it is for {names.WATCHDOG} alone; write critical or warning"
        elif alert.name == names.WATCHDOG and not beats:
            yield here, f"{names.WATCHDOG} always fires, so {level.severity} would never end; write none"


def _named(spec: Spec) -> Found:
    """Yield alerts that are named by the heartbeat but do not exist."""
    alerts = {alert.name for _, alert in _alerts(spec)}
    heartbeat = spec.routing.channels.heartbeat
    for a, name in enumerate(heartbeat.stopped_by if heartbeat else ()):
        yield from known(("routing", "channels", "heartbeat", "stopped_by", a), "alert", name, alerts)
