"""One record as one line of strict JSON in the standard's form, redacted; never raises."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_telemetry.clipping import MAX_TEXT, clip
from amaie_telemetry.coerce import END_NS
from amaie_telemetry.fields import Fields
from amaie_telemetry.percent import filled
from amaie_telemetry.record import LEVELS, level_index
from amaie_telemetry.snapshot import unfit
from amaie_telemetry.trouble import MAX_STACK

if TYPE_CHECKING:
    from amaie_telemetry.context import Bound
    from amaie_telemetry.contract import Contract
    from amaie_telemetry.record import Item, Raised
    from amaie_telemetry.redact import Redactor

_json = msgspec.json.Encoder().encode
_MEMORY = 2048
MARGIN = 64
"""Characters that the note of a text's true length may take."""
_DIGITS = [b"%03d" % number for number in range(1000)]
_END = b'"}\n'
MAX_CONSTANT = 256
"""Characters of a message that may be remembered: a longer one is no constant of a program."""
# Some readers take these for the end of a line, others for a command to the terminal.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST_NAME = 220
"""Characters of a logger's name: with the note of its true length it fits the contract."""
_LOGGER_NAME = re.compile(r"[A-Za-z0-9_.]{1,100}")
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
        self._max_line = contract.limits.max_event_bytes
        sizes = {name: rule.max_length for name, rule in contract.fields.items() if rule.max_length}
        self._max_message = min(MAX_TEXT, sizes.get("message", MAX_TEXT + MARGIN) - MARGIN)
        self._max_error = min(MAX_TEXT, sizes.get("exception_message", MAX_TEXT + MARGIN) - MARGIN)
        self._max_stack = sizes.get("exception_stacktrace", 2 * MAX_STACK) - MARGIN
        self._milli = self._second = self._thousand = -1  # of the texts below
        self._prefix = self._start_of_second = self._stem = b""
        self._heads: dict[tuple[int, str, str | None], bytes] = {}
        self._version = redactor.version

    def line(self, item: Item) -> bytes:  # noqa: C901 (the hot path: every call in it would cost)
        """Return the line of a record; a minimal safe one if anything about it fails."""
        try:
            level, time_ns, module, message, args, extra, plan, context, raised, sequence = item
            milli, micros = divmod(time_ns // 1000, 1000)
            if milli != self._milli:
                self._tick(milli)
            if sequence // 1000 != self._thousand:
                self._thousand = sequence // 1000
                self._stem = b"%b%07d" % (self._producer, self._thousand)
            head = self._heads.get((level, module, message)) if args is None else None
            if head is None:
                head = self._head(level, module, message, args)
            if plan is not None and plan.ready and context is None and raised is None:
                body = _json(extra)
                if not plan.floats or b"null" not in body:
                    line = b"".join((
                        self._prefix, _DIGITS[micros], head, b",", body[1:-1],
                        self._stem, _DIGITS[sequence % 1000], _END,
                    ))  # fmt: skip
                    if line.isascii() and len(line) <= self._max_line:
                        return line
            fields = self.fields.encode(extra, plan) if context is None else None
            if fields is None:
                fields, head = self._members(item, head)
            if raised is not None:
                fields += self._raised(raised)
            line = self._whole(micros, head, fields, sequence)
            if len(line) > self._max_line:
                line = self._whole(micros, head, b',"truncated":true', sequence)
            return line if line.isascii() else _escape(line)
        except Exception as error:  # noqa: BLE001 (whatever fails, the service goes on)
            return self.safe_line(item, type(error).__name__)

    def _whole(self, micros: int, head: bytes, fields: bytes, sequence: int) -> bytes:
        """Return a line of the present millisecond, `micros` of which are over."""
        return b'%b%03d%b%b%b%010d"}\n' % (self._prefix, micros, head, fields, self._producer, sequence)

    def safe_line(self, item: Item, failure: str) -> bytes:
        """Return a line that says no more of a record than where and when it failed.

        It uses nothing that can have failed before: of the record what has the right type, else the present.
        """
        self.failures += 1
        level, time_ns, module, *_, sequence = item
        usable = type(time_ns) is int and 0 <= time_ns < END_NS
        milli, micros = divmod((time_ns if usable else time.time_ns()) // 1000, 1000)
        self._tick(milli)
        known = module if type(module) is str and _LOGGER_NAME.fullmatch(module) else "unknown"
        head = _members_before(LEVELS[level_index(level if type(level) is int else 0)], self._service, known)
        message = _json(f"<a record could not be written: {failure}>")
        return self._whole(micros, head, message + b',"marks":"failed"', sequence)

    def refresh(self) -> None:
        """Judge everything anew if a secret has been registered since; to be called before some lines."""
        if self._version != self._redactor.version:
            self._version = self._redactor.version
            self._heads.clear()
            self.fields.forget()

    def _tick(self, milli: int) -> None:
        """Make the text of a new millisecond."""
        second, part = divmod(milli, 1000)
        if second != self._second:
            self._second = second
            self._start_of_second = time.strftime(
                '{"timestamp":"%Y-%m-%dT%H:%M:%S.', time.gmtime(second)
            ).encode()
        self._milli, self._prefix = milli, self._start_of_second + _DIGITS[part]

    def _start(self, level: int, module: str, service: str) -> bytes:
        name = self._redactor.text(clip(module, _LONGEST_NAME))
        return _members_before(LEVELS[level_index(level)], service, name)

    def _head(self, level: int, module: str, message: str, args: Any) -> bytes:
        """Return the members from the level to the message, remembered for messages without arguments."""
        start = self._heads.get((level, module, None))
        if start is None:
            start = self._remember((level, module, None), self._start(level, module, self._service))
        if args is None:
            head = start + _json(self._redactor.text(clip(message, self._max_message)))
            return self._remember((level, module, message), head) if len(message) <= MAX_CONSTANT else head
        try:
            whole = filled(message, args)
        except Exception:  # noqa: BLE001 (whatever the message wants of its arguments)
            whole = unfit(message, args)
        return start + _json(self._redactor.text(clip(whole, self._max_message)))

    def _remember(self, key: tuple[int, str, str | None], head: bytes) -> bytes:
        if len(self._heads) >= _MEMORY:
            self._heads.clear()
        self._heads[key] = head
        return head

    def _members(self, item: Item, head: bytes) -> tuple[bytes, bytes]:
        """Return the fields of a record that are not known to be good, and its head."""
        level, _, module, _, _, extra, _, context, *_ = item
        fields = None if context is None else self._with_context(extra, context)
        if fields is not None:
            return fields, head
        whole = {**(context.fields if context is not None else {}), **(extra or {})}
        service = whole.get("service")
        if type(service) is str and _OTHER_SERVICE.fullmatch(service):
            del whole["service"]
            head = (
                self._start(level, module, service) + head[len(self._start(level, module, self._service)) :]
            )
        return self.fields.corrected(whole), head

    def _with_context(self, extra: dict[str, Any] | None, context: Bound) -> bytes | None:
        if extra and not context.fields.keys().isdisjoint(extra):
            return None
        version, bound = context.encoded
        if version != self._version:
            bound = self.fields.encode(context.fields)
            context.encoded = (self._version, bound)
        own = self.fields.encode(extra)
        return None if own is None or bound is None else bound + own

    def _raised(self, raised: Raised) -> bytes:
        text = self._redactor.text
        known = {
            "exception_type": raised.type,
            "exception_message": text(clip(raised.message, self._max_error)),
            "exception_stacktrace": text(clip(raised.stacktrace, self._max_stack)),
        }
        return b"," + _json({key: value for key, value in known.items() if value})[1:-1]


def _members_before(level: str, service: str, module: str) -> bytes:
    """Return what stands between the timestamp and the text of the message."""
    return b'Z",' + _json({"level": level, "service": service, "module": module})[1:-1] + b',"message":'


def _escape(line: bytes) -> bytes:
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", line.decode()).encode()
