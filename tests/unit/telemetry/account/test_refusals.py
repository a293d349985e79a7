"""What is refused is counted and told, but not told for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amaie_telemetry import metrics, testing
from amaie_telemetry.account.refusals import QUIET, Refusals
from amaie_telemetry.pytest_plugin import amaie_logs

if TYPE_CHECKING:
    from amaie_telemetry.testing import CapturedLogs

__all__ = ["amaie_logs"]


def test_every_refused_fill_and_few_refused_prices_are_logged(amaie_logs: CapturedLogs) -> None:
    """A broken feed's thousands are one record in ten seconds, which counts them; all move the counter."""
    now = [0.0]
    refusals = Refusals("main", lambda: now[0])
    error = ValueError("it is nan")
    for _ in range(3):
        refusals.tell("fill", error, often=False)
        refusals.tell("price", error, often=True)
    now[0] = QUIET
    refusals.tell("price", error, often=True)
    assert amaie_logs.messages == [
        "Account main has refused a fill and is unchanged: it is nan",
        "Account main has refused a price and is unchanged: it is nan",
        "Account main has refused a fill and is unchanged: it is nan",
        "Account main has refused a fill and is unchanged: it is nan",
        "Account main has refused a price and is unchanged: it is nan (2 more since the last record)",
    ]
    assert {record["level"] for record in amaie_logs.records} == {"ERROR"}
    assert testing.value(metrics.errors.total.labels(kind="account")) == 7
