"""Order books, recognised by structure: best prices, depth and count are logged, never the levels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.redact.shapes import Span

LEVELS = 20
"""More price levels than these are a book; spec/logs.yaml says the same to the second net."""
# Every repetition is possessive: what a number or a gap has taken it never gives back, so a text is read
# once, whatever it holds. Levels are found one by one and then put together, for the same reason.
_NUMBER = r"[\"']?+-?+[0-9]{1,20}+(?:\.[0-9]{0,20}+)?+(?:[eE][+-]?+[0-9]{1,3}+)?+[\"']?+"
_GAP = r"[ \t\r\n]{0,4}+"
_VALUE = rf"(?:[A-Za-z_][A-Za-z0-9_.]{{0,30}}+\({_NUMBER}\)|{_NUMBER})"
_LEVEL = re.compile(
    rf"[\[(]{_GAP}{_VALUE}(?:(?:{_GAP},{_GAP}|[ \t\r\n]{{1,4}}+){_VALUE}){{1,3}}+{_GAP}[\])]"
    rf"|\{{[^{{}}]{{0,40}}[\"']?(?:p|price|px|rate)[\"']?{_GAP}[:=]{_GAP}{_NUMBER}[^{{}}]{{0,120}}+\}}"
    rf"|(?<![0-9.]){_NUMBER}{_GAP}:{_GAP}{_NUMBER}"
)
_BETWEEN = re.compile(rf"{_GAP},?+{_GAP}")
_PRICES = ("price", "p", "px", "rate")
_AMOUNTS = ("amount", "qty", "quantity", "size", "volume", "q", "s", "a", "v", "sz")
_SIDES = {"bids": "bid", "bid": "bid", "b": "bid", "asks": "ask", "ask": "ask", "a": "ask"}


def summary(value: Any, levels: int = LEVELS) -> dict[str, Any] | None:
    """Return the summary of an order book or of one side of it, or None if it is neither or short."""
    if isinstance(value, Mapping):
        return _book(value, levels) or _side(_numeric_items(value, levels), levels)
    return _side(value, levels)


def spans(text: str) -> Iterator[Span]:
    """Yield where the levels of a book stand in a text; linear in its length."""
    if text.count(",") < LEVELS and text.count(":") < LEVELS:
        return
    start = end = count = 0
    for match in _LEVEL.finditer(text):
        if count and _BETWEEN.fullmatch(text, end, match.start()):
            count += 1
        else:
            if count > LEVELS:
                yield start, end
            start, count = match.start(), 1
        end = match.end()
    if count > LEVELS:
        yield start, end


def _book(value: Mapping[Any, Any], levels: int) -> dict[str, Any] | None:
    """Return the summary of `{"bids": […], "asks": […]}`; its other keys stay."""
    found: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, item in value.items():
        name = _SIDES.get(key.lower()) if isinstance(key, str) else None
        side = (_side(_numeric_items(item, levels) or item, levels)) if name else None
        if side is None:
            rest[key] = item
        else:
            found |= {
                f"best_{name}": side["best"],
                f"{name}_depth": side["depth"],
                f"{name}_levels": side["levels"],
            }
    return {**rest, **found} if found else None


def _numeric_items(value: Any, levels: int) -> list[Any] | None:
    """Return `{price: amount, …}` as pairs."""
    if not isinstance(value, Mapping) or len(value) <= levels:
        return None
    pairs = list(value.items())
    return pairs if all(is_level(pair) for pair in pairs[:3]) else None


def _side(value: Any, levels: int) -> dict[str, Any] | None:
    if hasattr(value, "tolist") and getattr(value, "ndim", 0) == 2:  # noqa: PLR2004 (rows of a numpy array)
        value = value.tolist()
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) <= levels:
        return None
    if not is_level(value[0]) or not is_level(value[1]):
        return None
    amounts = [_amount(level) for level in value]
    return {"best": _price(value[0]), "depth": sum(amounts), "levels": len(value)}


def is_level(value: Any) -> bool:
    """Return whether a value looks like one price level: numbers or their texts, price first."""
    if isinstance(value, Mapping):
        return any(key in value for key in _PRICES) and any(key in value for key in _AMOUNTS)
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= 4:  # noqa: PLR2004
        return False
    return all(_float(item) is not None for item in value[:2])


def _price(level: Any) -> float | None:
    return _float(
        next((level[key] for key in _PRICES if key in level), None)
        if isinstance(level, Mapping)
        else level[0]
    )


def _amount(level: Any) -> float:
    if isinstance(level, Mapping):
        found = next((level[key] for key in _AMOUNTS if key in level), None)
    else:
        found = level[1] if isinstance(level, list | tuple) and len(level) > 1 else None
    return _float(found) or 0.0


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or value is None or (isinstance(value, str) and len(value) > 40):  # noqa: PLR2004
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
