"""Order books, recognised by structure: a summary is logged, never the levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amaie_telemetry.contract import Redaction

_NUMBERS = (int, float)


def is_level(value: Any) -> bool:
    """Return whether a value looks like one price level: [price, amount, …] of numbers or their texts."""
    return isinstance(value, list | tuple) and 2 <= len(value) <= 4 and all(map(_number, value))  # noqa: PLR2004


def side(value: Any, rules: Redaction) -> dict[str, Any] | None:
    """Return the summary of one side of a book, or None if the list is none or is short."""
    if not isinstance(value, list | tuple) or len(value) <= rules.book_levels or not is_level(value[0]):
        return None
    return {"best": value[0][0], "levels": len(value)}


def _number(value: Any) -> bool:
    if isinstance(value, _NUMBERS):
        return True
    return isinstance(value, str) and len(value) < 40 and value.replace(".", "", 1).isdigit()  # noqa: PLR2004
