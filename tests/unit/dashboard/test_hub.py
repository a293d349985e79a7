"""One refresh for all viewers, and what happens while a source is away."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from amaie_dashboard import hub as hubs
from amaie_dashboard.hub import Hub
from amaie_dashboard.logquery import LogQuery
from amaie_dashboard.sources import Alert, Sample, Series, SourceError

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Catalogue

pytestmark = pytest.mark.asyncio


class Answers:
    """Stands in for all three sources: counts what it is asked, and can be away."""

    def __init__(self) -> None:
        """Answer everything."""
        self.asked: Counter[str] = Counter()
        self.away = False

    def _ask(self, what: str) -> None:
        self.asked[what] += 1
        if self.away:
            raise SourceError("Prometheus cannot be reached.")

    async def now(self, _query: str) -> tuple[Sample, ...]:
        """Return one value."""
        self._ask("now")
        name = "account:amaie_trading_drawdown:current"
        return (Sample({"__name__": name, "account": "main"}, 0.01, 100.0),)

    async def course(self, _query: str, start: float, _end: float, _step: float) -> tuple[Series, ...]:
        """Return one course."""
        self._ask("course")
        labels = {"__name__": "account:amaie_trading_drawdown:current", "account": "main"}
        return (Series(labels, ((start, 0.01),)),)

    async def alerts(self) -> tuple[Alert, ...]:
        """Return no alert."""
        self._ask("alerts")
        return ()

    async def search(self, _body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return one record."""
        self._ask("search")
        return [{"message": "hello"}]


@pytest.fixture(name="answers")
def _answers() -> Answers:
    """Return sources that answer."""
    return Answers()


@pytest.fixture(name="hub")
def _hub(answers: Answers, known: Catalogue) -> Hub:
    """Return a hub that refreshes every 50 ms."""
    return Hub(known, answers, answers, answers, refresh=0.05)  # type: ignore[arg-type]


async def test_twenty_viewers_cost_the_queries_of_one(hub: Hub, answers: Answers) -> None:
    """They share every query: the numbers asked do not depend on how many look."""
    for _ in range(20):
        hub.want("1h")
        hub.listen(lambda: None)
        await hub.course("1h")
        await hub.logs_of(LogQuery(service="amaie-core"))

    assert answers.asked == {"course": 1, "search": 1}


async def test_what_nobody_wants_any_more_is_forgotten(hub: Hub) -> None:
    """The last viewer who leaves takes the data along: memory stays bounded."""
    query = LogQuery(service="amaie-core")
    await hub.logs_of(query)
    await hub.logs_of(query)
    hub.unwant(query)
    assert query in hub.logs
    hub.unwant(query)
    assert query not in hub.logs


async def test_a_source_that_is_away_keeps_its_last_data_and_recovers(hub: Hub, answers: Answers) -> None:
    """It says which, since when and why; the figures stay; the next answer ends it."""
    await hub.attempt("Prometheus", hub._refresh_values)
    answers.away = True
    await hub.attempt("Prometheus", hub._refresh_values)
    source = hub.sources["Prometheus"]
    since = source.failing_since
    await hub.attempt("Prometheus", hub._refresh_values)

    assert source.away
    assert source.failing_since == since
    assert source.error == "Prometheus cannot be reached."
    assert hub.values["account:amaie_trading_drawdown:current"][0].value == 0.01
    answers.away = False
    await hub.attempt("Prometheus", hub._refresh_values)
    assert not source.away


async def test_a_course_of_a_source_that_is_away_is_none(hub: Hub, answers: Answers) -> None:
    """A page is built without it rather than not at all."""
    answers.away = True

    assert await hub.course("6h") is None


async def test_a_page_that_fails_does_not_stop_the_others(hub: Hub) -> None:
    """Its listener is dropped; every other viewer goes on being told."""
    told = []

    def broken() -> None:
        raise RuntimeError("broken page")

    hub.listen(broken)
    hub.listen(lambda: told.append(1))
    await hub.start()
    await asyncio.sleep(0.3)
    await hub.stop()

    assert len(told) > 1


async def test_a_viewer_who_left_is_not_told(hub: Hub) -> None:
    """The function that `listen` returns ends it."""
    told: list[int] = []
    hub.listen(lambda: told.append(1))()
    await hub.start()
    await asyncio.sleep(0.2)
    await hub.stop()

    assert told == []


@pytest.mark.parametrize(("seconds", "step"), [(900, 15), (3600, 15), (21_600, 90), (604_800, 2520)])
async def test_steps_are_multiples_of_the_rules_interval(seconds: int, step: int) -> None:
    """At most 240 points, each where a rule was evaluated."""
    assert hubs.step(seconds, 15) == step
    assert hubs.step(seconds, 60) % 60 == 0
