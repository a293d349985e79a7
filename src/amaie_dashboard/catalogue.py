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
    words: tuple[str, ...] = ()  # of a state: what its values 0, 1, … are called
    bounds: tuple[Bound, ...] = ()

    @property
    def limit(self) -> Bound | None:
        """The critical bound that a value approaches from zero: 3 % of 5 %, or a loss of 400 of 1000."""
        critical = (bound for bound in self.bounds if bound.severity == "critical")
        ahead = (one for one in critical if one.bound and (one.bound > 0) == (one.compare == "above"))
        return next(ahead, None)

    def state(self, value: float) -> str:
        """Return the worst severity whose bound the value breaks: critical, warning or ok."""
        broken = {bound.severity for bound in self.bounds if bound.broken_by(value)}
        return next((severity for severity in ("critical", "warning") if severity in broken), "ok")


class Family(msgspec.Struct, frozen=True):
    """Panels that share a page."""

    name: str
    title: str
    description: str


class Roles(msgspec.Struct, frozen=True):
    """The series that play a part of their own, whatever the spec calls them."""

    up: str
    uptime: str
    pnl_day: str
    pnl_week: str
    pnl_month: str
    emergency_stop: str
    build: str
    start: str

    @property
    def pnl(self) -> tuple[str, ...]:
        """The series of profit and loss, the shortest period first."""
        return self.pnl_day, self.pnl_week, self.pnl_month


class Catalogue(msgspec.Struct, frozen=True):
    """The spec, as far as the dashboard needs it."""

    families: tuple[Family, ...]
    roles: Roles
    seconds_between_points: float  # how often the rules are evaluated
    panels: tuple[Panel, ...]
    logs: str  # data stream of the log records
    data_view: str  # Kibana's view of it

    def panel(self, name: str) -> Panel | None:
        """Return the panel of a KPI, or None when the spec has no such KPI."""
        return next((panel for panel in self.panels if panel.name == name), None)

    def of_series(self, series: str) -> Panel:
        """Return the panel of a recorded series that plays a role; the spec was checked to have it."""
        return next(panel for panel in self.panels if panel.series == series)

    @property
    def money(self) -> tuple[Panel, ...]:
        """The panels of the family of profit and loss: the figures of the account."""
        return self.of_family(self.of_series(self.roles.pnl_day).family)

    def of_family(self, name: str) -> tuple[Panel, ...]:
        """Return the panels of one page, in the order of the spec."""
        return tuple(panel for panel in self.panels if panel.family == name)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that ships with the package."""
    text = files("amaie_dashboard").joinpath("generated/catalogue.json").read_bytes()
    return msgspec.json.decode(text, type=Catalogue)
