"""What can be said of any value at once, in bounded time: its text, its length, whether it is a Mapping."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 8192
ELLIPSIS = "…"


def is_mapping(value: object) -> bool:
    """Return whether a value is a Mapping; one that cannot even say its class is none."""
    try:
        return isinstance(value, Mapping)
    except Exception:  # noqa: BLE001 (any object may be logged, whatever its methods do)
        return False


def text(value: object) -> str:
    """Return the text of a message object, or its mark if it has none."""
    try:
        return clip(value if type(value) is str else str(value))
    except Exception:  # noqa: BLE001 (any object may be logged)
        return unserialisable(value)


def clip(value: str, size: int = MAX_TEXT) -> str:
    """Return a text that UTF-8 can encode, shortened to a size in characters with its true length noted."""
    if len(value) > size:
        value = f"{value[:size]}{ELLIPSIS}[{len(value)} characters]"
    if not value.isascii():
        value = value.encode("utf-8", "backslashreplace").decode()
    return value


def unserialisable(value: object) -> str:
    """Return the mark of a value that has no usable form."""
    return f"<unserialisable:{type(value).__name__[:100]}>"


def length(value: Any) -> int:
    """Return how many items a container says it has, without going through them; 0 if it does not say."""
    if isinstance(value, ChainMap):
        return sum(map(length, value.maps))
    try:
        return len(value)
    except Exception:  # noqa: BLE001 (any object may be logged, whatever its methods do)
        return 0
