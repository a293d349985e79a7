"""One record under the contract, the thorough way: says what is wrong, moves what is unknown."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from amaie_ingest import times
from amaie_ingest.errors import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.contract import Contract, Field, Limits

TOO_DEEP = "[TOO DEEP]"
_NUMBER = re.compile(r"[+-]?[0-9]{1,64}(?:\.[0-9]{1,64})?(?:[eE][+-]?[0-9]{1,4})?")
_LONG = 2**63


def document(record: Any, contract: Contract) -> dict[str, Any]:
    """Return the document of a record: checked, normalised, unknown keys moved into `extra`.

    Raises:
        Broken: The record breaks the contract.
    """
    if not isinstance(record, dict):
        raise Broken("not_an_object")
    missing = [name for name in contract.required if record.get(name) is None]
    if missing:
        raise Broken("missing_field", ", ".join(missing))
    checked = {
        name: _CHECKS[rule.type](name, record[name], rule)
        for name, rule in contract.fields.items()
        if record.get(name) is not None
    }
    return _arranged(record, checked, contract)


def fits(name: str, value: Any, contract: Contract) -> bool:
    """Return whether a field may hold a value."""
    rule = contract.fields[name]
    try:
        _CHECKS[rule.type](name, value, rule)
    except Broken:
        return False
    return True


def _arranged(record: dict[str, Any], checked: dict[str, Any], contract: Contract) -> dict[str, Any]:
    arranged: dict[str, Any] = {"@timestamp": checked["timestamp"]}
    unknown: dict[str, Any] = {}
    for name, value in record.items():
        if name not in contract.fields:
            unknown[name] = value
        elif name not in ("timestamp", "extra"):
            arranged[name] = checked.get(name)
    extra = dict(checked.get("extra") or {})
    for name, value in unknown.items():
        extra[_free(name, extra)] = value
    if extra:
        arranged["extra"], cut = _bounded(extra, contract.limits, 1)
        if cut:
            arranged["truncated"] = True
    return arranged


def _free(name: str, taken: dict[str, Any]) -> str:
    while name in taken:
        name += "_"
    return name


def _bounded(value: Any, limits: Limits, depth: int) -> tuple[Any, bool]:
    """Return a value without anything deeper than the limit, and whether something was cut."""
    if not isinstance(value, dict | list):
        return value, False
    if depth > limits.max_depth:
        return TOO_DEEP, True
    if isinstance(value, list):
        items = [_bounded(item, limits, depth + 1) for item in value]
        return [item for item, _ in items], any(cut for _, cut in items)
    for key in value:
        if not key or len(key) > limits.max_key_chars or "\0" in key:
            raise Broken("bad_key")
    pairs = {key: _bounded(item, limits, depth + 1) for key, item in value.items()}
    return {key: item for key, (item, _) in pairs.items()}, any(cut for _, cut in pairs.values())


def _timestamp(name: str, value: Any, _: Field) -> str:
    if not isinstance(value, str):
        raise Broken("wrong_type", name)
    return times.utc(value)


def _keyword(name: str, value: Any, rule: Field) -> str:
    text = _text(name, value, rule)
    if rule.values:
        text = rule.spellings.get(text.upper(), text.upper())
    if (rule.values and text not in rule.values) or (not text and (rule.required or name == "event_id")):
        raise Broken("wrong_value", name)
    if len(text) > rule.max_length:
        raise Broken("too_long", name)
    return text


def _text(name: str, value: Any, _: Field) -> str:
    if not isinstance(value, str):
        raise Broken("wrong_type", name)
    return value


def _decimal(name: str, value: Any, _: Field) -> Any:
    """Accept numbers, and numbers as text (as a Decimal is logged); both must fit into a double."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Broken("wrong_type", name)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise Broken("wrong_type", name)
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        raise Broken("out_of_range", name)
    return value


def _long(name: str, value: Any, _: Field) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Broken("wrong_type", name)
    if not -_LONG <= value < _LONG:
        raise Broken("out_of_range", name)
    return value


def _boolean(name: str, value: Any, _: Field) -> bool:
    if not isinstance(value, bool):
        raise Broken("wrong_type", name)
    return value


def _object(name: str, value: Any, _: Field) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Broken("wrong_type", name)
    return value


_CHECKS: dict[str, Callable[[str, Any, Field], Any]] = {
    "timestamp": _timestamp,
    "keyword": _keyword,
    "text": _text,
    "decimal": _decimal,
    "long": _long,
    "boolean": _boolean,
    "object": _object,
}
