"""What the live dashboard needs to know by its meaning: who plays each role, under whatever name.

A reader asks for a role, never for the name of a metric or a KPI, so that a renamed one stays found and a
removed one is told when the spec is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from generators import names
from generators.spec.shape_errors import did_you_mean
from generators.spec.vocabulary import FactRole, KpiRole, RecordingRole, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Spec
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place

Role: TypeAlias = KpiRole | FactRole | RecordingRole

_LABELS = {
    KpiRole.UP: ("service",),
    KpiRole.UPTIME: ("service",),
    FactRole.ACCOUNTS: ("account", "currency"),
    FactRole.BUILD: ("version",),
    RecordingRole.LAST_TRANSFER: ("account", "currency"),
    RecordingRole.LAST_TRANSFER_TIME: ("account", "currency"),
}
"""What the reader tells the series of a role apart by."""

_UNITS = {
    KpiRole.UP: Unit.STATE,
    KpiRole.UPTIME: Unit.SECONDS,
    KpiRole.PNL_DAY: Unit.MONEY,
    KpiRole.PNL_WEEK: Unit.MONEY,
    KpiRole.PNL_MONTH: Unit.MONEY,
    FactRole.ACCOUNTS: Unit.MONEY,
    FactRole.EMERGENCY_STOP: Unit.STATE,
    FactRole.BUILD: Unit.STATE,
}


@dataclass(frozen=True)
class Holder:
    """Who plays a role: where it says so, its series, and what is known of that."""

    role: Role
    place: Place
    series: str
    labels: tuple[str, ...]
    unit: Unit | None = None  # of somebody else's metric it is not known


def series(spec: Spec) -> dict[str, str]:
    """Return role -> name of the series that plays it, for the live dashboard."""
    found = {one.role: one.series for one in _holders(spec) if one.role is not FactRole.ACCOUNTS}
    return {role.value: name for role, name in found.items() if not isinstance(role, RecordingRole)}


def transfer(spec: Spec) -> tuple[str, str] | None:
    """Return the series of an account's last transfer, its amount and its time, if the spec has them."""
    found = {one.role: one.series for one in _holders(spec)}
    if not found.keys() >= set(RecordingRole):
        return None
    return found[RecordingRole.LAST_TRANSFER], found[RecordingRole.LAST_TRANSFER_TIME]


def problems(spec: Spec, dropped: frozenset[str] = frozenset()) -> Found:
    """Yield a place and a text for each role that nobody, two, or the wrong ones play."""
    seen: set[Role] = set()
    for holder in _holders(spec):
        if holder.role in seen:
            yield holder.place, f"the role '{holder.role}' stands twice; leave it at one"
        seen.add(holder.role)
        unit = _UNITS.get(holder.role)
        if holder.unit and unit and holder.unit != unit:
            yield (
                holder.place,
                f"the role '{holder.role}' is for the unit {unit}, not for {holder.unit}; move it",
            )
        for label in _LABELS.get(holder.role, ()):
            if label not in holder.labels:
                yield holder.place, f"the role '{holder.role}' is read by {label}; add that to labels"
    for e, exporter in enumerate(spec.exporters):
        for role, name in exporter.roles.items():
            if name not in exporter.metrics:
                place: Place = ("exporters", e, "roles", role.value)
                yield place, f"unknown metric '{name}'; {did_you_mean(name, exporter.metrics)}"
    if not dropped:
        yield from _missing(seen)


def _missing(seen: set[Role]) -> Found:
    for key, roles in (("kpis", KpiRole), ("metrics", FactRole)):
        what = "KPI" if key == "kpis" else "metric"
        for role in roles:
            if role not in seen and role is not FactRole.ACCOUNTS:
                yield (
                    (key,),
                    f"no {what} has the role '{role}', which the live dashboard needs; add 'role: {role}'",
                )
    if len(alone := seen & set(RecordingRole)) == 1:
        other = (set(RecordingRole) - alone).pop()
        yield ("recordings",), f"a transfer has an amount and a time; give one the role '{other}', too"


def _holders(spec: Spec) -> Iterator[Holder]:
    for m, metric in enumerate(spec.metrics):
        if metric.role:
            yield Holder(metric.role, ("metrics", m, "role"), metric.name, metric.labels, metric.unit)
    for e, exporter in enumerate(spec.exporters):
        for role, name in exporter.roles.items():
            labels = exporter.metrics.get(name, ())
            yield Holder(role, ("exporters", e, "roles", role.value), name, labels)
    for r, helper in enumerate(spec.recordings):
        if helper.role:
            yield Holder(helper.role, ("recordings", r, "role"), names.recorded(helper), helper.labels)
    for k, kpi in enumerate(spec.kpis):
        if kpi.role:
            yield Holder(kpi.role, ("kpis", k, "role"), names.recorded(kpi), kpi.labels, kpi.unit)
