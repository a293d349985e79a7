"""What the services log about the world: the standard's messages, one trace id per decision.

The core decides (belief, expected free energy, policy), a second later the trader places the order, then
fills and books it, and the launcher confirms it: records of three services that one trace id joins.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from amaie_demo import world
from amaie_demo.market import chance, identifier
from amaie_demo.scenarios import Chapter, current
from amaie_demo.world import DECISION_EVERY, Decision, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CORE: Final = "amaie-core"
TRADER: Final = "amaie-trader"
LAUNCHER: Final = "launcher"
DRAWDOWN_WARNING: Final = 0.045
DRAWDOWN_LIMIT: Final = 0.05
FEED_LIMIT: Final = 0.1  # seconds
_REPEAT: Final = 15  # seconds between two records about one lasting trouble


@dataclass(frozen=True, slots=True)
class Event:
    """A log record before it is one."""

    service: str
    level: int
    module: str
    message: str
    fields: dict[str, Any] = field(default_factory=dict)
    span: str = ""  # name of the operation within its decision
    decision: int | None = None  # whose trace it belongs to


def _context(seed: int, decision: Decision) -> dict[str, Any]:
    return {
        "symbol": decision.instrument.symbol,
        "strategy_id": decision.policy,
        "agent_id": "agent-1",
        "policy_id": f"POL-{decision.policy}-{decision.number % 10_000:04d}",
        "belief_state_id": f"BEL-{identifier(seed, 'belief', decision.number, 12)}",
    }


def order_id(seed: int, decision: int) -> str:
    """Return the id of the order that a decision led to."""
    return f"ORD-{identifier(seed, 'order', decision, 8).upper()}"


def trace(seed: int, event: Event) -> dict[str, str]:
    """Return the tracing fields of a record that belongs to a decision: the same in every service."""
    number = event.decision or 0
    return {
        "trace_id": identifier(seed, "trace", number),
        "span_id": identifier(seed, f"span {event.span}", number, 16),
        "span_name": event.span,
    }


def _decide(seed: int, moment: Moment) -> Iterator[Event]:
    decision = moment.decision
    if decision is None:
        return
    told = {**_context(seed, decision), "profile_name": "live_trading"}
    number = decision.number
    if decision.inference_failed:
        text = "Model inference failed: Input tensor shape mismatch"
        yield Event(CORE, logging.ERROR, "model", text, told, "infer", number)
        return
    text = f"Belief state updated: entropy={moment.entropy:.3f}"
    felt = {**told, "uncertainty": round(moment.entropy, 4)}
    yield Event(CORE, logging.DEBUG, "perception", text, felt, "perceive", number)
    for policy, (pragmatic, epistemic) in decision.energies.items():
        value = pragmatic - epistemic
        text = f"Calculated EFE for policy {policy}: {value=:.3f}, {pragmatic=:.3f}, {epistemic=:.3f}"
        weighed = {"efe": round(value, 4), "pragmatic_value": pragmatic, "epistemic_value": epistemic}
        yield Event(CORE, logging.DEBUG, "planner", text, {**told, **weighed}, "plan", number)
    if decision.rejections:
        text = f"Policy rejected by the risk check, retrying: rejections={decision.rejections}"
        yield Event(CORE, logging.WARNING, "planner", text, told, "plan", number)
    seconds = round(decision.inference_seconds + decision.planner_seconds, 4)
    text = f"Policy selected: policy={decision.policy}, symbol={decision.instrument.symbol}"
    yield Event(CORE, logging.INFO, "planner", text, {**told, "duration_seconds": seconds}, "plan", number)


def _order(seed: int, moment: Moment, decision: Decision, age: int) -> Iterator[Event]:
    """Tell what happens *age* seconds after a decision that led to an order."""
    number = decision.number
    order = order_id(seed, number)
    told = {**_context(seed, decision), "order_id": order, "account_id": "main"}
    symbol, amount = decision.instrument.symbol, decision.instrument.amount
    sized = {**told, "side": decision.side, "amount": amount, "price": decision.price}
    filled = {**sized, "trade_id": f"TRD-{identifier(seed, 'trade', number, 8).upper()}"}
    if age == 1 and not moment.trading:
        reason = "emergency stop" if moment.stopped else "exchange does not answer"
        text = f"Order refused: symbol={symbol}, reason={reason}"
        yield Event(
            TRADER, logging.ERROR, "execution.engine", text, {**told, "reason": reason}, "place", number
        )
    elif not moment.trading:
        return
    elif age == 1:
        text = f"Order placed: symbol={symbol}, side={decision.side}, amount={amount}"
        yield Event(TRADER, logging.INFO, "execution.engine", text, sized, "place", number)
    elif age == 2:  # noqa: PLR2004
        text = f"Order filled: symbol={symbol}, amount={amount}, price={decision.price}"
        yield Event(TRADER, logging.INFO, "execution.engine", text, filled, "fill", number)
    elif age == 3:  # noqa: PLR2004
        text = f"Trade booked: order={order}, account=main"
        yield Event(TRADER, logging.INFO, "execution.ledger", text, filled, "book", number)
        yield Event(
            LAUNCHER, logging.DEBUG, "watch", f"Decision settled: order={order}", told, "watch", number
        )


def _risk(moment: Moment) -> Iterator[Event]:
    told = {"account_id": "main", "drawdown": round(moment.drawdown, 5), "equity": round(moment.equity, 2)}
    if moment.drawdown >= DRAWDOWN_LIMIT:
        text = f"Drawdown limit breached: current_drawdown={moment.drawdown:.1%}"
        yield Event(TRADER, logging.ERROR, "risk", text, told)
    elif moment.drawdown >= DRAWDOWN_WARNING:
        text = f"Risk limit approaching: current_drawdown={moment.drawdown:.1%}"
        yield Event(TRADER, logging.WARNING, "risk", text, told)
    for exchange, seconds in moment.feed_ages.items():
        if seconds > FEED_LIMIT:
            text = "Market data feed latency exceeding threshold (100ms)"
            late = {"exchange": exchange, "duration_seconds": round(seconds, 4)}
            yield Event(CORE, logging.WARNING, "feed", text, late)


def _exchange(moment: Moment) -> Iterator[Event]:
    for call in moment.calls:
        if call.failed:
            text = "Failed to connect to exchange API: Connection refused"
            told = {"exchange": call.exchange, "endpoint": call.endpoint}
            yield Event(TRADER, logging.ERROR, "exchange.client", text, told)


def _watch(seed: int, chapters: Sequence[Chapter], moment: Moment) -> Iterator[Event]:
    now, before = (current(chapters, time) for time in (moment.time, moment.time - 1))
    if now != before:
        text = f"Scenario changed: {before} -> {now}"
        yield Event(LAUNCHER, logging.INFO, "scenario", text, {"profile_name": now})
    if moment.time % 60 == 0:
        text = "All services answer their health checks"
        yield Event(
            LAUNCHER,
            logging.INFO,
            "watch",
            text,
            {"duration_seconds": round(0.002 + 0.001 * chance(seed, "watch", moment.time), 5)},
        )


def events(seed: int, chapters: Sequence[Chapter], moment: Moment) -> tuple[Event, ...]:
    """Return every record of this second, of all services, in order."""
    told: list[Event] = list(_decide(seed, moment))
    age = moment.time % DECISION_EVERY
    decided = world.decision(seed, chapters, moment.time - age)
    if age and decided.policy != "hold" and not decided.inference_failed:
        told.extend(_order(seed, moment, decided, age))
    if moment.time % _REPEAT == 0:
        told.extend(_risk(moment))
    told.extend(_exchange(moment))
    told.extend(_watch(seed, chapters, moment))
    return tuple(told)
