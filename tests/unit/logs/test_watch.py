"""What people and Prometheus see of the shipper while it works."""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest

from amaie_ingest import watch
from amaie_ingest.bulk import Counts
from amaie_telemetry import metrics
from amaie_telemetry.testing import value


class Terminal(io.StringIO):
    """A screen."""

    def isatty(self) -> bool:
        """Return that a person looks at it."""
        return True


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show progress at once and at every look."""
    for name in ("PATIENCE", "LOG_SECONDS", "TERMINAL_SECONDS"):
        monkeypatch.setattr(watch, name, -1.0)


def _run(progress: watch.ProgressWatch) -> None:
    progress.read(250)
    progress.counted(Counts(indexed=1500, rejected={"invalid_json": 34}))
    progress.read(750)
    progress.waiting(None)
    progress.finish()


@pytest.mark.usefixtures("hasty")
def test_progress_into_a_file_is_a_line_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    """How much of the files is read, how many documents have arrived, and how fast."""
    _run(watch.ProgressWatch(1000))
    lines = [re.sub(r"[0-9,]+/s", "N/s", line) for line in capsys.readouterr().err.splitlines()]
    assert lines == [" 25.0%  1,534 documents  N/s", "100.0%  1,534 documents  N/s"]


@pytest.mark.usefixtures("hasty")
def test_progress_on_a_terminal_stays_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text replaces the one before; the line ends with the run."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    _run(watch.ProgressWatch(1000))
    shown = screen.getvalue().split("\r\x1b[K")
    assert [text[:7] for text in shown] == ["", " 25.0% ", "100.0% "]
    assert screen.getvalue().count("\n") == 1
    assert shown[-1].endswith("\n")


def test_a_short_run_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever waits less than two seconds wants to see the result only."""
    _run(watch.ProgressWatch(1000))
    assert capsys.readouterr().err == ""


def test_trouble_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody shall wonder why nothing moves."""
    watch.ProgressWatch(1000).retried("HTTP 429")
    assert capsys.readouterr().err == "sending again: HTTP 429\n"


def test_the_shipper_is_unhealthy_from_a_failed_request_to_the_next_success() -> None:
    """The container's health check and the metrics tell the same story."""
    ours = watch.MetricsWatch(("invalid_json",))
    retries = metrics.ingest.retries_total.labels()
    before = value(retries)
    assert ours.healthy()
    ours.retried("HTTP 503")
    assert not ours.healthy()
    assert value(retries) == before + 1
    ours.counted(Counts(indexed=1))
    assert ours.healthy()


def test_the_lag_is_the_age_of_the_oldest_record_that_waits() -> None:
    """Zero if none waits, and never below zero when a service's clock is ahead."""
    ours = watch.MetricsWatch(())
    lag = metrics.ingest.lag_seconds.labels()
    now = datetime.now(UTC)
    for age, expected in ((timedelta(hours=1), 3600.0), (timedelta(hours=-1), 0.0)):
        ours.waiting((now - age).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        assert value(lag) == pytest.approx(expected, abs=60)
    ours.waiting(None)
    assert value(lag) == 0.0


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (Counts(), "0 indexed, 0 rejected"),
        (
            Counts(indexed=12345, rejected={"wrong_type": 2, "invalid_json": 1000}),
            "12,345 indexed, 1,002 rejected (1,000 invalid_json, 2 wrong_type)",
        ),
        (
            Counts(indexed=5, doubles=3, failure_store=2),
            "5 indexed, 0 rejected, 3 of all were there already, 2 went to the failure store",
        ),
    ],
)
def test_the_summary_says_what_became_of_every_line(counts: Counts, text: str) -> None:
    """Rejections by reason, doubles, and what Elasticsearch put aside."""
    assert watch.summary(counts) == text
