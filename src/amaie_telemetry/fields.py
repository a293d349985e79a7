"""The extra fields of a record, checked against the contract and redacted.

Most records of a program repeat the same names with values of the same types. What to do with such a set is
worked out once and remembered as a plan: which texts must be looked at, and how.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from amaie_telemetry.clipping import MAX_TEXT
from amaie_telemetry.record import RESERVED, SHORT, Plan
from amaie_telemetry.values import MAX_CHARS, plain

if TYPE_CHECKING:
    from amaie_telemetry.contract import Contract
    from amaie_telemetry.redact import Redactor

_json = msgspec.json.Encoder(decimal_format="number").encode
_MEMORY = 2048
_MAX_INT = 2**63 - 1
_DECIMAL = re.compile(r"[+-]?[0-9]{1,64}(?:\.[0-9]{1,64})?(?:[eE][+-]?[0-9]{1,3})?")
_UNUSABLE = "<unserialisable:"
_TOP = ("timestamp", "level", "service", "event_id", "extra", "exception_type", "exception_message",
        "exception_stacktrace", "truncated")  # fmt: skip
OWN = RESERVED.union(_TOP)
"""Names that `extra=` cannot set at the top of a record: they are moved under `extra`."""


class Fields:
    """Turns extra fields into JSON members, each with a comma before it."""

    def __init__(self, redactor: Redactor, contract: Contract) -> None:
        """Take the rules for each field from the contract."""
        self._redactor = redactor
        self._rules = contract.fields
        self.plans: dict[tuple[Any, ...], Plan | None] = {}
        self._clean: dict[str, set[str]] = {}

    def encode(self, extra: dict[str, Any] | None, plan: Plan | None = None) -> bytes | None:
        """Return fields that are all as the contract wants them, or None if `corrected` must see to them."""
        if not extra:
            return b""
        if plan is None or not plan.valid:
            plan = self.plan(extra)
            if plan is None:
                return None
            plan = plan.unchecked
        if not plan.checked and not self._good(extra, plan):
            return None
        for name in plan.integers:
            if not -_MAX_INT <= extra[name] <= _MAX_INT:
                return None
        body: bytes = _json(extra)
        if plan.floats and b"null" in body:  # the encoder's word for NaN and infinity
            return None
        return b"," + body[1:-1]

    def _good(self, extra: dict[str, Any], plan: Plan) -> bool:
        for name, clean, quick in plan.texts:
            text = extra[name]
            known = text in clean or (quick and len(text) < SHORT and text.replace("-", "").isalnum())
            if not known and not self._is_clean(name, text, clean):
                return False
        return True

    def plan(self, extra: dict[str, Any]) -> Plan | None:
        """Return the plan for fields of these names and types, or None if they need correction."""
        shape = (*extra, *map(type, extra.values()))
        try:
            return self.plans[shape]
        except KeyError:
            if len(self.plans) >= _MEMORY:
                self.forget()
            plan = self.plans[shape] = self._make(tuple(extra), tuple(map(type, extra.values())))
            return plan

    def known(self, extra: dict[str, Any]) -> Plan | None:
        """Return the plan for fields of names and types seen before that hold nothing long, or None.

        It is the one for checked records if all texts are known to be clean.
        """
        plan = found = self.plans.get((*extra, *map(type, extra.values())))
        if found is None or plan is None:
            return None
        room = MAX_CHARS
        for name, clean, quick in found.texts:
            text = extra[name]
            if text in clean or (quick and len(text) < SHORT and text.replace("-", "").isalnum()):
                continue
            room -= len(text)
            if room < 0 or len(text) > MAX_TEXT:
                return None
            plan = found.unchecked
        return plan

    def forget(self) -> None:
        """Forget all plans and all texts that were found clean."""
        for plan in self.plans.values():
            if plan is not None:
                plan.expire()
        self.plans.clear()
        self._clean.clear()

    def corrected(self, fields: dict[str, Any]) -> bytes:
        """Return any fields: values made plain, wrong ones moved under `extra`, secrets masked."""
        good: dict[str, Any] = {}
        moved: dict[str, Any] = {}
        for key, value in fields.items():
            name = _name(key)
            simple = _shaped(value if _is_copy(value) else plain(value), self._rules.get(name))
            (good if self._fits(name, simple) else moved)[name] = simple
        if isinstance(moved.get("extra"), dict):
            moved |= {key: value for key, value in moved.pop("extra").items() if key not in moved}
        good = self._redactor.record(good)
        if moved:
            good["extra"] = self._redactor.record(moved)
            good["marks"] = "moved"
        if _UNUSABLE.encode() in (body := _json(good)):
            good["marks"] = "moved,unserialisable" if moved else "unserialisable"
            body = _json(good)
        return b"," + body[1:-1] if good else b""

    def problem(self, key: str, value: Any) -> str | None:
        """Return what is wrong with a field in the eyes of the contract, or None."""
        if key in OWN:
            return f"{key!r} is a name that the record needs for itself"
        if key not in self._rules:
            return f"{key!r} is not a field of spec/logs.yaml"
        if not self._fits(key, plain(value)):
            return f"{key!r} must be {self._rules[key].type}, not {type(value).__name__}"
        return None

    def _make(self, names: tuple[str, ...], types: tuple[type, ...]) -> Plan | None:
        integers: list[str] = []
        texts: list[tuple[str, set[str], bool]] = []
        for name, kind in zip(names, types, strict=True):
            if type(name) is not str or not self._simple(name, kind):
                return None
            if kind is str:
                texts.append((name, self._clean.setdefault(name, set()), self._quick(name)))
            elif kind is int:
                integers.append(name)
        return Plan(tuple(integers), tuple(texts), floats=float in types).with_unchecked()

    def _quick(self, name: str) -> bool:
        """Return whether a short word under this name needs no look: no shape is that short."""
        rule = self._rules.get(name)
        short_enough = rule is None or not rule.max_length or rule.max_length >= SHORT
        return short_enough and self._redactor.is_identifier(name) and not self._redactor.secrets

    def _simple(self, name: str, kind: type) -> bool:
        """Return whether a value of this type may stand under this name as it is."""
        if name in OWN or name != _name(name) or self._redactor.text(name) != name:
            return False
        if self._redactor.special(name):
            return False
        rule = self._rules.get(name)
        wanted = _TYPES.get(rule.type) if rule else _ANY
        return kind is type(None) or (wanted is not None and kind in wanted)

    def _is_clean(self, name: str, value: str, clean: set[str]) -> bool:
        rule = self._rules.get(name)
        if (
            len(value) > ((rule and rule.max_length) or MAX_TEXT)
            or self._redactor.value(name, value) != value
        ):
            return False
        if not value.isascii() or _UNUSABLE in value:
            return _UNUSABLE not in value and value == plain(value)
        if len(value) <= 64:  # noqa: PLR2004 (longer ones seldom come again)
            if len(clean) >= _MEMORY:
                clean.clear()
            clean.add(value)
        return True

    def _fits(self, key: str, value: Any) -> bool:
        if key in OWN:
            return False
        rule = self._rules.get(key)
        if rule is None or value is None:
            return True
        if type(value) not in _TYPES.get(rule.type, ()):
            return False
        return not isinstance(value, str) or len(value) <= (rule.max_length or MAX_TEXT)


_ANY: tuple[type, ...] = (str, int, float, bool)
_TYPES: dict[str, tuple[type, ...]] = {
    "keyword": (str,),
    "text": (str,),
    "timestamp": (str,),
    "decimal": (int, float, Decimal),
    "long": (int,),
    "boolean": (bool,),
    "object": (dict,),
}


def _shaped(value: Any, rule: Any) -> Any:
    """Return a value in the type that the contract wants where it says the same: exact money, ids as text."""
    if rule is None:
        return value
    if rule.type == "decimal" and type(value) is str and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if rule.type == "keyword" and type(value) is int:
        return str(value)
    return value


def _is_copy(value: Any) -> bool:
    """Return whether a value is one that `plain` has made and cut: a second cut would note a wrong length."""
    return type(value) in {dict, list} or (type(value) is str and len(value) > MAX_TEXT)


def _name(key: object) -> str:
    return str(next(iter(plain({key: None}))))
