"""An active-inference agent of pymdp whose belief and plan are measured as they are.

The market rises, idles or falls; the agent sees moves of the price and results of its position, and chooses
to be short, out or long. Run it: `make examples`, then `.cache/examples/bin/python examples/pymdp_agent.py`.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from pymdp.agent import Agent

from amaie_telemetry import metrics, span

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKET, MOVES, PLACES, RESULTS = 3, 3, 3, 3
STAY = 0.9
SEEN = 0.8


def model() -> dict[str, Any]:
    """Return the generative model: likelihoods A, transitions B, preferences C, priors D."""
    blur = (1 - SEEN) / 2
    moves = np.full((MOVES, MARKET), blur) + np.eye(MOVES) * (SEEN - blur)
    results = np.zeros((RESULTS, MARKET, PLACES))
    for market in range(MARKET):
        for place in range(PLACES):
            gain = (market - 1) * (place - 1)  # both are -1, 0 or 1
            results[:, market, place] = 0.1
            results[gain + 1, market, place] = 0.8
    drift = (1 - STAY) / 2
    market_goes = np.full((MARKET, MARKET, 1), drift)
    market_goes[:, :, 0] += np.eye(MARKET) * (STAY - drift)
    place_goes = np.stack([np.tile(np.eye(PLACES)[:, [choice]], PLACES) for choice in range(PLACES)], axis=2)
    return {
        "A": [moves, results],
        "B": [market_goes, place_goes],
        "C": [np.zeros(MOVES), np.array([-2.0, 0.0, 1.0])],
        "D": [np.full(MARKET, 1 / 3), np.array([0.0, 1.0, 0.0])],
        "A_dependencies": [[0], [0, 1]],
    }


def agent() -> Agent:
    """Return an agent with this model."""
    parts = model()
    batched = {name: [jnp.asarray(one)[None] for one in parts[name]] for name in "ABCD"}
    return Agent(**batched, A_dependencies=parts["A_dependencies"], control_fac_idx=[1], gamma=4.0)


def measure(belief: np.ndarray, efe: np.ndarray, chosen: int) -> None:
    """Export what the agent believes and expects."""
    likely = belief[belief > 0]
    metrics.agent.belief_entropy_nats.labels().set(float(-(likely * np.log(likely)).sum()))
    metrics.agent.belief_states.labels().set(len(belief))
    metrics.agent.expected_free_energy_nats.labels().set(float(efe[chosen]))
    metrics.agent.policies_total.labels().inc(len(efe))


def decide(agent: Agent, steps: int) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Yield belief over the market, expected free energy of each policy and the choice, step by step."""
    rng = random.Random(3)  # noqa: S311 (seeded)
    prior, place = agent.D, 1
    for step in range(steps):
        market = (step // 40) % MARKET
        move = rng.choices(range(MOVES), model()["A"][0][:, market])[0]
        result = (market - 1) * (place - 1) + 1
        with span("infer", metrics.agent.model_inference_duration_seconds.labels(model="market")):
            seen = [jnp.array([[move]]), jnp.array([[result]])]
            states = agent.infer_states(seen, prior)
        with span("plan", metrics.agent.planner_duration_seconds.labels()):
            policies, negative = agent.infer_policies(states)  # pymdp's G is the negative of it
        action = agent.sample_action(policies)
        place = int(action[0, 1])
        belief, efe = np.asarray(states[0][0, -1]), -np.asarray(negative[0])
        measure(belief, efe, place)
        prior = agent.update_empirical_prior(action, states)
        prior = prior[0] if isinstance(prior, tuple) else prior
        yield belief, efe, place


if __name__ == "__main__":
    for belief, efe, place in decide(agent(), 60):
        print(np.round(belief, 2), np.round(efe, 2), ("short", "out", "long")[place])
