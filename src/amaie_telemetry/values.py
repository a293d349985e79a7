"""Any Python value as a JSON value of bounded size: never raises, never runs away.

The form of what JSON cannot say: NaN and infinities are the texts "NaN", "Infinity", "-Infinity";
integers beyond 64 bits, `Decimal`, dates, UUIDs and paths are their text; bytes are UTF-8 text; a set
is a sorted list; an enum is its value; a dataclass is an object; anything else is its `repr`, or
`<unserialisable:type>` if that fails.
"""

from __future__ import annotations

import array
import dataclasses
import datetime as dt
import decimal
import enum
import math
import pathlib
import uuid
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping, MappingView, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TYPE_CHECKING, Any

from amaie_telemetry.clipping import ELLIPSIS, MAX_TEXT, clip, length, unserialisable
from amaie_telemetry.redact import books

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_KEY = 200
"""Characters of a name: with the note of its true length, every reader of the contract takes it."""
MAX_ITEMS = 100
MAX_DEPTH = 8
MAX_NODES = 2000
MAX_FIELDS = 256
"""Fields of one record: a dictionary with more is data, and copying it takes the caller's time."""
MAX_CHARS = 65_536
"""Characters of all texts of one record's fields; those beyond it are cut to `MIN_TEXT`."""
MIN_TEXT = 64
MAX_LOOKED = 12_000
"""Items of containers that one conversion looks at in all, on the caller's thread: to find books, to copy."""
MAX_COPIED = 1000
"""Items of one container of a foreign kind that are read: it need not end where it says."""
_MAX_INT = 2**63 - 1
_TEXT_TYPES = (decimal.Decimal, uuid.UUID, pathlib.PurePath)
_BUILT_IN = frozenset({str, int, float, list, tuple, dict, set, frozenset, bytes, bytearray})
_TIMES = (dt.datetime, dt.date, dt.time)
COPIED = frozenset({int, float, bool, type(None)})
"""Types whose values nobody can change and that are small, but for endless integers, which encoding cuts."""
HONEST = frozenset({dict, OrderedDict, defaultdict, Counter, list, tuple, deque, set, frozenset})
"""Containers that have as many items as they say, and whose iteration runs no foreign code."""
_LEVEL = 8
"""Members of one level of a book at most; so small a container costs nothing to look at."""
_ROWS = frozenset({list, tuple})
_SERIAL = (Sequence, AbstractSet, MappingView, deque, array.array)


def plain(value: Any, *, foreign: bool = True) -> Any:
    """Return the JSON value of any value: immutable scalars, or fresh dictionaries and lists of them.

    Without `foreign`, no method of the value is called (they may log, too): only built-in types have a form.
    """
    return _Plain(foreign=foreign).value(value)


def converter() -> Callable[[Any], Any]:
    """Return what `plain` is for values of one record: they share one budget."""
    return _Plain(foreign=True).value


def plains(fields: Any, call: Callable[[Callable[[Any], Any], Any], Any] | None = None) -> dict[Any, Any]:
    """Return the plain values of a dictionary's first `MAX_FIELDS` members; `call` calls each conversion."""
    convert = converter()
    made = {
        key: value if type(value) in COPIED else convert(value) if call is None else call(convert, value)
        for key, value in islice(fields.items(), MAX_FIELDS)
    }
    if len(fields) > MAX_FIELDS:
        made[ELLIPSIS] = f"{len(fields)} fields"
    return made


class _Plain:
    """The conversions of one record: how many values and characters they have made and seen."""

    def __init__(self, *, foreign: bool) -> None:
        self._foreign = foreign
        self._inside: set[int] = set()
        self._nodes = 0
        self._left = MAX_LOOKED
        self._room = MAX_CHARS

    def value(self, value: Any) -> Any:
        return self.convert(value, 0)

    def _text(self, value: str, size: int = MAX_TEXT) -> str:
        made = clip(value, min(size, max(self._room, MIN_TEXT)))
        self._room -= len(made)
        return made

    def convert(self, value: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            return ELLIPSIS
        if value is None or type(value) is bool:
            return value
        if not self._foreign and type(value) not in _BUILT_IN:
            return unserialisable(value)
        try:
            return self._scalar(value) if isinstance(value, str | int | float) else self._other(value, depth)
        except Exception:  # noqa: BLE001 (any object may be logged, whatever its methods do)
            return unserialisable(value)

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, enum.Enum):
            return self.convert(value.value, 0)
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, int):
            number = int(value)
            return number if -_MAX_INT <= number <= _MAX_INT else _digits(number)
        real = float(value)
        return real if math.isfinite(real) else _not_finite(real)

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, enum.Enum):
            return self.convert(value.value, depth + 1)
        if isinstance(value, bytes | bytearray | memoryview):
            return self._text(bytes(value[: MAX_TEXT + 1]).decode("utf-8", "backslashreplace"))
        if isinstance(value, _TIMES):
            return value.isoformat()
        if isinstance(value, _TEXT_TYPES):
            return self._text(str(value))
        if isinstance(value, BaseException):
            return self._text(f"{type(value).__name__}: {value}")
        return self._container(value, depth)

    def _container(self, value: Any, depth: int) -> Any:
        if depth >= MAX_DEPTH or id(value) in self._inside:
            return f"<{'cycle' if id(value) in self._inside else 'too deep'}:{type(value).__name__[:100]}>"
        self._inside.add(id(value))
        try:
            return self._open(value, depth + 1)
        finally:
            self._inside.discard(id(value))

    def _open(self, value: Any, depth: int) -> Any:
        size = length(value)
        if isinstance(value, Mapping) and type(value) not in HONEST:
            value = self._copied(value)
        elif (
            isinstance(value, _SERIAL) and type(value) not in HONEST and not isinstance(value, tuple | range)
        ):
            value = self._some(value)
        book = books.shared().summary(value) if size and self._affordable(value, 2) else None
        if book is not None:  # never copied level by level
            return self._pairs(book.items(), len(book), depth)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
        if isinstance(value, dict):
            return self._pairs(value.items(), size, depth)
        if isinstance(value, list | tuple | deque):
            return self._items(value, size, depth)
        if isinstance(value, set | frozenset):
            return self._items(sorted(value, key=repr) if size <= MAX_ITEMS else value, size, depth)
        if type(value).__module__.startswith("numpy") and hasattr(value, "tolist"):
            return self.convert(_array(value), depth)
        return self._text(repr(value))

    def _copied(self, value: Mapping[Any, Any]) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        maps = value.maps if isinstance(value, ChainMap) else [value]
        for key, item in self._some((key, one[key]) for one in maps for key in one):
            made.setdefault(key, item)
        return made

    def _some(self, items: Any) -> list[Any]:
        """Return the first items of a container that may never end, or that fails on the way."""
        made: list[Any] = []
        try:
            made.extend(islice(items, min(MAX_COPIED, self._left)))
        except Exception:
            if not made:
                raise
        self._left -= len(made)
        return made

    def _affordable(self, value: Any, depth: int) -> bool:
        """Return whether there is time to look for a book in a container: in its sides and their levels."""
        if isinstance(value, str | bytes | int | float):
            return True
        size = length(value)
        self._left -= size if size > _LEVEL else 0
        if self._left < 0:
            self._left = 0
            return False
        if not isinstance(value, Mapping | Sequence):
            return True
        if type(value) not in HONEST and not isinstance(value, tuple | range):
            return False
        items = value.values() if isinstance(value, dict) else value
        if _ROWS.issuperset(map(type, items)) and max(map(len, items), default=0) <= _LEVEL:
            return True
        return depth == 0 or all(self._affordable(one, depth - 1) for one in items)

    def _pairs(self, pairs: Any, size: int, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in pairs:
            if len(made) >= MAX_ITEMS:
                made[ELLIPSIS] = f"{size} items"
                break
            made[self._key(key)] = self.convert(item, depth)
        return made

    def _key(self, key: Any) -> str:
        try:
            made = self._text(key if type(key) is str else str(key), MAX_KEY)
            return made.replace("\0", "\\0") or "<empty>"
        except Exception:  # noqa: BLE001
            return unserialisable(key)

    def _items(self, items: Any, size: int, depth: int) -> list[Any]:
        made: list[Any] = []
        for item in items:
            if len(made) >= MAX_ITEMS:
                made.append(f"{ELLIPSIS}{size} items")
                break
            made.append(self.convert(item, depth))
        return made


def _not_finite(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _digits(number: int) -> str:
    """Return a large integer's digits, or its size where there are more than people can use."""
    bits = number.bit_length()
    return str(number) if bits <= 1024 else f"<integer of {bits} bits>"  # noqa: PLR2004


def _array(value: Any) -> Any:
    """Return a numpy scalar, or the first rows of an array, as Python values."""
    return value[: MAX_ITEMS + 1].tolist() if getattr(value, "ndim", 0) else value.tolist()
