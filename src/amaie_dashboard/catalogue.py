"""What the dashboard knows about the spec, read once from its generated catalogue."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec


class Bound(msgspec.Struct, frozen=True):
    """A value from which on an alert of a KPI fires."""

    alert: str
    severity: str
    compare: str  # above or below
    bound: float

    def broken_by(self, value: float) -> bool:
        """Return whether a value lies on the bad side."""
        return value > self.bound if self.compare == "above" else value < self.bound


class Panel(msgspec.Struct, frozen=True):
    """A KPI as it is shown: its recorded series, its unit, the bounds of its alerts."""

    name: str
    family: str
    title: str
    description: str
    series: str
    unit: str
    decimals: int
    labels: tuple[str, ...]
    kind: str
    path: str
    bounds: tuple[Bound, ...] = ()

    def state(self, value: float) -> str:
        """Return the worst severity whose bound the value breaks: critical, warning or ok."""
        broken = {bound.severity for bound in self.bounds if bound.broken_by(value)}
        return next((severity for severity in ("critical", "warning") if severity in broken), "ok")


class Family(msgspec.Struct, frozen=True):
    """Panels that share a page."""

    name: str
    title: str
    description: str


class Service(msgspec.Struct, frozen=True):
    """A service whose logs and figures are shown."""

    name: str
    description: str


class Catalogue(msgspec.Struct, frozen=True):
    """The spec, as far as the dashboard needs it."""

    services: tuple[Service, ...]
    families: tuple[Family, ...]
    panels: tuple[Panel, ...]
    logs: str  # data stream of the log records
    data_view: str  # Kibana's view of it

    def panel(self, name: str) -> Panel | None:
        """Return the panel of a KPI, or None when the spec has no such KPI."""
        return next((panel for panel in self.panels if panel.name == name), None)

    def of_family(self, name: str) -> tuple[Panel, ...]:
        """Return the panels of one page, in the order of the spec."""
        return tuple(panel for panel in self.panels if panel.family == name)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that ships with the package."""
    text = files("amaie_dashboard").joinpath("generated/catalogue.json").read_bytes()
    return msgspec.json.decode(text, type=Catalogue)
