"""What the agent exports is its real belief and plan, with the right sign."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest

from amaie_telemetry import metrics, testing
from pymdp_agent import MARKET, agent, decide, model


def entropy(chances: np.ndarray) -> float:
    """Return the entropy of a distribution in nats."""
    return -sum(one * math.log(one) for one in chances if one > 0)


def expected_free_energy(belief: np.ndarray, place: int) -> float:
    """Return by the textbook what a policy costs: no liking of what will be seen, no news from it."""
    parts = model()
    market = parts["B"][0][:, :, 0] @ belief
    total = 0.0
    for likely, liking in zip([parts["A"][0], parts["A"][1][:, :, place]], parts["C"], strict=True):
        seen = likely @ market
        news = entropy(seen) - sum(
            chance * entropy(column) for chance, column in zip(market, likely.T, strict=True)
        )
        total -= float(seen @ liking) + news
    return total


def test_belief_entropy_and_expected_free_energy_are_the_real_ones() -> None:
    """Against a reckoning by hand: nats, never above ln 3; the policy that is followed is the cheapest."""
    for belief, efe, place in islice(decide(agent(), 8), 8):
        said = testing.value(metrics.agent.belief_entropy_nats.labels())
        assert said == pytest.approx(entropy(belief), abs=1e-4)
        assert said <= math.log(MARKET)
        by_hand = [expected_free_energy(belief, choice) for choice in range(3)]
        assert efe == pytest.approx(by_hand, abs=2e-3)
        assert testing.value(metrics.agent.expected_free_energy_nats.labels()) == pytest.approx(min(efe))
        assert place == int(np.argmin(efe))
    assert testing.count(metrics.agent.model_inference_duration_seconds.labels(model="market")) == 8
    assert testing.value(metrics.agent.policies_total.labels()) == 24
