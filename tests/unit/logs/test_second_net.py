"""The second net: what a service forgot to redact, the shipper and Logstash's filter mask.

Every class of secrets of the corpus in every carrier: in records that keep the contract, in rejected ones and
in torn lines; every key of the contract's lists; the canary by all its ways.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from corpus.canary import CANARY, JWT, PARTS
from corpus.canary import WAYS as WAYS_OF_CANARY
from corpus.redaction import negatives, positives
from ruby import filtered as ruby_filter
from vectors.cases import comparable, exact, same

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = {
    "timestamp": "2025-07-30T14:30:00.123456Z",
    "level": "INFO",
    "service": "amaie-trader",
    "module": "execution.engine",
}
RUN = 6
"""Characters of a secret that must not be left in one piece."""

FILE = "amaie-trader.jsonl"
RULES = contract.load().redaction


class Sent(NamedTuple):
    """A case of the corpus as a line, and the same line with another secret."""

    name: str
    case: positives.Case
    line: bytes
    other: bytes


def _record(case: positives.Case, **more: Any) -> bytes:
    """Return the line of a service that redacts nothing."""
    record = {**RECORD, "message": case.message % case.args if case.args else case.message, **more}
    for name, value in (case.extra or {}).items():
        record[name] = value if isinstance(value, str | int | dict | list) else repr(value)
    if case.error is not None:
        record["exception_message"] = str(case.error)
    return json.dumps(record).encode()


WAYS: dict[str, Callable[[positives.Case], bytes]] = {
    "good": _record,
    "rejected": lambda case: _record(case, price="n/a"),
    "torn": lambda case: _record(case)[:-1],
}


@cache
def _sent() -> list[Sent]:
    return [
        Sent(f"{case.id}/{way}", case, line(case), line(case.decoy))
        for case in positives.cases()
        if case.decoy is not None and case.id.endswith("/0")
        for way, line in WAYS.items()
    ]


def _left(case: positives.Case, text: str, other: str) -> set[str]:
    """Return pieces of the secret in what was made of a line that are not the carrier's own."""
    pieces = {one[i : i + RUN] for one in case.secrets for i in range(len(one) - RUN + 1)}
    return {piece for piece in pieces if piece in text and piece not in other}


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Return a judge with the contract of the stack."""
    return Judge(contract.load())


def test_the_shipper_masks_every_class_of_secrets_in_every_carrier(judge: Judge) -> None:
    """Whether the record keeps the contract, breaks it, or is no JSON at all."""
    source = Source(FILE, "1:2:0")

    def made(line: bytes) -> str:
        return _shown(exact(judge.judge(line, source, 0).body))

    leaks = {one.name: left for one in _sent() if (left := _left(one.case, made(one.line), made(one.other)))}
    assert not leaks


DENIED = (
    *RULES.deny_keys,
    *(f"zz_{ending}" for ending in RULES.deny_endings),
    *(f"{start}_zz" for start in RULES.deny_starts),
    *RULES.pseudonym_keys,
)
KEPT, MASKED = dict.fromkeys(RULES.allow_keys, "abc"), dict.fromkeys(DENIED, "abc")
KEYS = json.dumps({**RECORD, "message": "m", "deep": [{"kept": KEPT, "masked": MASKED}]}).encode()


DAY = [
    json.dumps({**RECORD, "message": text, **fields}).encode() for text, fields in negatives.rows(size=5000)
]


OURS = "0123456789abcdef01234567-0000000001"


@pytest.mark.parametrize("field", ["message", "exception_message", "exception_stacktrace"])
def test_the_shipper_looks_at_texts_of_our_own_library_too(judge: Judge, field: str) -> None:
    """An older library may not know a shape of today."""
    line = json.dumps({**RECORD, "message": "m", "event_id": OURS, field: f"api_key={CANARY}"}).encode()
    verdict = judge.judge(line, Source(FILE, "1"), 0)
    assert (verdict.id, exact(verdict.body)[field]) == (OURS, f"api_key={RULES.mask}")


def test_an_event_id_that_held_a_secret_names_no_document(judge: Judge) -> None:
    """What was masked is the same for all, so such records are named by where they stand."""
    line = json.dumps({**RECORD, "message": "m", "event_id": JWT[:120]}).encode()
    first, second = (judge.judge(line, Source(FILE, "1"), offset) for offset in (0, 500))
    assert exact(first.body)["event_id"] == RULES.mask
    assert first.id.startswith("line-")
    assert first.id != second.id


class Filtered(NamedTuple):
    """What Logstash's filter makes of everything here, in one run of JRuby."""

    sent: list[Sent]
    pairs: list[tuple[str, str]]
    keys: dict[str, Any]
    canaries: list[list[dict[str, Any]]]
    day: list[list[dict[str, Any]]]


@pytest.fixture(scope="module")
def filtered() -> Filtered:
    """Return what the filter makes of the corpus, of all keys, and of the canary's ways."""
    sent = _sent()
    lines = [KEYS, *WAYS_OF_CANARY.values(), *DAY, *(line for one in sent for line in (one.line, one.other))]
    events = iter(ruby_filter.judged(lines, FILE))
    (keys,) = next(events)
    canaries, day = list(islice(events, len(WAYS_OF_CANARY))), list(islice(events, len(DAY)))
    rest = map(_shown, events)
    return Filtered(sent, list(zip(rest, rest, strict=True)), keys, canaries, day)


def test_logstash_s_filter_masks_every_class_of_secrets_in_every_carrier(filtered: Filtered) -> None:
    """Under JRuby; in disguise, too."""
    assert len({one.case.id.split("/")[0] for one in filtered.sent}) >= 33
    found = zip(filtered.sent, filtered.pairs, strict=True)
    leaks = {one.name: left for one, pair in found if (left := _left(one.case, *pair))}
    assert not leaks


def test_logstash_s_filter_lets_no_part_of_the_canary_through(filtered: Filtered) -> None:
    """Sent by every way of the canary test: one document each, the secret in none."""
    assert [len(events) for events in filtered.canaries] == [1] * len(WAYS_OF_CANARY)
    shown = dict(zip(WAYS_OF_CANARY, map(_shown, filtered.canaries), strict=True))
    assert [(way, part) for way, text in shown.items() for part in PARTS if part in text] == []


def test_both_nets_mask_the_value_of_every_key_of_the_lists_and_of_no_allowed_one(
    judge: Judge, filtered: Filtered
) -> None:
    """Whatever the value looks like: a short word has no shape that would betray it."""
    for document in (exact(judge.judge(KEYS, Source(FILE, "1"), 0).body), filtered.keys["document"]):
        (deep,) = document["extra"]["deep"]
        assert deep["kept"] == KEPT
        assert deep["masked"] == dict.fromkeys(MASKED, RULES.mask)


def test_both_nets_make_the_same_of_a_trading_day_without_secrets(judge: Judge, filtered: Filtered) -> None:
    """The shipper changes nothing; the filter, which knows no table of countries, an odd id at most."""
    source, masked = Source(FILE, "1"), []
    for line, (event,) in zip(DAY, filtered.day, strict=True):
        document = exact(judge.judge(line, source, 0).body)
        assert RULES.mask not in _shown(document)
        if not same(comparable(event["document"], good=True), comparable(document, good=True)):
            masked.append(event["document"])
    assert len(masked) <= len(DAY) * 0.0005
    assert all(RULES.mask in document["message"] for document in masked)
