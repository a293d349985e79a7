"""Copies of what a call logs, taken on the caller's thread: later changes must not show in the record."""

from __future__ import annotations

import array
from collections import ChainMap, UserDict, UserList
from collections.abc import Mapping, MappingView
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from amaie_telemetry import foreign
from amaie_telemetry.clipping import MAX_TEXT, clip, is_mapping, length, text, unserialisable
from amaie_telemetry.percent import filled
from amaie_telemetry.record import RESERVED, SCALARS
from amaie_telemetry.values import HONEST, MAX_CHARS, MAX_FIELDS, MAX_NODES, converter, plain, plains

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_ARGUMENTS = 64
"""Members of a dictionary of arguments that are copied; of a larger one the message is filled in at once."""
_TEXTS = ("event", "message", "msg")
"""Members of a structured message that are its text, the first that is there."""
_PAIR = 2
_WRAPPERS = (ChainMap, UserDict, UserList, MappingProxyType, MappingView, array.array)
"""Containers of the standard library whose text is that of all their items."""


def small(values: Iterable[Any]) -> bool:
    """Return whether all values are scalars that nobody can change, and hold no more text than a record."""
    room = MAX_CHARS
    for value in values:
        kind = type(value)
        if kind is str:
            room -= len(value)
            if room < 0 or len(value) > MAX_TEXT:
                return False
        elif kind not in SCALARS:
            return False
    return True


def frozen_message(msg: object, args: Any) -> tuple[str, Any]:
    """Return a message and arguments that nobody can change any more; no arguments if they are filled in."""
    if not args:
        return (clip(msg) if type(msg) is str else foreign.call(text, msg)), None
    if type(args) is tuple and len(args) == 1 and is_mapping(args[0]):
        args = args[0]
    if type(msg) is str:
        if type(args) is tuple and small(args):
            return msg, args
        if type(args) is dict and 0 < len(args) <= MAX_ARGUMENTS and small(args.values()):
            return msg, args.copy()
    return foreign.call(_filled, msg, args), None


def frozen_extra(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deep copy of plain values."""
    if type(extra) is dict and len(extra) <= MAX_FIELDS and small(extra.values()):
        return extra.copy()
    return plains(extra, foreign.call)


def fields_of(extra: Any) -> dict[Any, Any]:
    """Return what `extra=` gives as a dictionary: a Mapping of any kind, pairs, or one value under "extra".

    What fails costs itself: an item that cannot be read is left out, a value of no use is named by its type.
    """
    if extra is None or type(extra) is dict:
        return extra or {}
    found: Any = foreign.call(_read, extra)
    return found if type(found) is dict else {"extra": found}


def structured(msg: Any, extra: Any) -> tuple[Any, dict[Any, Any]]:
    """Return message and fields of a message that is a Mapping: its `event` or `message` is the text.

    Example:
        >>> structured({"event": "order_placed", "symbol": "BTC/USDT"}, None)
        ('order_placed', {'symbol': 'BTC/USDT'})
    """
    fields = fields_of(msg)
    name = next((name for name in _TEXTS if isinstance(fields.get(name), str)), None)
    rest = {key: value for key, value in fields.items() if key != name}
    return fields[name] if name else "", {**rest, **fields_of(extra)}


def _read(extra: Any) -> Any:
    """Return the items of a Mapping or of pairs, at most so many as a record may have; else a plain value."""
    pairs: Any = extra
    if is_mapping(extra):
        pairs = _members(extra)
    elif not issubclass(type(extra), list | tuple) or not all(
        issubclass(type(one), tuple) and len(one) == _PAIR for one in extra[:MAX_FIELDS]
    ):
        return plain(extra)
    made: dict[Any, Any] = {}
    try:
        made.update(islice(pairs, MAX_FIELDS))
    except Exception:  # noqa: BLE001 (what was read so far is kept)
        made.setdefault("extra", unserialisable(extra))
    return made


def _members(mapping: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for key in mapping:
        yield key, mapping[key]


def _filled(msg: object, args: Any) -> str:
    pattern = text(msg)
    try:
        return clip(filled(pattern, _bounded(args)))
    except Exception:  # noqa: BLE001 (any object may be an argument)
        return unfit(pattern, args)


def unfit(pattern: str, args: Any) -> str:
    """Return a message whose arguments misbehave or do not fit: the bad ones by their marks, none lost."""
    shown: Any = (
        {key: _Shown(value) for key, value in fields_of(args).items()}
        if isinstance(args, Mapping)
        else (tuple(map(_Shown, args[:MAX_ARGUMENTS])) if isinstance(args, tuple) else (_Shown(args),))
    )
    try:
        return clip(filled(pattern, shown))
    except Exception:  # noqa: BLE001 (they really do not fit)
        return clip(f"{pattern} <arguments do not fit>")


def _bounded(args: Any) -> Any:
    """Return arguments whose text is made in bounded time."""
    narrow = _Narrow()
    if type(args) is tuple:
        return tuple(map(narrow.value, args))
    return _Members(args, narrow) if isinstance(args, Mapping) else narrow.value(args)


class _Narrow:
    """The budget of items and texts that the arguments of one message share."""

    def __init__(self) -> None:
        self._left = MAX_NODES
        self._convert = converter()

    def value(self, value: Any) -> Any:
        """Return a value as it is, or the first of its items where it holds more than a message can show."""
        left, inside = self._left, [value]
        while inside:
            one = inside.pop()
            if isinstance(one, str | bytes | bytearray):
                left -= len(one) // 8  # a text costs less than as many items
            elif type(one) in HONEST or isinstance(one, _WRAPPERS):
                left -= length(one)
            if left < 0:
                return self._convert(value)
            if type(one) in HONEST:
                inside.extend(one.values() if isinstance(one, dict) else one)
        self._left = left
        return value


class _Members:
    """A Mapping of arguments that is asked for no more than the members that the message names."""

    def __init__(self, members: Mapping[Any, Any], narrow: _Narrow) -> None:
        self._members = members
        self._narrow = narrow

    def __getitem__(self, key: str) -> Any:
        return self._narrow.value(self._members[key])

    def __repr__(self) -> str:
        return repr(self._narrow.value(self._members))

    __str__ = __repr__


class _Shown:
    """An argument that is asked for nothing but its text, or its number if it is one."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return text(self._value)

    def __repr__(self) -> str:
        try:
            return clip(repr(self._value))
        except Exception:  # noqa: BLE001 (any object may be logged)
            return unserialisable(self._value)

    def __float__(self) -> float:
        return float(self._value)

    def __int__(self) -> int:
        return int(self._value)

    __index__ = __int__


def usable(msg: object, args: Any) -> tuple[object, Any]:
    """Return what a `LogRecord` can be made of: it asks a lone Mapping whether it is empty."""
    if args and len(args) == 1 and type(args[0]) not in SCALARS:
        try:
            bool(isinstance(args[0], Mapping) and args[0])
        except Exception:  # noqa: BLE001 (any object may be an argument)
            return frozen_message(msg, args)[0], ()
    return msg, args


def movable(extra: Any) -> dict[Any, Any] | None:
    """Return `extra` with the names that a `LogRecord` needs for itself moved under one key."""
    if extra is None:
        return None
    fields = fields_of(extra)
    if not all(type(key) is str for key in fields):  # they may fail when they are compared with names
        fields = {text(key): value for key, value in islice(fields.items(), MAX_FIELDS)}
    if RESERVED.isdisjoint(fields):
        return fields
    moved = {key: value for key, value in fields.items() if key in RESERVED}
    rest = {key: value for key, value in fields.items() if key not in RESERVED}
    given = rest.get("extra")
    if isinstance(given, dict):
        moved |= given
    elif given is not None:
        moved["extra"] = given
    return rest | {"extra": moved}
