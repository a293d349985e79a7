"""A line that only says that our library wrote it gains nothing: others' secrets are masked all the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amaie_ingest import harmless
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from corpus.outside import carriers, people, seeds, vendors

if TYPE_CHECKING:
    from types import ModuleType

JUDGE = Judge(contract.load())
SOURCE = Source("evil.jsonl", "1")
FORGED = {
    "timestamp": "2026-11-26T14:00:00.000000Z",
    "level": "INFO",
    "service": "evil",
    "module": "m",
    "message": "hello",
    "event_id": "0123456789abcdef01234567-0000000001",
}
"""A record under an id of the form that our library gives."""


def line(**changed: object) -> bytes:
    """Return the line of a forged record."""
    return json.dumps(FORGED | changed, separators=(",", ":")).encode()


def test_such_a_line_takes_the_quick_way_while_it_is_harmless() -> None:
    """Otherwise nothing here would be shown."""
    assert JUDGE._quick(line()) is not None


@pytest.mark.parametrize("corpus", [vendors, people, seeds, carriers], ids=lambda one: one.__name__)
def test_a_forged_id_hides_no_secret_of_others(corpus: ModuleType) -> None:
    """For each that the redactor knows there is no quick way: vendors', persons', phrases, carriers."""
    redactor = JUDGE.redactor
    for case in corpus.cases():
        if case.secret and redactor.text(case.message) != case.message:
            assert not JUDGE._harmless.text(case.message), case


NAMES = [
    name
    for name, rule in contract.load().fields.items()
    if rule.type in {"keyword", "text"} and not rule.values and name not in {"event_id", "timestamp"}
]


@pytest.mark.parametrize("name", NAMES)
def test_no_field_of_a_forged_line_keeps_a_secret(name: str) -> None:
    """Whatever a field is for: what the thorough way masks, the quick way does not keep."""
    for secret in ("AKIAQ3EGTZ5XNV2LPRWK", "api_key=hunter2hunter2", "john.doe@example.com"):
        written = json.loads(JUDGE.judge(line(**{name: secret}), SOURCE, 0).body)
        assert secret not in json.dumps(written), name


@settings(max_examples=300)
@given(st.from_regex(harmless.PLAIN_ID, fullmatch=True))
def test_an_identifier_of_plain_form_is_left_by_the_redactor(text: str) -> None:
    """So it need not be asked about each of them."""
    assert JUDGE.redactor.identifier(text) == text


@settings(max_examples=300)
@given(st.text(max_size=40))
def test_whatever_is_let_through_the_redactor_would_leave(text: str) -> None:
    """The first look never knows better than the second one."""
    if JUDGE._harmless.text(text):
        assert JUDGE.redactor.text(text) == text
