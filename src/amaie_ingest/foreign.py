"""A record of another writer, put into the names of the contract; amaie/foreign.rb does the same in Logstash.

What cannot be put into them stays as it was, and is checked and redacted as any record is.
"""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from amaie_ingest import parse
from amaie_ingest.errors import Broken
from amaie_ingest.record import fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_telemetry.contract import Contract

UNKNOWN = "unknown"
_OURS = ("service", "module")
"""Who writes one of these names, and none of another writer, means the contract."""
_UNSAID = ("INFO", "ERROR")
"""The level of a record that says none: without an exception, and with one."""
_IDS = ("trace_id", "span_id")
_DIGITS = re.compile(r"[0-9]{1,19}(?:\.[0-9]{1,9})?")
_STEPS = re.compile(r"[+-][0-9]{1,4}\Z")
"""How far a level of Go's slog is from one with a name: WARN+1."""
_NO_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?")
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}")
_EARLIEST = 10**8
"""A smaller number is no time (1973) but something that has taken long."""
_UNITS = ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3), (10**19, 1))
"""Below a number, a time since the epoch is in seconds, milli-, micro- or nanoseconds; how many ns it has."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def adopted(value: Any, contract: Contract, service: str, now: Callable[[], datetime]) -> Any:
    """Return a foreign record in our names, or a value that is none as it is.

    Args:
        value: What a line holds.
        contract: Has the mapping.
        service: The name of the file, for a record that names no service.
        now: For a record that has no time.
    """
    if not isinstance(value, dict) or not _missing(value, contract):
        return value
    record = _unwrapped(deepcopy(value), contract)
    missing = _missing(record, contract)
    if not missing:
        return record
    for name in contract.foreign.lift:
        _lift(record, name)
    before = dict(record)
    found = {
        field: taken
        for field, names in contract.foreign.names.items()
        if _absent(record.get(field)) and (taken := _take(record, field, names))
    }
    if not found.keys() & set(missing) and any(record.get(name) is not None for name in _OURS):
        return value
    given = found["timestamp"][1] if "timestamp" in found else record.get("timestamp")
    said = given if isinstance(given, str) and given else now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    record["timestamp"] = _time(given) or said
    under, level = found.get("level", ("level", record.get("level")))
    raised = "exception_stacktrace" in found
    record["level"] = _level(under, level, before, contract) if level is not None else _UNSAID[raised]
    _named(record, found, service)
    _fitted(record, contract)
    return record if record.get("message") is not None else value


def _named(record: dict[str, Any], found: dict[str, tuple[str, Any]], service: str) -> None:
    """Put the texts that were found, ids and what nobody has said into their places."""
    for field, (_, taken) in found.items():
        if field not in {"timestamp", "level"}:
            record[field] = _text(taken)
    for field in _IDS:
        if isinstance(record.get(field), str):
            record[field] = _id(record[field])
    for field, usual in (("service", service), ("module", UNKNOWN)):
        left = record.get(field)
        if _absent(left) or left == "":
            record[field] = usual
        if left and _absent(left):
            record[f"{field}_"] = left


def _fitted(record: dict[str, Any], contract: Contract) -> None:
    """Put into `extra` what has the name of a field of ours but not its type; a number as an id is text."""
    extra = {} if _absent(record.get("extra")) else {"extra": record.pop("extra")}
    for name, rule in contract.fields.items():
        value = record.get(name)
        if value is None or rule.required or name == "extra":
            continue
        if rule.type == "keyword" and type(value) is int:
            value = record[name] = str(value)
        if not fits(name, value, contract):
            extra[name] = record.pop(name)
    if extra:
        kept = record.pop("extra", None)
        record["extra"] = extra | (kept if isinstance(kept, dict) else {})


def _missing(record: dict[str, Any], contract: Contract) -> list[str]:
    return [name for name in contract.required if _absent(record.get(name))]


def _absent(value: Any) -> bool:
    return value is None or isinstance(value, dict | list)


def _unwrapped(record: dict[str, Any], contract: Contract) -> dict[str, Any]:
    """Return what an envelope holds, with the envelope's own names where they are free."""
    for envelope in contract.foreign.envelopes:
        text = record.get(envelope.text)
        if isinstance(text, str) and all(name in record for name in envelope.beside):
            del record[envelope.text]
            return record | _inside(text.rstrip("\r\n"), contract)
    return record


def _inside(text: str, contract: Contract) -> dict[str, Any]:
    if text.startswith("{"):
        try:
            value = parse.value_of(text.encode(), contract.limits)
        except Broken:
            value = None
        if isinstance(value, dict):
            return value
    return {"message": text}


def _lift(record: dict[str, Any], name: str) -> None:
    """Put the members of an object beside it, where their names are free."""
    members = record.get(name)
    if not isinstance(members, dict):
        return
    del record[name]
    kept = {key: item for key, item in members.items() if key in record}
    record |= {key: item for key, item in members.items() if key not in record}
    if kept:
        record[name] = kept


def _take(record: dict[str, Any], field: str, names: tuple[str, ...]) -> tuple[str, Any] | None:
    """Take the value of a field out from under the first name that has one; return the name, too."""
    for name in names:
        path = _path(record, name)
        holder = record
        for key in path[:-1]:
            holder = holder[key]
        if not path or not _fits(field, holder[path[-1]]):
            continue
        value = holder.pop(path[-1])
        _prune(record, path[:-1])
        left = record.pop(field, None)
        if left:
            record[f"{field}_"] = left
        return path[-1], value
    return None


def _path(holder: Any, name: str) -> list[str]:
    """Return the keys that lead to a name; a key may hold dots itself."""
    if not isinstance(holder, dict):
        return []
    if name in holder:
        return [name]
    for end in [at for at, letter in enumerate(name) if letter == "."]:
        rest = _path(holder.get(name[:end]), name[end + 1 :])
        if rest:
            return [name[:end], *rest]
    return []


def _prune(record: dict[str, Any], path: list[str]) -> None:
    """Remove the objects on a path that have become empty."""
    while path:
        holder = record
        for key in path[:-1]:
            holder = holder[key]
        if holder[path[-1]]:
            return
        del holder[path[-1]]
        path = path[:-1]


def _fits(field: str, value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if field == "timestamp":
        return _time(value) is not None
    if isinstance(value, list):
        return field == "exception_stacktrace" and all(isinstance(item, str) for item in value)
    return not isinstance(value, dict) and (field in {"level", "message"} or isinstance(value, str))


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _id(text: str) -> str | None:
    """Return the id of a trace without its 0x; one that is all zeros is none."""
    return text.removeprefix("0x") if text.strip("0x") else None


def _time(value: Any) -> str | None:
    """Return a time as text, from text or from a number since the epoch; None if it is none of these."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        return f"{value}Z" if _NO_ZONE.fullmatch(value) else value if _DATED.match(value) else None
    number = Decimal(str(value))
    if not _EARLIEST <= number < _UNITS[-1][0]:
        return None
    unit = next(unit for end, unit in _UNITS if number < end)
    seconds, rest = divmod(int(number * unit), 10**9)
    fraction = f"{rest:09d}".rstrip("0")
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}" if fraction else "") + "Z"


def _level(under: str, value: Any, record: dict[str, Any], contract: Contract) -> str:
    """Return a level of ours: by its word, or by its number on the scale of who wrote it."""
    rules = contract.foreign
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        word = _STEPS.sub("", value.upper())
        return word if word in contract.fields["level"].values else rules.words.get(word, "INFO")
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return "INFO"
    scale = next(
        one
        for one in rules.numbers
        if (under in one.under or not one.under) and all(name in record for name in one.beside)
    )
    return next((level for top, level in scale.levels if float(value) <= top), "CRITICAL")
