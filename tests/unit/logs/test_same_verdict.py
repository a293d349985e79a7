"""Shipper and Logstash's filter say the same of what others call a secret, and of what others call none."""

from __future__ import annotations

import json
from itertools import chain, islice
from typing import TYPE_CHECKING

from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from corpus.outside import carriers, lookalikes, people, seeds, vendors
from ruby import filtered
from vectors.cases import comparable, exact, same

if TYPE_CHECKING:
    from corpus.outside.case import Case

FILE = "amaie-trader.jsonl"
AROUND = {
    "timestamp": "2025-07-30T14:30:00.123456Z",
    "level": "INFO",
    "service": "amaie-trader",
    "module": "execution.engine",
}
EVERY = {vendors: 41, people: 31, seeds: 9, carriers: 3, lookalikes: 307}
"""Of each corpus so many are left out for one that is taken: rules and carriers come by turns."""


def _line(case: Case) -> bytes:
    return json.dumps({**AROUND, "message": case.message, **case.extra}, default=repr).encode()


def test_both_nets_say_the_same_of_the_outside_corpora() -> None:
    """Document for document, field for field, id for id: the same rules, read by two engines."""
    cases = list(chain.from_iterable(islice(one.cases(), 0, None, step) for one, step in EVERY.items()))
    lines = [_line(case) for case in cases]
    judge, source = Judge(contract.load()), Source(FILE, filtered.PLACE)
    different = []
    found = zip(cases, lines, filtered.judged(lines, FILE), strict=True)
    for offset, (case, line, (event,)) in enumerate(found):
        verdict = judge.judge(line, source, offset)
        ours = exact(verdict.body)
        ids = (verdict.id, filtered.identity(line, FILE))
        assert event["id"] == ids[verdict.id.startswith("line-")]
        if not same(comparable(event["document"], good=True), comparable(ours, good=True)):
            different.append((case.source, case.rule, ours, event["document"]))
    assert len(cases) > 500
    assert not different
