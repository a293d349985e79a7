"""One second of the simulated AMAIE: everything its services could measure.

Pure: the same seed, chapters and time always give the same `Moment`. The services' processes share no
memory; they share this function. What they log about it is told by `story.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from amaie_demo import shares
from amaie_demo.market import CLOSE_EVERY, INSTRUMENTS, Instrument, chance, price, transfers, wave, wealth
from amaie_demo.scenarios import Chapter, Disturbance, deposits, disturbance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DECISION_EVERY: Final = 5  # seconds between two decisions of the agent
POLICIES: Final = (*shares.STRATEGIES, "hold")
RELUCTANCE: Final = 0.2  # nats that holding must be better by, so that no two minutes pass without an order
QUEUE_SIZES: Final = {"market_data": 1000, "pending_orders": 200}
HALF: Final = 0.5
_PEAK_LOOKBACK: Final = tuple(60.0 * 1.5**step for step in range(28))  # a minute to 40 days


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an exchange."""

    exchange: str
    endpoint: str
    seconds: float
    failed: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """A closed position with its result in the quote currency, and what each strategy has made with it."""

    symbol: str
    strategy: str
    result: float
    notional: float
    realised: Mapping[tuple[str, str], float]  # strategy and symbol -> since the account exists

    @property
    def outcome(self) -> str:
        """Return win, loss or flat."""
        return "win" if self.result > 0 else "loss" if self.result < 0 else "flat"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the agent decided, and how it came to it."""

    number: int
    instrument: Instrument
    policy: str
    side: str
    price: float
    energies: Mapping[str, tuple[float, float]]  # policy -> pragmatic and epistemic part, nats
    inference_seconds: float
    inference_failed: bool
    planner_seconds: float
    rejections: int
    rejected_for: str

    @property
    def energy(self) -> float:
        """Return the expected free energy of the policy that was chosen, in nats."""
        pragmatic, epistemic = self.energies[self.policy]
        return pragmatic - epistemic


@dataclass(frozen=True, slots=True)
class Moment:
    """The world during one second."""

    time: int
    equity: float
    net_transfers: float
    wealth_index: float
    trade: Trade | None
    decision: Decision | None
    entropy: float
    feed_ages: Mapping[str, float]  # exchange -> seconds
    calls: tuple[Call, ...]
    internal_calls: Mapping[str, Mapping[str, float]]  # caller -> peer -> seconds
    pending_orders: int
    data_backlog: int
    disturbance: Disturbance

    @property
    def stopped(self) -> bool:
        """Whether the safety system has stopped trading."""
        return self.disturbance.emergency_stop > HALF

    @property
    def trading(self) -> bool:
        """Whether orders are accepted: not after an emergency stop, not without an exchange."""
        return not self.stopped and self.disturbance.exchange_down < HALF

    @property
    def order_refused(self) -> bool:
        """Whether an order of the agent is refused during this second."""
        return not self.trading and self.time % DECISION_EVERY == 1


def account(seed: int, chapters: Sequence[Chapter], time: float) -> tuple[float, float, float]:
    """Return equity, net transfers and wealth index: each deposit buys units at the index of its time."""
    told = (entry for entry in deposits(chapters) if entry[0] <= time)
    paid = (*transfers(seed, time), *told)
    index = wealth(seed, time, disturbance(chapters, time).wealth)
    units = sum(amount / wealth(seed, at, disturbance(chapters, at).wealth) for at, amount in paid)
    return units * index, sum(amount for _, amount in paid), index


def drawdown(seed: int, chapters: Sequence[Chapter], time: float) -> float:
    """Return the fall from the highest of some earlier values: what the risk check of the trader sees."""
    index = wealth(seed, time, disturbance(chapters, time).wealth)
    earlier = (time - back for back in _PEAK_LOOKBACK)
    return max(
        0.0, 1 - index / max(index, *(wealth(seed, at, disturbance(chapters, at).wealth) for at in earlier))
    )


def _log_normal(seed: int, name: str, time: int, median: float, spread: float) -> float:
    """Return a duration in seconds: log-normal about its median, as latencies are."""
    first, second = max(1e-12, chance(seed, name, time)), chance(seed, name, time, "angle")
    gauss = math.sqrt(-2 * math.log(first)) * math.cos(2 * math.pi * second)
    return median * math.exp(spread * gauss)


def decision(seed: int, chapters: Sequence[Chapter], time: int) -> Decision:
    """Return the decision of the agent at *time*, a multiple of `DECISION_EVERY`."""
    shift = disturbance(chapters, time)
    number = time // DECISION_EVERY
    instrument = INSTRUMENTS[number % len(INSTRUMENTS)]
    energies = {}
    for policy in POLICIES:
        pragmatic = 0.6 + 0.5 * wave(seed, f"pragmatic {policy}", time, 20) + 0.4 * shift.uncertainty
        epistemic = 0.15 + 0.1 * wave(seed, f"epistemic {policy}", time, 15) + 0.2 * shift.uncertainty
        pragmatic += RELUCTANCE * (policy == "hold")
        energies[policy] = (round(pragmatic, 4), round(epistemic, 4))
    usual_rejections = int(chance(seed, "rejection", number) < 0.04)  # noqa: PLR2004
    return Decision(
        number=number,
        instrument=instrument,
        policy=min(energies, key=lambda name: energies[name][0] - energies[name][1]),
        side="BUY" if chance(seed, "side", number) < HALF else "SELL",
        price=round(price(seed, instrument, time, shift.price), 2),
        energies=energies,
        inference_seconds=_log_normal(seed, "inference", time, 0.018, 0.35) + shift.inference_delay,
        inference_failed=chance(seed, "inference failure", number) < shift.inference_failures,
        planner_seconds=_log_normal(seed, "planner", time, 0.06, 0.4) + shift.planner_delay,
        rejections=usual_rejections + round(shift.rejections),
        rejected_for="stale_data" if shift.feed_delay > HALF / 5 else "risk_limit",
    )


def _trade(seed: int, chapters: Sequence[Chapter], time: int, gain: float) -> Trade | None:
    """Return the position closed now: its result is what the account gained since the last one closed."""
    if time % CLOSE_EVERY:
        return None
    equity, deposited, _ = account(seed, chapters, time - CLOSE_EVERY)
    number = time // CLOSE_EVERY
    strategy, symbol = shares.whose(number)
    instrument = next(one for one in INSTRUMENTS if one.symbol == symbol)
    notional = instrument.price * instrument.amount * (HALF + chance(seed, "notional", number))
    parts = shares.realised(seed, time, gain)
    return Trade(symbol, strategy, gain - (equity - deposited), notional, parts)


def _calls(seed: int, time: int, shift: Disturbance) -> tuple[Call, ...]:
    calls = []
    for exchange, endpoint, median in (
        ("binance", "ticker", 0.022),
        ("binance", "order", 0.035),
        ("kraken", "ticker", 0.041),
    ):
        failing = 0.001 + (shift.exchange_down if exchange == "binance" else 0.0)
        failed = chance(seed, "call", exchange, endpoint, time) < failing
        seconds = _log_normal(seed, exchange + endpoint, time, median, 0.3)
        calls.append(Call(exchange, endpoint, seconds + (1.5 if failed else 0.0), failed))
    return tuple(calls)


def _feed_ages(seed: int, time: int, shift: Disturbance) -> dict[str, float]:
    """Return the age of the newest market data of each exchange; a dead exchange sends none."""
    ages = {"kraken": _log_normal(seed, "feed kraken", time, 0.042, 0.2)}
    if shift.exchange_down < HALF:
        ages["binance"] = _log_normal(seed, "feed binance", time, 0.03, 0.2) + shift.feed_delay
    return ages


def _internal_calls(seed: int, time: int) -> dict[str, dict[str, float]]:
    pairs = (
        ("amaie-core", "amaie-trader"),
        ("amaie-trader", "amaie-core"),
        ("launcher", "amaie-core"),
        ("launcher", "amaie-trader"),
    )
    calls: dict[str, dict[str, float]] = {}
    for caller, peer in pairs:
        calls.setdefault(caller, {})[peer] = _log_normal(seed, caller + peer, time, 0.003, 0.3)
    return calls


def at(seed: int, chapters: Sequence[Chapter], time: int) -> Moment:
    """Return the world at *time* (Unix seconds) under the given chapters."""
    shift = disturbance(chapters, time)
    equity, deposited, index = account(seed, chapters, time)
    active = shift.emergency_stop < HALF and shift.exchange_down < HALF
    return Moment(
        time=time,
        equity=equity,
        net_transfers=deposited,
        wealth_index=index,
        trade=_trade(seed, chapters, time, equity - deposited) if active else None,
        decision=None if time % DECISION_EVERY else decision(seed, chapters, time),
        entropy=1.1 + 0.35 * wave(seed, "entropy", time, 900) + shift.uncertainty,
        feed_ages=_feed_ages(seed, time, shift),
        calls=_calls(seed, time, shift),
        internal_calls=_internal_calls(seed, time),
        pending_orders=round(2 + 1.5 * wave(seed, "orders", time, 40) + shift.backlog),
        data_backlog=round(12 + 8 * wave(seed, "data", time, 30) + 5 * shift.backlog),
        disturbance=shift,
    )
