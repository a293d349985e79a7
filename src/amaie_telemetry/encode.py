"""One record as one line of strict JSON in the standard's form, redacted; never raises."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_telemetry.record import OWN, Item
from amaie_telemetry.values import MAX_TEXT, clip, plain

if TYPE_CHECKING:
    from amaie_telemetry.contract import Contract
    from amaie_telemetry.redact import Redactor

_json = msgspec.json.Encoder().encode
_MEMORY = 1024
_THREE = [b"%03d" % number for number in range(1000)]
# Some readers take these for the end of a line or for a command to the terminal.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


class Encoder:
    """Writes the records of one producer; used by one thread at a time."""

    def __init__(self, service: str, producer: str, redactor: Redactor, contract: Contract) -> None:
        """Remember what all lines have in common."""
        self.failures = 0
        self._service = service
        self._producer = producer.encode()
        self._redactor = redactor
        self._fields = contract.fields
        self._max_line = contract.limits["max_event_bytes"] - 1
        self._heads: dict[tuple[int, str], bytes] = {}
        self._second = -1
        self._prefix = b""

    def line(self, item: Item) -> bytes:
        """Return the line of a record; a minimal safe one if anything about it fails."""
        try:
            line = self._line(item)
        except Exception as error:  # noqa: BLE001 (whatever fails, the service goes on)
            self.failures += 1
            return self._safe_line(item, type(error).__name__)
        return line if len(line) <= self._max_line else self._short_line(item)

    def _line(self, item: Item) -> bytes:
        fields = {**item.context.fields, **(item.extra or {})}
        return self._assemble(item, self._message(item), self._checked(fields), self._raised(item))

    def _assemble(self, item: Item, message: str, fields: dict[str, Any], raised: dict[str, Any]) -> bytes:
        body = _json({"message": message, **fields, **raised})
        line = b"%b%b%b%b" % (self._timestamp(item.time_ns), self._head(item), body[1:-1], self._tail(item))
        return line if line.isascii() else _escape(line)

    def _timestamp(self, time_ns: int) -> bytes:
        second, rest = divmod(time_ns // 1000, 1_000_000)
        if second != self._second:
            self._prefix = time.strftime('{"timestamp":"%Y-%m-%dT%H:%M:%S.', time.gmtime(second)).encode()
            self._second = second
        return self._prefix + _THREE[rest // 1000] + _THREE[rest % 1000]

    def _head(self, item: Item) -> bytes:
        key = (item.level, item.module)
        head = self._heads.get(key)
        if head is None:
            if len(self._heads) >= _MEMORY:
                self._heads.clear()
            common = {"level": level_name(item.level), "service": self._service, "module": clip(item.module, 256)}
            head = self._heads[key] = b'Z",' + _json(common)[1:-1] + b","
        return head

    def _tail(self, item: Item) -> bytes:
        return b',"event_id":"%b-%010d"}\n' % (self._producer, item.sequence)

    def _message(self, item: Item) -> str:
        if not item.args:
            return self._redactor.text(clip(item.message))
        try:
            message = item.message % item.args
        except (TypeError, ValueError, KeyError, OverflowError):
            return self._redactor.text(clip(item.message)) + " <arguments do not fit>"
        return self._redactor.text(clip(message))

    def _checked(self, fields: dict[str, Any]) -> dict[str, Any]:
        good: dict[str, Any] = {}
        moved: dict[str, Any] = {}
        for key, value in fields.items():
            (moved if key in OWN or not self._fits(key, value) else good)[key] = plain(value)
        good = self._redactor.record(good)
        if moved:
            good["extra"] = self._redactor.record(moved)
        return good

    def _fits(self, key: str, value: Any) -> bool:
        rule = self._fields.get(key)
        if rule is None:
            return True
        if rule.type in {"keyword", "text", "timestamp"}:
            return isinstance(value, str) and len(value) <= (rule.max_length or MAX_TEXT)
        if rule.type == "decimal":
            return isinstance(value, int | float) and not isinstance(value, bool)
        if rule.type == "long":
            return isinstance(value, int) and not isinstance(value, bool)
        if rule.type == "boolean":
            return isinstance(value, bool)
        return isinstance(value, dict)

    def _raised(self, item: Item) -> dict[str, Any]:
        if item.raised is None:
            return {}
        return {
            "exception_type": item.raised.type,
            "exception_message": self._redactor.text(item.raised.message),
            "exception_stacktrace": self._redactor.text(item.raised.stacktrace),
        }

    def _short_line(self, item: Item) -> bytes:
        return self._assemble(item, self._message(item), {"truncated": True}, {})

    def _safe_line(self, item: Item, failure: str) -> bytes:
        message = f"<a record could not be written: {failure}>"
        return self._assemble(item, message, {"marks": "failed"}, {})


def level_name(level: int) -> str:
    """Return the name of a level, or of the standard level below it."""
    if level >= 50:  # noqa: PLR2004 (the values of the logging module)
        return "CRITICAL"
    return ("DEBUG", "DEBUG", "INFO", "WARNING", "ERROR")[max(level, 0) // 10]


def _escape(line: bytes) -> bytes:
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", line.decode()).encode()
