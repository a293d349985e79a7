"""Which metrics of the spec belong to a service, and a check of names that a program has as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amaie_telemetry.generated.metrics import ALL

if TYPE_CHECKING:
    from amaie_telemetry.families import Family


class MetricError(ValueError):
    """The spec has no such metric, label, unit or service."""


def of_service(service: str) -> tuple[Family[Any], ...]:
    """Return the metrics that the spec gives to a service, in the order of their names."""
    found = tuple(sorted((f for f in ALL if service in f.services), key=lambda f: f.name))
    if not found:
        known = ", ".join(sorted({name for family in ALL for name in family.services}))
        raise MetricError(f"the spec gives no metric to {service!r}; it knows {known}")
    return found


def of_name(service: str) -> tuple[Family[Any], ...] | None:
    """Return the metrics of a service that is called like a role of the spec; None for any other name."""
    return of_service(service) if any(service in family.services for family in ALL) else None


def lookup(name: str, *, labels: tuple[str, ...] | None = None, unit: str | None = None) -> Family[Any]:
    """Return the metric of a name, and refuse a name, labels or a unit that the spec does not have."""
    family = next((f for f in ALL if f.name == name), None)
    if family is None:
        raise MetricError(f"the spec has no metric {name!r}; add it to spec/kpis.yaml or correct the name")
    if labels is not None and set(labels) != set(family.label_names):
        wanted = ", ".join(family.label_names) or "none"
        raise MetricError(
            f"{name} has other labels than {', '.join(labels) or 'none'}: the spec says {wanted}"
        )
    if unit is not None and unit != family.unit:
        raise MetricError(f"{name} is not in {unit}: the spec says {family.unit}")
    return family
