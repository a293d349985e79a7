"""What the dashboard knows about the spec, read once from its generated catalogue."""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

Limits: TypeAlias = "Mapping[tuple[str, ...], float]"
"""The limits in force, above 0: account, currency and the name of the limit -> what may be lost."""


class Bound(msgspec.Struct, frozen=True):
    """A value from which on an alert of a KPI fires; where it names a limit, each account has its own."""

    alert: str
    severity: str
    compare: str  # above or below
    bound: float = math.nan  # NaN: nobody knows one for all accounts
    limit: str | None = None

    def broken_by(self, value: float) -> bool:
        """Return whether a value lies on the bad side."""
        return value > self.bound if self.compare == "above" else value < self.bound

    def of(self, labels: Mapping[str, str], limits: Limits) -> Bound:
        """Return the bound that holds for the account of a series: its limit in force, if it is known."""
        own = limits.get((labels.get("account", ""), labels.get("currency", ""), self.limit or ""))
        if own is None:
            return self
        return msgspec.structs.replace(self, bound=own if self.compare == "above" else -own)


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

    def of(self, labels: Mapping[str, str], limits: Limits) -> Panel:
        """Return the panel as it is for one series: with the bounds of its account that are known."""
        if not any(bound.limit for bound in self.bounds):
            return self
        own = (bound.of(labels, limits) for bound in self.bounds)
        known = tuple(bound for bound in own if not math.isnan(bound.bound))
        return msgspec.structs.replace(self, bounds=known)

    @property
    def limit(self) -> Bound | None:
        """The critical bound that a value approaches from zero: 3 % of 5 %, or a loss of 400 of 1000."""
        critical = (one for one in self.bounds if one.severity == "critical" and not math.isnan(one.bound))
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
    limits: str = ""  # series of the limits in force, by account, currency and limit
    limits_since: str = ""  # series of when each became what it is, in seconds since 1970

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
