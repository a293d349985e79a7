"""From Logstash's answer to numbers: no input, no output."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

PIPELINE, LETTERS = "amaie", "amaie-dead-letters"
LOGS, REJECTED, FAILED = "logs", "rejected", "failed"
REMEMBERED = 5760
"""Scrapes in the memory of `Lag`: a day."""


@dataclass(frozen=True)
class Sample:
    """What Logstash has done since it started.

    Attributes:
        indexed: Records that Elasticsearch acknowledged, known doubles included.
        conflicts: Records that Elasticsearch had already.
        rejected: New documents in the rejected stream, by reason; `lost` are those that are nowhere.
        retries: Bulk requests that failed as a whole and were sent again.
        taken: Events that the pipeline took in.
        waiting: Events that wait in its queue or in its outputs.
    """

    indexed: int
    conflicts: int
    rejected: dict[str, int]
    retries: int
    taken: int
    waiting: int


def sample(answer: dict[str, Any]) -> Sample:
    """Read the answer of `GET /_node/stats/pipelines`.

    Raises:
        KeyError: A pipeline or one of its outputs is missing: Logstash is still starting, or stopped it.
    """
    main, letters = (answer["pipelines"][name] for name in (PIPELINE, LETTERS))
    ours, theirs = _plugins(main, "outputs"), _plugins(letters, "outputs")
    logs, rejected, refused = ours[LOGS], ours[REJECTED], theirs[REJECTED]
    failed = sum(_plugins(one, "filters")[FAILED]["events"]["in"] for one in (main, letters))
    stuck = sum(one["events"]["in"] - one["events"]["out"] for one in (logs, rejected))
    return Sample(
        indexed=_documents(logs, "successes", "non_retryable_failures"),
        conflicts=_documents(logs, "non_retryable_failures"),
        rejected={
            "contract": _documents(rejected, "successes"),
            "refused": _documents(refused, "successes"),
            "lost": failed + main.get("dead_letter_queue", {}).get("dropped_events", 0),
        },
        retries=sum(one.get("bulk_requests", {}).get("failures", 0) for one in (logs, rejected, refused)),
        taken=main["events"]["in"],
        waiting=main["queue"].get("events_count", 0) + max(stuck, 0),
    )


class Lag:
    """The age of the oldest waiting event: the time since fewer were taken in than have left by now."""

    def __init__(self) -> None:
        """Start without memory."""
        self._seen: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)

    def seconds(self, now: float, taken: int, waiting: int) -> float:
        """Remember a scrape and return the age; 0 when nothing waits."""
        if self._seen and taken < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, taken))
        if waiting <= 0:
            return 0.0
        left = taken - waiting
        return now - max((at for at, number in self._seen if number <= left), default=self._seen[0][0])


def _plugins(pipeline: dict[str, Any], kind: str) -> dict[str, Any]:
    return {one["id"]: one for one in pipeline["plugins"][kind]}


def _documents(output: dict[str, Any], *counters: str) -> int:
    """Add up an output's counters; its failures without retry are conflicts: the id is there already.

    A record that is there has arrived, also if the first answer was lost. A rejected one that is there was
    counted when it came: letters are read again after each start.
    """
    documents = output.get("documents", {})
    return sum(int(documents.get(name, 0)) for name in counters)
