"""Figures as people read them: unit, sign and decimals right, the same in tiles, tables and tooltips."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amaie_dashboard.catalogue import Panel

MINUS: Final = "\N{MINUS SIGN}"
NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_BYTES: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_KIBI: Final = 1024
_LONG: Final = (("d", "h", 86_400, 3600), ("h", "min", 3600, 60), ("min", "s", 60, 1))


def _number(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and float(text.replace(",", "")) != 0
    return f"{MINUS if negative else ''}{text}"


def seconds(value: float, decimals: int = 2) -> str:
    """Return a duration in the unit that suits it: 12.3 ms, 4.56 s, 3 min 20 s, 5 h 12 min, 3 d 4 h."""
    size = abs(value)
    sign = MINUS if value < 0 else ""
    if size < 1:
        return f"{sign}{size * 1000:.{1 if size < 0.1 else 0}f}{NARROW}ms"  # noqa: PLR2004
    if size < 60:  # noqa: PLR2004
        return f"{sign}{size:.{decimals}f}{NARROW}s"
    large, small, width, part = next(scale for scale in _LONG if size >= scale[2])
    whole, rest = divmod(int(size), width)
    return f"{sign}{whole}{NARROW}{large} {rest // part}{NARROW}{small}"


def _bytes(value: float, decimals: int) -> str:
    unit = 0
    while abs(value) >= _KIBI and unit < len(_BYTES) - 1:
        value /= _KIBI
        unit += 1
    return f"{_number(value, decimals if unit else 0)}{NARROW}{_BYTES[unit]}"


def state(value: float, words: Sequence[str]) -> str:
    """Return the word for a value of a state; what lies between two words, or beyond, stays a number."""
    known = float(value).is_integer() and 0 <= value < len(words)
    return words[int(value)] if known else f"{value:g}"


def figure(value: float, unit: str, decimals: int = 2, currency: str = "") -> str:
    """Return a value of a unit of the spec as text: ratios as percent, money with its *currency*."""
    if unit == "money":
        return _number(value, decimals) + (f"{NARROW}{currency}" if currency else "")
    if unit == "ratio":
        return f"{_number(value * 100, decimals)}{NARROW}%"
    if unit == "seconds":
        return seconds(value, decimals)
    if unit == "bytes":
        return _bytes(value, decimals)
    suffix = {"per_second": "/s", "nats": f"{NARROW}nats"}.get(unit, "")
    whole = unit == "count" and float(value).is_integer()
    return _number(value, 0 if whole else decimals) + suffix


def of_panel(panel: Panel, value: float, labels: dict[str, str] | None = None) -> str:
    """Return a value of a panel as text: a state's word, or a figure with the currency of its labels."""
    if panel.unit == "state":
        return state(value, panel.words)
    return figure(value, panel.unit, panel.decimals, (labels or {}).get("currency", ""))


def series_name(panel: Panel, labels: dict[str, str]) -> str:
    """Return what tells one series of a panel from the others: its label values, or the panel's title."""
    return " · ".join(labels[name] for name in panel.labels if labels.get(name)) or panel.title


def clock(time: float) -> str:
    """Return a Unix time as hours, minutes and seconds of UTC."""
    return datetime.fromtimestamp(time, tz=UTC).strftime("%H:%M:%S")


def moment(time: float) -> str:
    """Return a Unix time as day and time of UTC."""
    return datetime.fromtimestamp(time, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
