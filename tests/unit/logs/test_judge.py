"""The shipper judges every vector as it must."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amaie_ingest.errors import Broken
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from vectors.cases import Case, comparable, exact, load, same

CASES = [case for case in load() if case.stream]
SOURCE = Source("amaie-trader.jsonl", "1:2:0")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
GOOD = (
    b'{"timestamp":"2025-07-30T14:30:00.123456Z","level":"INFO","service":"amaie-core",'
    b'"module":"perception","message":"Seen"}'
)
OURS = GOOD[:-1] + b',"event_id":"0123456789abcdef01234567-0000000001"}'


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Return a judge with the contract of the stack and a clock that stands."""
    return Judge(contract.load(), lambda: NOW)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.file}: {case.name}" for case in CASES])
def test_a_line_becomes_exactly_the_document_of_its_vector(judge: Judge, case: Case) -> None:
    """Stream, every field and every digit are those of the vector."""
    verdict = judge.judge(case.line.removesuffix(b"\r"), SOURCE, 0)
    document, good = exact(verdict.body), case.stream == "good"
    assert (not verdict.reason) is good, document
    assert same(comparable(document, good=good), comparable(case.document, good=good)), document


@given(
    number=st.from_regex(r"-?[1-9][0-9]{0,19}(\.[0-9]{1,19})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
    | st.from_regex(r"-?[1-9][0-9]{4}\.[0-9]{11,14}", fullmatch=True),
    space=st.sampled_from(["", " ", "\t", "  "]),
    quoted=st.booleans(),
)
def test_a_number_keeps_its_value_to_the_last_digit(
    judge: Judge, number: str, space: str, *, quoted: bool
) -> None:
    """Also where the quick way reads it as a double, and where a text holds the same digits."""
    message = f'\\"price\\":{number},' if quoted else "Seen"
    line = OURS.replace(b"Seen", message.encode())[:-1] + f',"price"{space}:{space}{number}}}'.encode()
    verdict = judge.judge(line, SOURCE, 0)
    assert not verdict.reason
    assert exact(verdict.body)["price"] == Decimal(number)


def test_every_field_of_the_contract_has_a_vector() -> None:
    """Whoever adds a field also shows what it becomes."""
    shown = {name for case in CASES if case.stream == "good" for name in case.document}
    assert set(contract.load().fields) - {"timestamp"} <= shown


def test_every_reason_of_the_contract_has_a_vector() -> None:
    """Only what Elasticsearch or a fault of ours decides cannot be shown by a line."""
    shown = {case.document["reason"] for case in CASES if case.stream == "rejected"}
    assert set(contract.load().reasons) - shown == {"refused", "internal_error"}


def test_a_record_without_an_event_id_is_named_by_where_it_stands(judge: Judge) -> None:
    """The same line at the same place has the same id; at another place, or in another file, another."""
    first = judge.judge(GOOD, SOURCE, 0).id
    assert first.startswith("line-")
    assert judge.judge(GOOD, SOURCE, 0).id == first
    assert judge.judge(GOOD, SOURCE, 200).id != first
    assert judge.judge(GOOD, Source("other.jsonl", "1:3:0"), 0).id != first
    assert judge.judge(GOOD, Source("renamed.jsonl.1", "1:2:0"), 0).id == first


def test_a_rejection_carries_the_time_at_which_it_was_rejected(judge: Judge) -> None:
    """The record's own time may be what is wrong with it."""
    document = exact(judge.judge(b"{}", SOURCE, 0).body)
    assert document["@timestamp"] == "2026-01-02T03:04:05.678000Z"


def test_a_fault_of_the_judge_rejects_the_line_instead_of_stopping_everything(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is kept, masked as if it were no JSON, with the name of the fault."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("amaie_ingest.record.document", fail)
    verdict = judge.judge(GOOD, SOURCE, 0)
    document = exact(verdict.body)
    assert verdict.reason == "internal_error"
    assert (document["reason"], document["detail"]) == ("internal_error", "ZeroDivisionError")
    assert document["record"] == GOOD.decode()


def test_what_elasticsearch_refuses_becomes_a_rejected_document(judge: Judge) -> None:
    """It says what Elasticsearch said, and keeps the document."""
    document = exact(judge.refused(b'{"a":1}', Broken("refused", "mapper_parsing_exception")))
    assert document == {
        "@timestamp": "2026-01-02T03:04:05.678000Z",
        "reason": "refused",
        "detail": "mapper_parsing_exception",
        "source": "bulk",
        "record": '{"a":1}',
        "record_bytes": 7,
    }
