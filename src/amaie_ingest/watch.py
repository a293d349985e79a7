"""What people see of the shipper: metrics for Prometheus, progress for a terminal, a summary at the end."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from amaie_telemetry import metrics

if TYPE_CHECKING:
    from amaie_ingest.bulk import Counts

PATIENCE = 2.0
TERMINAL_SECONDS, LOG_SECONDS = 0.5, 10.0


class MetricsWatch:
    """Keeps the metrics of `spec/kpis.yaml` up to date."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        """Start every series at zero, so that the first rejection is an increase."""
        self._healthy = True
        metrics.ingest.indexed_total.labels().inc(0)
        metrics.ingest.retries_total.labels().inc(0)
        metrics.ingest.conflicts_total.labels().inc(0)
        metrics.ingest.lag_seconds.labels().set(0)
        for reason in reasons:
            metrics.ingest.rejected_total.labels(reason=reason).inc(0)

    def counted(self, counts: Counts) -> None:
        """Count acknowledged documents."""
        self._healthy = True
        metrics.ingest.indexed_total.labels().inc(counts.indexed)
        metrics.ingest.conflicts_total.labels().inc(counts.doubles)
        for reason, number in counts.rejected.items():
            metrics.ingest.rejected_total.labels(reason=reason).inc(number)

    def waiting(self, oldest: str | None) -> None:
        """Set the age of the oldest record that waits."""
        lag = 0.0
        if oldest is not None:
            written = datetime.fromisoformat(oldest[:19] + "+00:00").timestamp()
            lag = max(0.0, datetime.now(UTC).timestamp() - written)
        metrics.ingest.lag_seconds.labels().set(lag)

    def healthy(self) -> bool:
        """Return whether Elasticsearch took what it was sent last."""
        return self._healthy

    def retried(self, trouble: str) -> None:
        """Count a request that is sent again, and say why in the container's log."""
        self._healthy = False
        metrics.ingest.retries_total.labels().inc()
        print(f"sending again: {trouble}", file=sys.stderr)


class ProgressWatch:
    """Shows how far a long run is: on one line of a terminal, else a line every ten seconds."""

    def __init__(self, total_bytes: int) -> None:
        """Take the size of all files."""
        self._total = total_bytes
        self._start = self._shown = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._documents = 0
        self._read = 0

    def counted(self, counts: Counts) -> None:
        """Count acknowledged documents."""
        self._documents += counts.indexed + sum(counts.rejected.values())
        self._show()

    def waiting(self, oldest: str | None) -> None:
        """Show that it goes on."""
        del oldest
        self._show()

    def read(self, number: int) -> None:
        """Count bytes that have been read."""
        self._read += number

    def retried(self, trouble: str) -> None:
        """Say why nothing moves."""
        self._line(f"sending again: {trouble}")

    def finish(self) -> None:
        """End the line of a terminal."""
        if self._terminal and time.monotonic() - self._start > PATIENCE:
            print(file=sys.stderr)

    def _show(self) -> None:
        now = time.monotonic()
        pause = TERMINAL_SECONDS if self._terminal else LOG_SECONDS
        if now - self._start > PATIENCE and now - self._shown >= pause:
            self._shown = now
            share = self._read / self._total if self._total else 1.0
            rate = self._documents / (now - self._start)
            self._line(f"{share:6.1%}  {self._documents:,} documents  {rate:,.0f}/s")

    def _line(self, text: str) -> None:
        if self._terminal:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


def summary(counts: Counts) -> str:
    """Return what became of the documents, in one sentence."""
    rejected = sum(counts.rejected.values())
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in sorted(counts.rejected.items()))
    parts = [f"{counts.indexed:,} indexed", f"{rejected:,} rejected" + (f" ({reasons})" if rejected else "")]
    if counts.doubles:
        parts.append(f"{counts.doubles:,} of all were there already")
    if counts.failure_store:
        parts.append(f"{counts.failure_store:,} went to the failure store")
    return ", ".join(parts)
