"""Judges one line: the document that it becomes, and in which stream.

The quick way decodes into a struct that the contract describes and encodes it again. Whatever is not
plainly good and ours takes the thorough way, which finds out what is wrong.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from amaie_ingest import foreign, parse, plain, record, times
from amaie_ingest.budget import Budget, TooSlow
from amaie_ingest.errors import Broken
from amaie_ingest.harmless import Harmless
from amaie_telemetry.redact import Redactor
from amaie_telemetry.redact.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from amaie_telemetry.contract import Contract, Field

TOKEN_MASK = "[MASKED]"  # noqa: S105 (what stands in place of one)
MARGIN = 1024
"""How much more of a long line is redacted than kept: half a secret may not be known as one."""

BEGINNING = 512
"""Bytes that are kept of a line that took too long."""

_OURS = re.compile(r"[0-9a-f]{24}-[0-9]{10,}").fullmatch
_LONG_NUMBERS = re.compile(rb":[ \t\r]*(-?(?:[0-9.]{17}|[0-9.]+[eE])[0-9.eE+-]*)").findall
"""Numbers that a double may not hold: it has 15 certain digits."""
_PLAIN_TIME = re.compile(r"(?:19[7-9]|20[0-9]|21[0-9]|22[0-5])[0-9]-.{5}T.{8}(?:\.[0-9]{1,9})?Z")
_encoder = msgspec.json.Encoder(decimal_format="number")


class Source(NamedTuple):
    """Where lines come from: a name for people, and an identity that survives renaming.

    Attributes:
        text: The service whose records are plain text; empty where only JSON is one.
    """

    name: str
    identity: str
    text: str = ""


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """A document and its id; without a reason it keeps the contract, with one it is rejected."""

    id: str
    body: bytes
    reason: str = ""


class Judge:
    """Turns lines into documents."""

    def __init__(
        self,
        contract: Contract,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the contract; its redaction is the library's."""
        self._contract = contract
        self._now = now
        self.redactor = Redactor(contract)
        names = _flat(contract, self.redactor)
        self._decode = msgspec.json.Decoder(_struct(contract, names)).decode
        self._encode = _encoder.encode
        self._harmless = Harmless(contract, self.redactor, frozenset(names))
        self._texts = tuple(name for name, rule in contract.fields.items() if rule.redaction == "text")
        self._token = re.compile(contract.unparsed_token)
        self._budget = Budget(contract.limits.max_line_seconds)

    def judge(self, line: bytes, source: Source, offset: int) -> Verdict:
        """Return the document of a line that starts at a byte offset of its source."""
        try:
            with self._budget:
                return self._judged(line, source, offset)
        except TooSlow:
            return self._too_slow(line, source, offset)

    def _judged(self, line: bytes, source: Source, offset: int) -> Verdict:
        try:
            if len(line) <= self._contract.limits.max_event_bytes:
                quick = self._quick(line)
                if quick is not None:
                    return quick
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        try:
            return self._thorough(line, source, offset)
        except Exception as error:  # noqa: BLE001 (whatever it is, the line must not stop the others)
            broken = Broken("internal_error", type(error).__name__)
            return self.unparsed(line, len(line), broken, source, offset)

    def _too_slow(self, line: bytes, source: Source, offset: int) -> Verdict:
        """Reject a line by its beginning; by nothing, should even that not be masked in time."""
        broken = Broken("internal_error", f"took longer than {self._budget.seconds:g} s")
        try:
            with self._budget:
                return self.unparsed(line[: BEGINNING + MARGIN], len(line), broken, source, offset)
        except TooSlow:
            self._budget.end()
            return self.unparsed(b"", len(line), broken, source, offset)

    def _quick(self, line: bytes) -> Verdict | None:
        """Return the document of a record that our library wrote; None for whatever needs a closer look.

        The library has redacted it already; but a foreign line may say the same of itself.
        """
        entry: Any = self._decode(line)
        if not entry.event_id or not _OURS(entry.event_id) or not _plain_time(entry.timestamp):
            return None
        if not self._harmless(entry):
            return None
        body: bytes = self._encode(entry)
        for number in _LONG_NUMBERS(line):
            if line.count(number) != body.count(number):  # the double has other digits
                return None
        return Verdict(entry.event_id, b'{"@' + body[2:])

    def _thorough(self, line: bytes, source: Source, offset: int) -> Verdict:
        limits = self._contract.limits
        if len(line) > limits.max_event_bytes:
            return self.unparsed(line, len(line), Broken("too_large"), source, offset)
        try:
            value = self._value(line, source)
        except Broken as broken:
            return self.unparsed(line, len(line), broken, source, offset)
        try:
            ours = foreign.adopted(value, self._contract, source.name.partition(".")[0], self._now)
            good = self._bounded(self.redactor.record(record.document(ours, self._contract)))
        except Broken as broken:
            return self._rejected(value, line, broken, source, offset)
        return Verdict(self._id(good.get("event_id"), line, source, offset), self._encode(good))

    def _value(self, line: bytes, source: Source) -> Any:
        """Return the JSON value of a line, or the record of plain text where the source may hold it."""
        if not source.text:
            return parse.value_of(line, self._contract.limits)
        value = plain.json_object(line, self._contract)
        if value is None:
            return plain.record(parse.text_of(line), self._contract, source.text, self._now)
        return value

    def _bounded(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a document without what its texts have beyond their bounds."""
        for name in self._texts:
            text, size = document.get(name), self._contract.fields[name].max_length
            if text is not None and len(text) > size:
                document |= {name: text[:size], "truncated": True}
        return document

    def _rejected(self, value: Any, line: bytes, broken: Broken, source: Source, offset: int) -> Verdict:
        clean = self.redactor.value("", value)
        kept = clean if isinstance(clean, dict) else {}
        body = self._envelope(broken, source, self._encode(clean).decode(), len(line))
        for name in ("service", "level", "event_id"):
            rule = self._contract.fields[name]
            if isinstance(kept.get(name), str) and 0 < len(kept[name]) <= rule.max_length:
                body[name] = kept[name]
        return Verdict(
            self._id(body.get("event_id"), line, source, offset), self._encode(body), broken.reason
        )

    def unparsed(self, head: bytes, length: int, broken: Broken, source: Source, offset: int) -> Verdict:
        """Reject what is no JSON: by its beginning, with everything masked that could be a secret."""
        limit = self._contract.limits.max_rejected_bytes
        seen = head[: limit + MARGIN]
        text = self.redactor.text(seen.decode("utf-8", errors="replace"))
        masked = self._token.sub(TOKEN_MASK, text).encode()
        kept = masked[:limit] if len(seen) == length else masked[: min(limit, max(0, len(masked) - MARGIN))]
        body = self._envelope(broken, source, kept.decode("utf-8", errors="ignore"), length)
        if length > min(limit, len(seen)):
            body["truncated"] = True
        return Verdict(self._id(None, head, source, offset), self._encode(body), broken.reason)

    def moment(self, body: bytes) -> str:
        """Return the timestamp of a document of ours: every one starts with it."""
        return body[15 : body.index(b'"', 15)].decode()

    def refused(self, body: bytes, broken: Broken) -> bytes:
        """Return the rejected document of a good one that Elasticsearch does not take."""
        return self._encode(self._envelope(broken, Source("bulk", ""), body.decode(), len(body)))

    def _envelope(self, broken: Broken, source: Source, text: str, length: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "@timestamp": self._now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "reason": broken.reason,
            "source": source.name,
            "record": text,
            "record_bytes": length,
        }
        if broken.detail:
            body["detail"] = broken.detail
        return body

    def _id(self, event_id: Any, line: bytes, source: Source, offset: int) -> str:
        if isinstance(event_id, str) and self.redactor.rules.mask not in event_id:
            return event_id
        return line_id(line, source, offset)


def line_id(line: bytes, source: Source, offset: int) -> str:
    """Return the id of a record that brings none: where it stands, and its text."""
    place = f"{source.identity}\0{offset}\0".encode()
    return "line-" + hashlib.sha256(place + line).hexdigest()[:40]


def _plain_time(text: str) -> bool:
    return _PLAIN_TIME.fullmatch(text) is not None and _exists(text[:19])


@lru_cache(maxsize=4096)
def _exists(second: str) -> bool:
    try:
        times.utc(second + "Z")
    except Broken:
        return False
    return True


def _flat(contract: Contract, redactor: Redactor) -> list[str]:
    """Return the flat fields whose names are harmless; the timestamp comes first."""
    names = [
        name
        for name, rule in contract.fields.items()
        if rule.type != "object" and redactor.names.verdict(name).kind not in {Kind.SECRET, Kind.PERSON}
    ]
    return sorted(names, key=lambda name: name != "timestamp")


def _struct(contract: Contract, names: Iterable[str]) -> type[msgspec.Struct]:
    """Return a struct of flat fields, in their order."""
    fields: list[Any] = []
    for name in names:
        rule = contract.fields[name]
        kind = _kind(rule)
        fields.append((name, kind) if rule.required else (name, kind | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct("Entry", fields, kw_only=True, forbid_unknown_fields=True, gc=False)


def _kind(rule: Field) -> Any:
    if rule.values:
        return Literal[rule.values]
    kinds: dict[str, Any] = {
        "timestamp": str,
        "keyword": Annotated[str, msgspec.Meta(min_length=int(rule.required), max_length=rule.max_length)],
        "text": Annotated[str, msgspec.Meta(max_length=rule.max_length)],
        "decimal": float | int,
        "long": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
        "boolean": bool,
    }
    return kinds[rule.type]
