"""Texts of an alert: as the Prometheus template of a rule, and as what that template becomes.

The figures are written by Prometheus' own template functions. Their Python twins below are ports of
`template/template.go`, so that a unit test of an alert states the finished text independently.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generators.shared import conditions
from generators.spec.model import Compare, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generators.spec.model import Alert, Level

_FIELD = re.compile(r"\{\{ (\w+) \}\}")

_FORMATS = {
    Unit.MONEY: '$value | printf "%.2f"',
    Unit.RATIO: "$value | humanizePercentage",
    Unit.SECONDS: "$value | humanizeDuration",
    Unit.BYTES: "$value | humanize1024",
    Unit.COUNT: '$value | printf "%.0f"',
    Unit.PER_SECOND: '$value | printf "%.3f"',
    Unit.NATS: '$value | printf "%.2f"',
    Unit.INDEX: '$value | printf "%.2f"',
    Unit.STATE: '$value | printf "%.0f"',
}
_AFTER = {Unit.BYTES: "B", Unit.PER_SECOND: "/s", Unit.NATS: " nats"}
_KIBI = 1024
_NO_SIGN = ' | reReplaceAll "^-" ""'


def template(text: str, unit: Unit, alert: Alert, level: Level) -> str:
    """Return a text of the spec as the template that Prometheus fills in when the alert is active."""

    def field(match: re.Match[str]) -> str:
        name = match[1]
        if name in {"value", "magnitude"}:
            sign = _NO_SIGN if name == "magnitude" else ""
            return "{{ " + _FORMATS[unit] + sign + " }}" + _AFTER.get(unit, "")
        if name in {"bound", "limit"}:
            return _bound_template(unit, level if name == "bound" else conditions.worst(alert))
        return "{{ $labels." + name + " }}"

    return _FIELD.sub(field, text)


def rendered(
    text: str, unit: Unit, alert: Alert, level: Level, value: float, labels: Mapping[str, str]
) -> str:
    """Return what `template` becomes for a series with this value and these labels."""

    def field(match: re.Match[str]) -> str:
        name = match[1]
        if name in {"value", "magnitude"}:
            return figure(value if name == "value" else abs(value), unit)
        if name in {"bound", "limit"}:
            return figure(abs(conditions.bound(level if name == "bound" else conditions.worst(alert))), unit)
        return labels.get(name, "")

    return _FIELD.sub(field, text)


def limit(unit: Unit, alert: Alert, level: Level) -> str:
    """Return what a level compares with, as the template that a message shows beside the value."""
    return f"{alert.compare} {_sign(alert, level)}{_bound_template(unit, level)}"


def limit_rendered(unit: Unit, alert: Alert, level: Level) -> str:
    """Return what `limit` becomes where the limit in force is the spec's default."""
    return f"{alert.compare} {_sign(alert, level)}{figure(abs(conditions.bound(level)), unit)}"


def _sign(alert: Alert, level: Level) -> str:
    """Return a minus where the bound is a loss: a limit is always told as a positive number."""
    lost = alert.compare is Compare.BELOW and (level.limit is not None or conditions.bound(level) < 0)
    return "-" if lost else ""


def figure(value: float, unit: Unit) -> str:
    """Return a value as a person reads it, with its unit where it has one of its own."""
    return _FIGURES[unit](value) + _AFTER.get(unit, "")


def bound(level: Level, unit: Unit) -> str:
    """Return what a level compares with, as a page tells it that knows no account."""
    if level.limit is None:
        return figure(conditions.bound(level), unit)
    if level.bound is None:
        return f"the account's limit `{level.limit}`, where one is set"
    return f"{figure(level.bound, unit)}, or the account's own limit `{level.limit}`"


def _bound_template(unit: Unit, level: Level) -> str:
    """Return the figure of a bound; that of a limit is asked for when the alert is told."""
    if level.limit is None:
        return figure(abs(conditions.bound(level)), unit)
    matchers = ",".join(f"{label}=%q" for label in conditions.LIMITED)
    query = conditions.limit_in_force(level.limit, matchers).replace('"', r"\"")
    labels = " ".join(f"$labels.{label}" for label in conditions.LIMITED)
    shown = _FORMATS[unit].replace("$value", ". | first | value")
    asked = "{{ with printf " + f'"{query}" {labels} | query' + " }}"
    return asked + "{{ " + shown + " }}{{ else }}unknown{{ end }}"


def _percentage(value: float) -> str:
    return f"{value * 100:.4g}%"


def _binary(value: float) -> str:
    prefixes = ("", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
    power = 0
    while abs(value) >= _KIBI and power < len(prefixes) - 1:
        value, power = value / _KIBI, power + 1
    return f"{value:.4g}{prefixes[power]}"


def _duration(value: float) -> str:
    if value == 0:
        return "0s"
    if abs(value) < 1:
        return _small_duration(value)
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole = int(value)
    days, hours, minutes, seconds = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return f"{sign}{value:.4g}s"


def _small_duration(value: float) -> str:
    prefixes = "munpfazy"
    value, power = value * 1000, 0
    while abs(value) < 1 and power < len(prefixes) - 1:
        value, power = value * 1000, power + 1
    return f"{value:.4g}{prefixes[power]}s"


def _fixed(decimals: int) -> Callable[[float], str]:
    return lambda value: f"{value:.{decimals}f}"


_FIGURES: dict[Unit, Callable[[float], str]] = {
    Unit.MONEY: _fixed(2),
    Unit.RATIO: _percentage,
    Unit.SECONDS: _duration,
    Unit.BYTES: _binary,
    Unit.COUNT: _fixed(0),
    Unit.PER_SECOND: _fixed(3),
    Unit.NATS: _fixed(2),
    Unit.INDEX: _fixed(2),
    Unit.STATE: _fixed(0),
}
