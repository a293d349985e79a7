"""What each service exports about the world: the metrics of `spec/kpis.yaml` and nothing else.

Pure: `initial` and `measured` return samples; `service.py` hands them to the telemetry library.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from amaie_demo import shares
from amaie_demo.story import CORE, LAUNCHER, TRADER
from amaie_demo.world import QUEUE_SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_demo.world import Decision, Moment

INVESTED = 0.3
"""Share of the account that is in the market while it trades."""
STATES = 16
"""Hidden states of the market that the belief is over."""
LEARNT = 0.2
"""Nats of knowledge that a policy promises for each nat of doubt."""
ACCOUNT: Final = {"account": "main", "currency": "USDT"}
MODEL: Final = {"model": "generative"}
VERSION: Final = "1.4.2"
EXCHANGES: Final = ("binance", "kraken")
REJECTIONS: Final = ("risk_limit", "stale_data", "infeasible")
OUTCOMES: Final = ("filled", "cancelled", "rejected")
QUEUES: Final = {CORE: ("market_data",), TRADER: ("pending_orders",)}
PEERS: Final = {CORE: (TRADER,), TRADER: (CORE,), LAUNCHER: (CORE, TRADER)}
ERRORS: Final = {CORE: ("inference", "planning"), TRADER: ("order", "exchange"), LAUNCHER: ("health_check",)}


class Do(Enum):
    """What a sample does to its metric."""

    SET = "set"
    ADD = "inc"
    OBSERVE = "observe"


@dataclass(frozen=True, slots=True)
class Sample:
    """One change of one metric, by its full name in the spec."""

    metric: str
    do: Do
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def _set(metric: str, value: float, **labels: str) -> Sample:
    return Sample(metric, Do.SET, value, labels)


def _add(metric: str, value: float, **labels: str) -> Sample:
    return Sample(metric, Do.ADD, value, labels)


def _observe(metric: str, value: float, **labels: str) -> Sample:
    return Sample(metric, Do.OBSERVE, value, labels)


def initial(role: str, second: int) -> Iterator[Sample]:
    """Yield the samples of a service's start: constants, and every known counter.

    They begin at 0, save what an account with a state remembers: the trades of its strategies.
    """
    yield _set("amaie_build_info", 1, version=VERSION)
    yield from (_add("amaie_errors_total", 0, kind=kind) for kind in ERRORS[role])
    yield from (
        _set("amaie_queue_capacity", QUEUE_SIZES[queue], queue=queue) for queue in QUEUES.get(role, ())
    )
    if role == TRADER:
        yield from (
            _add("amaie_trading_trades_total", 0, result=how, **ACCOUNT) for how in ("win", "loss", "flat")
        )
        for name in ("gross_profit", "gross_loss", "volume"):
            yield _add(f"amaie_trading_{name}_total", 0, **ACCOUNT)
        yield _set("amaie_trading_fees", 0, **ACCOUNT)  # the simulated exchange takes none
        yield _set("amaie_trading_income", 0, kind="funding", **ACCOUNT)
        yield _set("amaie_trading_slippage", 0, **ACCOUNT)  # and fills at the price that was decided at
        yield from (_add("amaie_trading_orders_total", 0, outcome=one, **ACCOUNT) for one in OUTCOMES)
        for (strategy, symbol), number in shares.trades(second).items():
            labels = {**ACCOUNT, "strategy": strategy, "symbol": symbol}
            yield _add("amaie_trading_strategy_trades_total", number, **labels)
        for exchange in EXCHANGES:
            for outcome in ("ok", "error"):
                yield _add("amaie_exchange_requests_total", 0, exchange=exchange, outcome=outcome)
    if role == CORE:
        yield from (_add("amaie_agent_policy_rejections_total", 0, reason=reason) for reason in REJECTIONS)
        yield _add("amaie_agent_policy_retries_total", 0)
        yield _add("amaie_agent_policies_total", 0)


def measured(role: str, moment: Moment) -> Iterator[Sample]:
    """Yield what a service measures during one second."""
    yield from {CORE: _core, TRADER: _trader, LAUNCHER: _launcher}[role](moment)
    for peer, seconds in moment.internal_calls.get(role, {}).items():
        yield _observe("amaie_service_request_duration_seconds", seconds, peer=peer)


def _core(moment: Moment) -> Iterator[Sample]:
    for exchange, seconds in moment.feed_ages.items():
        yield _observe("amaie_market_data_latency_seconds", seconds, exchange=exchange)
    yield _set("amaie_queue_size", moment.data_backlog, queue="market_data")
    yield _set("amaie_agent_belief_entropy_nats", moment.entropy)
    yield _set("amaie_agent_belief_states", STATES)
    if moment.decision:
        yield from _decided(moment.decision, moment.entropy)


def _decided(decision: Decision, entropy: float) -> Iterator[Sample]:
    if decision.inference_failed:
        yield _add("amaie_errors_total", 1, kind="inference")
        return
    yield _observe("amaie_agent_model_inference_duration_seconds", decision.inference_seconds, **MODEL)
    yield _observe("amaie_agent_planner_duration_seconds", decision.planner_seconds)
    learnt = LEARNT * entropy
    yield _set("amaie_agent_expected_free_energy_nats", decision.energy)
    yield _set("amaie_agent_epistemic_value_nats", learnt)
    yield _set("amaie_agent_pragmatic_value_nats", -decision.energy - learnt)
    yield _set("amaie_agent_policy_confidence_ratio", max(0.1, 1 - entropy / math.log(STATES)))
    yield _add("amaie_agent_policies_total", 3 + decision.rejections)
    if decision.rejections:
        yield _add("amaie_agent_policy_rejections_total", decision.rejections, reason=decision.rejected_for)
        yield _add("amaie_agent_policy_retries_total", 1)


def _trader(moment: Moment) -> Iterator[Sample]:
    yield _set("amaie_trading_equity", moment.equity, **ACCOUNT)
    yield _set("amaie_trading_net_transfers", moment.net_transfers, **ACCOUNT)
    yield _set("amaie_trading_wealth_index", moment.wealth_index, **ACCOUNT)
    invested = INVESTED * moment.equity * moment.trading
    yield _set("amaie_trading_exposure", invested, **ACCOUNT)
    yield _set("amaie_trading_net_exposure", invested, **ACCOUNT)
    yield _set("amaie_trading_open_positions", float(moment.trading), **ACCOUNT)
    yield _set("amaie_trading_unrealised", 0, **ACCOUNT)  # each position is closed at once
    yield _set("amaie_safety_emergency_stop", float(moment.stopped))
    yield _set("amaie_queue_size", moment.pending_orders, queue="pending_orders")
    for call in moment.calls:
        name = "amaie_exchange_request_duration_seconds"
        yield _observe(name, call.seconds, exchange=call.exchange, endpoint=call.endpoint)
        outcome = "error" if call.failed else "ok"
        yield _add("amaie_exchange_requests_total", 1, exchange=call.exchange, outcome=outcome)
    if moment.trade:
        gain = moment.trade.result
        yield _add("amaie_trading_trades_total", 1, result=moment.trade.outcome, **ACCOUNT)
        yield _add(f"amaie_trading_gross_{'profit' if gain > 0 else 'loss'}_total", abs(gain), **ACCOUNT)
        yield _add("amaie_trading_volume_total", moment.trade.notional, **ACCOUNT)
        yield _add("amaie_trading_orders_total", 1, outcome="filled", **ACCOUNT)
        own = {**ACCOUNT, "strategy": moment.trade.strategy, "symbol": moment.trade.symbol}
        yield _add("amaie_trading_strategy_trades_total", 1, **own)
        for (strategy, symbol), made in moment.trade.realised.items():
            yield _set("amaie_trading_realised", made, **ACCOUNT, strategy=strategy, symbol=symbol)
    if moment.order_refused and not moment.stopped:
        yield _add("amaie_errors_total", 1, kind="order")


def _launcher(_moment: Moment) -> Iterator[Sample]:
    return iter(())
