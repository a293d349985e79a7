"""Order books, recognised by structure: best prices, depth and count are logged, never the levels.

A side is a list of price levels: pairs, objects, named tuples, rows of an array or of a table. Under the name
of a side or a book a few are enough; without a name there must be many. Their prices rise or fall, as those
of a book do and weights, fills or bars do not; times and counters, as of a curve, are no prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from operator import gt, lt
from typing import TYPE_CHECKING, Any

from amaie_telemetry import contract
from amaie_telemetry.redact.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amaie_telemetry.contract import Redaction


_LISTS = frozenset({list, tuple})
_NUMBERS = frozenset({float, int, str})


@cache
def shared() -> Levels:
    """Return the recognition by the rules of this package's contract."""
    return Levels(contract.load().redaction)


class Levels:
    """Recognises price levels by the rules of the contract."""

    def __init__(self, rules: Redaction) -> None:
        """Take the words and bounds of the contract."""
        words = rules.words
        self._most, self._named = rules.book_levels, rules.named_levels
        self._prices, self._amounts = words["price"], words["amount"]
        self._sides = {**dict.fromkeys(words["side_bid"], "bid"), **dict.fromkeys(words["side_ask"], "ask")}
        self._bounds = rules.bounds

    def summary(self, value: Any, *, named: bool = False) -> dict[str, Any] | None:
        """Return the summary of an order book or of one side of it, or None if it is neither or short."""
        if isinstance(value, Mapping):
            return self._book(value) or self._side(value, named=named)
        return self._side(value, named=named)

    def many(self, pairs: Sequence[tuple[float, float]], *, named: bool) -> bool:
        """Return whether that many levels with these prices and amounts are a side of a book."""
        if len(pairs) < self._named or not (named or len(pairs) > self._most):
            return False
        return (named and len(pairs) > self._most) or self.ordered(pairs)

    def _book(self, value: Mapping[Any, Any]) -> dict[str, Any] | None:
        """Return the summary of `{"bids": […], "asks": […]}`; its other keys stay."""
        found: dict[str, Any] = {}
        rest: dict[str, Any] = {}
        for key, item in value.items():
            name = self._sides.get(fold(key)) if isinstance(key, str) else None
            side = None if name is None else self._side(item, named=len(key) > 1)
            if side is None:
                rest[key] = item
            else:
                found |= {
                    f"best_{name}": side["best"],
                    f"{name}_depth": side["depth"],
                    f"{name}_levels": side["levels"],
                }
        return {**rest, **found} if found else None

    def _side(self, value: Any, *, named: bool) -> dict[str, Any] | None:
        rows = self._rows(value, self._named if named else self._most)
        if rows is None:
            return None
        pairs = self._numbers(rows) or [pair for row in rows if (pair := self._pair(row)) is not None]
        if len(pairs) < len(rows) * self._bounds.level_share or not self.many(pairs, named=named):
            return None
        return {"best": pairs[0][0], "depth": sum(amount for _, amount in pairs), "levels": len(rows)}

    def _numbers(self, rows: Sequence[Any]) -> list[tuple[float, float]] | None:
        """Return the levels of rows that all are lists of numbers or their texts: without a look at each."""
        if not _LISTS.issuperset(map(type, rows)):
            return None
        sizes = set(map(len, rows))
        fewest, most = self._bounds.level_numbers
        if min(sizes) < fewest or max(sizes) > most:
            return None
        prices, amounts = [row[0] for row in rows], [row[1] for row in rows]
        kinds = {*map(type, prices), *map(type, amounts)}
        if not kinds <= _NUMBERS:
            return None
        if str in kinds and max(len(one) for one in (*prices, *amounts) if type(one) is str) > (
            self._bounds.number_chars
        ):
            return None
        try:
            return list(zip(map(float, prices), map(float, amounts), strict=True))
        except ValueError:
            return None

    def _rows(self, value: Any, least: int) -> Sequence[Any] | None:
        """Return what may be levels, if the first ones are."""
        if isinstance(value, Mapping):
            value = list(value.items()) if len(value) >= least else None
        elif isinstance(value, str | bytes) or value is None:
            return None
        elif hasattr(value, "columns"):
            value = _table(value)
        elif getattr(value, "ndim", 0) == 2 or getattr(getattr(value, "dtype", None), "names", None):  # noqa: PLR2004
            value = value.tolist() if getattr(value, "ndim", 0) == 2 else _records(value)  # noqa: PLR2004
        if (
            not isinstance(value, Sequence)
            or isinstance(value, str)
            or len(value) < max(least, self._bounds.level_numbers[0])
        ):
            return None
        return value if all(self._pair(row) is not None for row in value[:2]) else None

    def _pair(self, level: Any) -> tuple[float, float] | None:
        """Return price and amount of a level."""
        named = _members(level)
        fewest, most = self._bounds.level_numbers
        if named is not None:
            price, amount = (self._first(named, names) for names in (self._prices, self._amounts))
        elif isinstance(level, list | tuple) and fewest <= len(level) <= most:
            price, amount = self._float(level[0]), self._float(level[1])
        else:
            return None
        return None if price is None or amount is None else (price, amount)

    def ordered(self, pairs: Sequence[tuple[float, float]]) -> bool:
        """Return whether prices only rise or fall, and are no times or counters; no amount is negative."""
        prices = [price for price, _ in pairs]
        rising = all(map(lt, prices, prices[1:]))
        if not rising and not all(map(gt, prices, prices[1:])):
            return False
        if any(amount < 0 for _, amount in pairs):
            return False
        counted = prices[0] in {0, 1} and all(after - before == 1 for before, after in pairwise(prices))
        return not counted and not (min(prices) >= self._bounds.epoch_seconds and rising)

    def _first(self, members: Mapping[str, Any], names: frozenset[str]) -> float | None:
        return next((self._float(item) for name, item in members.items() if name in names), None)

    def _float(self, value: Any) -> float | None:
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, str) and len(value) > self._bounds.number_chars:
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            return None


def _members(level: Any) -> Mapping[str, Any] | None:
    """Return the members of an object, a named tuple or a dataclass by their names."""
    if isinstance(level, Mapping):
        return {str(key).lower(): item for key, item in level.items()}
    names: Iterable[str] = (
        getattr(level, "_fields", None) or getattr(level, "__dataclass_fields__", None) or ()
    )
    if not names and not isinstance(level, list | tuple | str | int | float):
        names = getattr(type(level), "__slots__", None) or vars(level) if hasattr(level, "__dict__") else ()
    made = {name.lower(): getattr(level, name, None) for name in names if isinstance(name, str)}
    return made or None


def _table(frame: Any) -> list[dict[str, Any]] | None:
    """Return the rows of a table of pandas or polars."""
    columns = [str(column) for column in frame.columns]
    lists = [list(frame[column]) for column in frame.columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)] if lists else None


def _records(array: Any) -> list[dict[str, Any]]:
    """Return the rows of a structured array of numpy."""
    return [dict(zip(array.dtype.names, row, strict=True)) for row in array.tolist()]
