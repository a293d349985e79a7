"""The one place that asks the sources: a refresh serves every viewer.

Each source is asked in a loop of its own, so that one that hangs does not hold up the others. What failed
keeps its last data, and says since when; it recovers by itself at the next refresh that succeeds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from amaie_dashboard import events
from amaie_dashboard.logquery import LogQuery
from amaie_dashboard.sources import Alert, Sample, Series, SourceError, in_force, selector

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from amaie_dashboard.catalogue import Catalogue, Limits
    from amaie_dashboard.events import Event
    from amaie_dashboard.sources import Alertmanager, Elasticsearch, Inbox, Prometheus

REFRESH: Final = 2.0  # seconds between two refreshes
TROUBLE: Final = LogQuery(level="WARNING")
RANGES: Final = {"15m": 900, "1h": 3600, "6h": 21_600, "24h": 86_400, "7d": 604_800}
DEFAULT_RANGE: Final = "1h"
_POINTS: Final = 240
_PATIENCE: Final = 1.5  # seconds that a new page waits for data
_CHANGES: Final = 7200  # seconds that "what changed" looks back
_log = logging.getLogger("dashboard.hub")


@dataclass(slots=True)
class Source:
    """How a source does: when it last answered, and since when and why it does not."""

    name: str
    answered: float | None = None
    failing_since: float | None = None
    error: str = ""

    @property
    def away(self) -> bool:
        """Whether the newest attempt failed."""
        return self.failing_since is not None


@dataclass(slots=True)
class Course:
    """Every series over one time range."""

    fetched: float = 0.0
    start: float = 0.0
    end: float = 0.0
    series: dict[str, tuple[Series, ...]] = field(default_factory=dict)  # by recorded name


def step(seconds: int, interval: float) -> float:
    """Return the seconds between two points of a range, a multiple of the rules' interval."""
    return max(interval, -(-seconds // _POINTS // interval) * interval)


class Hub:
    """The newest data of all sources, and whom to tell when they change."""

    def __init__(
        self,
        catalogue: Catalogue,
        prometheus: Prometheus,
        alertmanager: Alertmanager,
        elasticsearch: Elasticsearch,
        inbox: Inbox | None = None,
        refresh: float = REFRESH,
    ) -> None:
        """Prepare; nothing is asked before `start`."""
        self._refresh, self._catalogue = refresh, catalogue
        shown = [panel.series for panel in catalogue.panels]
        limits = (catalogue.limits, catalogue.limits_since)
        self._query, self._now_query = selector(shown), selector([*shown, *limits])
        self._changes_query, self._changes_asked = events.query(catalogue), 0.0
        self._prometheus, self._alertmanager = prometheus, alertmanager
        self._elasticsearch, self._inbox = elasticsearch, inbox
        self.sources = {name: Source(name) for name in ("Prometheus", "Alertmanager", "Elasticsearch")}
        if inbox:
            self.sources["Inbox"] = Source("Inbox")
        self.changes: tuple[Event, ...] = ()
        self.values: dict[str, tuple[Sample, ...]] = {}
        self.seen: dict[str, float] = {}  # when a recorded series last had a value
        self.limits: Limits = {}  # those in force
        self.limits_since: Limits = {}  # when each of them last changed, in seconds since 1970
        self.alerts: tuple[Alert, ...] = ()
        self.courses: dict[str, Course] = {}
        self.logs: dict[LogQuery, list[dict[str, Any]]] = {}
        self.messages: list[dict[str, Any]] = []
        self.refreshes = 0
        self._wanted: Counter[str | LogQuery] = Counter({DEFAULT_RANGE: 1, TROUBLE: 1})
        self._listeners: set[Callable[[], None]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to refresh."""
        loops = [
            ("Prometheus", self._refresh_values),
            ("Alertmanager", self._refresh_alerts),
            ("Elasticsearch", self._refresh_logs),
        ]
        if self._inbox:
            loops.append(("Inbox", self._refresh_inbox))
        self._tasks = [asyncio.create_task(self._loop(name, refresh)) for name, refresh in loops]
        self._tasks.append(asyncio.create_task(self._publish()))

    async def stop(self) -> None:
        """Stop refreshing and wait until it has."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def want(self, what: str | LogQuery) -> None:
        """Keep a time range or a log query fresh until `unwant`."""
        self._wanted[what] += 1

    def unwant(self, what: str | LogQuery) -> None:
        """Take back one `want`; what nobody wants is forgotten."""
        self._wanted[what] -= 1
        if self._wanted[what] <= 0:
            del self._wanted[what]
            self.courses.pop(what, None) if isinstance(what, str) else self.logs.pop(what, None)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call *listener* after every refresh; return the function that ends it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def attempt(self, name: str, refresh: Callable[[], Awaitable[None]]) -> None:
        """Ask one source once and note how it does."""
        source = self.sources[name]
        try:
            await refresh()
        except SourceError as error:
            if not source.away:
                source.failing_since = time.time()
                _log.warning("Source away: %s", error)
            source.error = str(error)
        else:
            if source.away:
                _log.info("Source back: %s", name)
            source.answered, source.failing_since, source.error = time.time(), None, ""

    def step(self, name: str) -> float:
        """Return the seconds between two points of a time range."""
        return step(RANGES[name], self._catalogue.seconds_between_points)

    async def course(self, name: str) -> Course | None:
        """Return the series of a time range, asking Prometheus only if nobody has; None if it is away."""
        if name not in self.courses:
            await self._briefly("Prometheus", lambda: self._refresh_course(name))
        return self.courses.get(name)

    async def logs_of(self, query: LogQuery) -> None:
        """Keep a log query fresh until `unwant`, and ask it at once if nobody has."""
        self.want(query)
        if query not in self.logs:
            await self._briefly("Elasticsearch", lambda: self._refresh_query(query))

    async def _briefly(self, name: str, refresh: Callable[[], Awaitable[None]]) -> None:
        """Ask a source for a page being built, unless it is away or slow: then the page comes first."""
        if self.sources[name].away:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self.attempt(name, refresh)

    async def _loop(self, name: str, refresh: Callable[[], Awaitable[None]]) -> None:
        while True:
            began = time.monotonic()
            try:
                await self.attempt(name, refresh)
            except Exception:  # noqa: BLE001 (a mistake of ours must not end the refreshing)
                _log.exception("Refresh failed: %s", name)
            await asyncio.sleep(max(self._refresh / 10, self._refresh - (time.monotonic() - began)))

    async def _publish(self) -> None:
        while True:
            await asyncio.sleep(self._refresh)
            self.refreshes += 1
            for listener in tuple(self._listeners):
                try:
                    listener()
                except Exception:  # noqa: BLE001 (nor may one page hold up the others)
                    _log.exception("A page could not be updated")
                    self._listeners.discard(listener)

    async def _refresh_values(self) -> None:
        samples = await self._prometheus.now(self._now_query)
        values: dict[str, list[Sample]] = {}
        for sample in samples:
            values.setdefault(sample.labels["__name__"], []).append(sample)
            self.seen[sample.labels["__name__"]] = sample.time
        self.limits = in_force(values.pop(self._catalogue.limits, ()))
        self.limits_since = in_force(values.pop(self._catalogue.limits_since, ()))
        self.values = {name: tuple(found) for name, found in values.items()}
        for wanted in [name for name in self._wanted if isinstance(name, str)]:
            known = self.courses.get(wanted)
            if known is None or time.time() - known.fetched >= min(60, self.step(wanted)):
                await self._refresh_course(wanted)
        if time.time() - self._changes_asked >= self._catalogue.seconds_between_points:
            await self._refresh_changes()

    async def _refresh_changes(self) -> None:
        interval = self._catalogue.seconds_between_points
        end = time.time() // interval * interval
        found = await self._prometheus.course(self._changes_query, end - _CHANGES, end, interval)
        self.changes, self._changes_asked = (
            events.changes(self._catalogue, found, end - _CHANGES),
            time.time(),
        )

    async def _refresh_course(self, name: str) -> None:
        seconds = RANGES[name]
        width = self.step(name)
        end = time.time() // width * width
        found: dict[str, list[Series]] = {}
        for series in await self._prometheus.course(self._query, end - seconds, end, width):
            found.setdefault(series.labels["__name__"], []).append(series)
        by_name = {series: tuple(courses) for series, courses in found.items()}
        self.courses[name] = Course(time.time(), end - seconds, end, by_name)

    async def _refresh_alerts(self) -> None:
        self.alerts = await self._alertmanager.alerts()

    async def _refresh_logs(self) -> None:
        for query in [wanted for wanted in self._wanted if not isinstance(wanted, str)]:
            await self._refresh_query(query)

    async def _refresh_query(self, query: LogQuery) -> None:
        found = await self._elasticsearch.search(query.body())
        if query in self._wanted:
            self.logs[query] = found

    async def _refresh_inbox(self) -> None:
        if self._inbox:
            self.messages = await self._inbox.messages()
