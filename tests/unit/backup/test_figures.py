"""After a restore, what is not as the manifest says is told, thing by thing."""

from __future__ import annotations

from operate.backup import figures
from operate.backup.manifest import Counts

NOW = 1000.0
WANTED = Counts(documents={"logs-amaie-default": 7, "other": 2}, series=3, silences={"a": 1001, "b": 999})


def test_the_same_is_no_difference() -> None:
    """A silence that has ended may be forgotten; what came later is no difference."""
    found = Counts(
        documents={"logs-amaie-default": 7, "other": 2, "new": 1}, series=3, silences={"a": 1, "c": 1}
    )
    assert figures.differences(WANTED, found, NOW) == []


def test_each_difference_has_its_sentence() -> None:
    """A stream that is not there has no documents; doubled ones are a difference, too."""
    found = Counts(documents={"logs-amaie-default": 8}, series=2, silences={"b": 999})
    assert figures.differences(WANTED, found, NOW) == [
        "logs-amaie-default has 8 documents instead of 7",
        "other has 0 documents instead of 2",
        "Prometheus has 2 series instead of 3",
        "the silence a is missing",
    ]
