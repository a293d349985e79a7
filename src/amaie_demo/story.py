"""What the services log about the world: the standard's messages, one trace id per decision.

The core decides (belief, expected free energy, policy), a second later the trader places the order, then
fills and books it, and the launcher confirms it: records of three services that one trace id joins.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from amaie_demo import world
from amaie_demo.market import identifier
from amaie_demo.world import DECISION_EVERY, Decision, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amaie_demo.scenarios import Chapter

CORE: Final = "amaie-core"
TRADER: Final = "amaie-trader"
LAUNCHER: Final = "launcher"


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


def trace_id(seed: int, decision: int) -> str:
    """Return the id that joins the records of a decision and the latencies measured meanwhile."""
    return identifier(seed, "trace", decision)


def trace(seed: int, event: Event) -> dict[str, str]:
    """Return the tracing fields of a record that belongs to a decision: the same in every service."""
    number = event.decision or 0
    return {
        "trace_id": trace_id(seed, number),
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
        refused = {**told, "order_status": "refused"}
        level = logging.WARNING if moment.stopped else logging.ERROR
        yield Event(TRADER, level, "execution.engine", text, refused, "place", number)
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
        text = f"Decision settled: order={order}"
        yield Event(LAUNCHER, logging.DEBUG, "watch", text, told, "watch", number)


def decisions(seed: int, chapters: Sequence[Chapter], moment: Moment) -> Iterator[Event]:
    """Yield what the services say in this second about the agent's decision, from belief to booking."""
    yield from _decide(seed, moment)
    age = moment.time % DECISION_EVERY
    if not age:
        return
    decided = world.decision(seed, chapters, moment.time - age)
    if decided.policy != "hold" and not decided.inference_failed:
        yield from _order(seed, moment, decided, age)
