"""Redaction against the corpus: everything secret goes, everything else stays."""

from __future__ import annotations

import json
from typing import Any

from amaie_telemetry import contract
from amaie_telemetry.encode import Encoder
from amaie_telemetry.redact import Redactor
from amaie_telemetry.snapshot import frozen_extra, frozen_message
from amaie_telemetry.trouble import raised
from corpus.redaction import negatives, positives
from corpus.redaction.secrets_of import KINDS

RUN = 6
"""Characters of a secret that must not be left in one piece."""


def emitted(encoder: Encoder, case: positives.Case) -> str:
    """Return the text that a case leaves in the log file."""
    message, args = frozen_message(case.message, case.args)
    extra = frozen_extra(case.extra) if case.extra else None
    error = raised(case.error, None) if case.error else None
    line = encoder.line((20, 1_753_885_800_123_456_789, "m", message, args, extra, None, None, error, 1))
    return json.dumps(json.loads(line), ensure_ascii=False)


def pieces(text: str) -> set[str]:
    """Return all runs of a few characters."""
    return {text[i : i + RUN] for i in range(len(text) - RUN + 1)}


def test_the_corpus_is_as_large_as_promised() -> None:
    """At least 25 classes in 15 carriers, 1,500 positives, and no two alike."""
    cases = list(positives.cases())
    assert len(KINDS) >= 25
    assert len(positives.CARRIERS) >= 15
    assert len(cases) >= 1_500
    assert len({(case.message, str(case.args), str(case.extra), str(case.error)) for case in cases}) == len(
        cases
    )


def test_no_piece_of_any_secret_of_the_corpus_survives() -> None:
    """Recall is 100 %: not six characters of a secret are left, in no carrier."""
    encoder = Encoder("amaie-core", "p" * 24, Redactor(contract.load()), contract.load())
    leaks = []
    for case in positives.cases():
        assert case.decoy is not None
        text, common = emitted(encoder, case), emitted(encoder, case.decoy)
        left = [
            piece
            for secret in case.secrets
            for piece in pieces(secret)
            if piece in text and piece not in common
        ]
        if left:
            leaks.append((case.id, left[0], text))
    assert not leaks, leaks[:5]


def test_a_trading_day_without_secrets_is_left_alone() -> None:
    """Of 20,000 records at most 10 change, and in those neither a number nor an id."""
    redactor = Redactor(contract.load())
    changed = []
    for message, extra in negatives.rows():
        record: dict[str, Any] = {"message": message, **extra}
        redacted = redactor.record(record)
        if redacted != record:
            changed.append((record, redacted))
            assert redacted | {"message": message} == record, "only words may change, never a number or an id"
    assert len(changed) <= negatives.SIZE * 0.0005, changed[:5]


def test_redacting_twice_changes_no_more_than_once() -> None:
    """What a second net sees after the first is left as it is."""
    redactor = Redactor(contract.load())
    for case in positives.cases():
        once = redactor.record({"message": case.message, **frozen_extra(case.extra or {})})
        assert redactor.record(once) == once, case.id
