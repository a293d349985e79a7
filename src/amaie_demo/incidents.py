"""What the services log about trouble and about themselves, apart from decisions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from amaie_demo import story, world
from amaie_demo.market import chance, identifier
from amaie_demo.scenarios import ON, current, disturbance
from amaie_demo.story import CORE, LAUNCHER, TRADER, Event
from amaie_demo.world import QUEUE_SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amaie_demo.scenarios import Chapter
    from amaie_demo.world import Moment

DRAWDOWN_WARNING: Final = 0.045
DRAWDOWN_LIMIT: Final = 0.05
FEED_LIMIT: Final = 0.1  # seconds
_QUEUE_WARNING: Final = 0.8  # share of a queue's capacity
_REPEAT: Final = 15  # seconds between two records about one lasting trouble


def _risk(seed: int, chapters: Sequence[Chapter], moment: Moment) -> Iterator[Event]:
    fall = world.drawdown(seed, chapters, moment.time)
    told = {"account_id": "main", "drawdown": round(fall, 5), "equity": round(moment.equity, 2)}
    if fall >= DRAWDOWN_LIMIT:
        text = f"Drawdown limit breached: current_drawdown={fall:.1%}"
        yield Event(TRADER, logging.ERROR, "risk", text, told)
    elif fall >= DRAWDOWN_WARNING:
        text = f"Risk limit approaching: current_drawdown={fall:.1%}"
        yield Event(TRADER, logging.WARNING, "risk", text, told)


def _feed(moment: Moment) -> Iterator[Event]:
    for exchange, seconds in moment.feed_ages.items():
        if seconds > FEED_LIMIT:
            late = {"exchange": exchange, "duration_seconds": round(seconds, 4)}
            text = "Market data feed latency exceeding threshold (100ms)"
            yield Event(CORE, logging.WARNING, "feed", text, late)
    if "binance" not in moment.feed_ages:
        text = "Market data feed ended, reconnecting: exchange=binance"
        yield Event(CORE, logging.ERROR, "feed", text, {"exchange": "binance"})


def _queues(moment: Moment) -> Iterator[Event]:
    for service, queue, size in (
        (TRADER, "pending_orders", moment.pending_orders),
        (CORE, "market_data", moment.data_backlog),
    ):
        if size > _QUEUE_WARNING * QUEUE_SIZES[queue]:
            text = f"Queue filling: queue={queue}, size={size}, capacity={QUEUE_SIZES[queue]}"
            yield Event(service, logging.WARNING, "queue", text)


def _exchange(moment: Moment) -> Iterator[Event]:
    for call in moment.calls:
        if call.failed:
            told = {"exchange": call.exchange}
            text = "Failed to connect to exchange API: Connection refused"
            yield Event(TRADER, logging.ERROR, "exchange.client", text, told)


def _switched(chapters: Sequence[Chapter], time: int) -> Iterator[Event]:
    """Tell of what went on or off in this second: the emergency stop, the trader, the scenario itself."""
    before, now = disturbance(chapters, time - 1), disturbance(chapters, time)
    account = {"account_id": "main"}
    if now.emergency_stop > ON > before.emergency_stop:
        text = "Safety system triggered emergency stop due to max drawdown breach."
        yield Event(TRADER, logging.CRITICAL, "safety", text, account)
    if before.emergency_stop > ON > now.emergency_stop:
        yield Event(TRADER, logging.INFO, "safety", "Trading resumed by the operator", account)
    if now.trader_down > ON > before.trader_down:
        text = "Service does not answer its health check, restarting it: service=amaie-trader"
        yield Event(LAUNCHER, logging.ERROR, "watch", text)
    if before.trader_down > ON > now.trader_down:
        yield Event(LAUNCHER, logging.INFO, "watch", "Service is back: service=amaie-trader")
    names = current(chapters, time - 1), current(chapters, time)
    if names[0] != names[1]:
        text = f"Scenario changed: {names[0]} -> {names[1]}"
        yield Event(LAUNCHER, logging.INFO, "scenario", text, {"profile_name": names[1]})


def _watch(seed: int, moment: Moment) -> Iterator[Event]:
    if moment.time % 60 == 0 and moment.disturbance.trader_down < ON:
        took = {"duration_seconds": round(0.002 + 0.001 * chance(seed, "watch", moment.time), 5)}
        yield Event(LAUNCHER, logging.INFO, "watch", "All services answer their health checks", took)


def _flood(seed: int, moment: Moment) -> Iterator[Event]:
    for number in range(round(moment.disturbance.flood)):
        weight = chance(seed, "particle", moment.time, number)
        text = f"Particle resampled: particle={number}, weight={weight:.6f}"
        yield Event(CORE, logging.DEBUG, "perception.filter", text)


def _secrets(seed: int, moment: Moment) -> Iterator[Event]:
    """Tell what nobody should: made-up secrets, by field name and within text, for redaction to catch."""
    if moment.disturbance.poison < ON:
        return
    made_up = identifier(seed, "secret", moment.time)
    careless: dict[str, Any] = {
        "exchange": "kraken",
        "api_key": made_up,
        "headers": {"Authorization": made_up},
    }
    yield Event(TRADER, logging.INFO, "exchange.client", "Signed in to the exchange", careless)
    text = f"Retrying with Authorization: Bearer {made_up}"
    yield Event(TRADER, logging.WARNING, "exchange.client", text, {"exchange": "kraken"})


def poison(seed: int, moment: Moment) -> tuple[str, ...]:
    """Return lines that a careless component writes past the library: none of them keeps the contract."""
    if moment.disturbance.poison < ON:
        return ()
    made_up = identifier(seed, "secret", moment.time)
    return (
        f'{{"level": "INFO", "service": "legacy", "password": "{made_up}", "message": "no timestamp"}}',
        f'{{"timestamp": "yesterday", "level": "LOUD", "service": "legacy", "api_secret": "{made_up}"}}',
        f'{{"timestamp": "2026-01-01T00:00:00Z", "level": "INFO", "token": "{made_up}", "message": "cut of',
    )


def events(seed: int, chapters: Sequence[Chapter], moment: Moment) -> tuple[Event, ...]:
    """Return every record of this second, of all services, in order."""
    told = [*story.decisions(seed, chapters, moment)]
    if moment.time % _REPEAT == 0:
        told += [*_risk(seed, chapters, moment), *_feed(moment), *_queues(moment)]
    told += [*_exchange(moment), *_switched(chapters, moment.time), *_watch(seed, moment)]
    told += [*_flood(seed, moment), *_secrets(seed, moment)]
    return tuple(event for event in told if event.service != TRADER or moment.disturbance.trader_down < ON)
