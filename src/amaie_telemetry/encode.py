"""One record as one line of strict JSON in the standard's form, redacted; never raises."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_telemetry.context import EMPTY
from amaie_telemetry.fields import Fields
from amaie_telemetry.record import LEVELS, level_index
from amaie_telemetry.values import clip

if TYPE_CHECKING:
    from amaie_telemetry.context import Bound
    from amaie_telemetry.contract import Contract
    from amaie_telemetry.record import Item, Raised
    from amaie_telemetry.redact import Redactor

_json = msgspec.json.Encoder().encode
_MEMORY = 2048
_THREE = [b"%03d" % number for number in range(1000)]
# Some readers take these for the end of a line, others for a command to the terminal.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_OTHER_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,63}")


class Encoder:
    """Writes the records of one producer."""

    def __init__(self, service: str, producer: str, redactor: Redactor, contract: Contract) -> None:
        """Remember what all lines have in common."""
        self.failures = 0
        self._service = service
        self._producer = b',"event_id":"' + producer.encode() + b"-"
        self._redactor = redactor
        self.fields = Fields(redactor, contract)
        self._max_line = contract.limits["max_event_bytes"]
        self._clock: tuple[int, bytes] = (-1, b"")
        self._heads: dict[tuple[int, str], bytes] = {}
        self._constants: dict[str, bytes] = {}
        self._version = redactor.version

    def line(self, item: Item) -> bytes:
        """Return the line of a record; a minimal safe one if anything about it fails."""
        try:
            line = self._line(item)
        except Exception as error:  # noqa: BLE001 (whatever fails, the service goes on)
            return self.safe_line(item, type(error).__name__)
        return line if len(line) <= self._max_line else self._short_line(item)

    def safe_line(self, item: Item, failure: str) -> bytes:
        """Return a line that says no more of a record than where and when it failed."""
        self.failures += 1
        message = _json(f"<a record could not be written: {failure}>")
        start = self._start(item[1], self._head(item[0], item[2], self._service))
        return b'%b%b,"marks":"failed"%b%010d"}\n' % (start, message, self._producer, item[8])

    def _line(self, item: Item) -> bytes:
        level, time_ns, module, message, args, extra, context, raised, sequence = item
        if self._version != self._redactor.version:
            self._forget()
        micros = time_ns // 1000
        second = micros // 1_000_000
        clock = self._clock
        if clock[0] != second:
            clock = self._tick(second)
        rest = micros - second * 1_000_000
        head = self._heads.get((level, module))
        if head is None:
            head = self._heads[level, module] = self._head(level, module, self._service)
        text = self._constants.get(message) if args is None else None
        if text is None:
            text = self._message(message, args)
        fields = self.fields.encode(extra) if context is EMPTY else self._with_context(extra, context)
        if fields is None:
            fields, head = self._odd(level, module, {**context.fields, **(extra or {})})
        if raised is not None:
            fields += self._raised(raised)
        line = b"%b%b%b%b%b%b%b%010d\"}\n" % (
            clock[1], _THREE[rest // 1000], _THREE[rest % 1000], head, text, fields, self._producer, sequence,
        )  # fmt: skip
        return line if line.isascii() else _escape(line)

    def _forget(self) -> None:
        """Forget what was judged under older rules: a secret has been registered since."""
        self._version = self._redactor.version
        self._heads.clear()
        self._constants.clear()
        self.fields.forget()

    def _start(self, time_ns: int, head: bytes) -> bytes:
        micros = time_ns // 1000
        _, prefix = self._tick(micros // 1_000_000)
        return b"%b%06d%b" % (prefix, micros % 1_000_000, head)

    def _tick(self, second: int) -> tuple[int, bytes]:
        prefix = time.strftime('{"timestamp":"%Y-%m-%dT%H:%M:%S.', time.gmtime(second)).encode()
        self._clock = (second, prefix)
        return self._clock

    def _head(self, level: int, module: str, service: str) -> bytes:
        if len(self._heads) >= _MEMORY:
            self._heads.clear()
        name = self._redactor.text(clip(module, 256))
        common = {"level": LEVELS[level_index(level)], "service": service, "module": name}
        return b'Z",' + _json(common)[1:-1] + b',"message":'

    def _message(self, message: str, args: Any) -> bytes:
        if args is None:
            encoded = _json(self._redactor.text(clip(message)))
            if len(self._constants) >= _MEMORY:
                self._constants.clear()
            if len(message) <= 256:  # noqa: PLR2004 (a longer one is no constant)
                self._constants[message] = encoded
            return encoded
        try:
            whole = message % args
        except (TypeError, ValueError, KeyError, OverflowError):
            whole = f"{message} <arguments do not fit>"
        return _json(self._redactor.text(clip(whole)))

    def _with_context(self, extra: dict[str, Any] | None, context: Bound) -> bytes | None:
        if extra and not context.fields.keys().isdisjoint(extra):
            return None
        version, bound = context.encoded
        if version != self._version:
            bound = self.fields.encode(context.fields)
            context.encoded = (self._version, bound)
        own = self.fields.encode(extra)
        return None if own is None or bound is None else bound + own

    def _odd(self, level: int, module: str, fields: dict[str, Any]) -> tuple[bytes, bytes]:
        """Return the fields and the head of a record whose fields are not all as the contract wants them."""
        service = fields.get("service")
        if type(service) is str and _OTHER_SERVICE.fullmatch(service):
            del fields["service"]
        else:
            service = self._service
        return self.fields.corrected(fields), self._head(level, module, service)

    def _raised(self, raised: Raised) -> bytes:
        text = self._redactor.text
        known = {
            "exception_type": raised.type,
            "exception_message": text(raised.message),
            "exception_stacktrace": text(raised.stacktrace),
        }
        return b"," + _json({key: value for key, value in known.items() if value})[1:-1]

    def _short_line(self, item: Item) -> bytes:
        """Return the line of a record that is too large: its message alone."""
        _, time_ns, _, message, args, *_ = item
        start = self._start(time_ns, self._head(item[0], item[2], self._service))
        tail = b',"truncated":true%b%010d"}\n' % (self._producer, item[8])
        line = start + self._message(message, args) + tail
        return line if line.isascii() else _escape(line)


def _escape(line: bytes) -> bytes:
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", line.decode()).encode()
