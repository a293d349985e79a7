"""The demo exports exactly the metrics that the spec gives to each service."""

from __future__ import annotations

import pytest

from amaie_demo import facts, world
from amaie_demo.facts import Do
from amaie_demo.scenarios import Chapter
from amaie_demo.service import ROLES
from amaie_telemetry import metrics
from amaie_telemetry.families import CounterFamily, Family, HistogramFamily

NOON = 1_795_521_600
ALL = (
    Chapter(NOON, "policy_storm"),
    Chapter(NOON + 100, "exchange_outage"),
    Chapter(NOON + 200, "model_failure"),
)


def samples(role: str) -> list[facts.Sample]:
    """Return everything a service exports over nine eventful minutes."""
    told = list(facts.initial(role, NOON))
    for second in range(NOON, NOON + 540):
        told += facts.measured(role, world.at(7, ALL, second))
    return told


@pytest.mark.parametrize("role", ROLES)
def test_a_service_exports_all_its_metrics_and_no_other(role: str) -> None:
    """Those of the spec for this service; the library itself adds what it counts about logs."""
    of_role = {family.name for family in metrics.ALL if role in family.services}

    assert {sample.metric for sample in samples(role)} == {
        name for name in of_role if not name.startswith("amaie_log_")
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_sample_has_its_metric_s_labels_and_kind(role: str) -> None:
    """Counters are added to, gauges set, histograms observed, each with the labels of the spec."""
    families: dict[str, Family] = {family.name: family for family in metrics.ALL}  # type: ignore[type-arg]
    for sample in samples(role):
        family = families[sample.metric]
        kind = Do.OBSERVE if isinstance(family, HistogramFamily) else Do.SET
        kind = Do.ADD if isinstance(family, CounterFamily) else kind

        assert sample.do is kind, sample
        assert set(sample.labels) == set(family.label_names), sample
        assert sample.value >= 0 or kind is Do.SET, sample


@pytest.mark.parametrize("role", ROLES)
def test_counters_with_labels_are_born_at_zero(role: str) -> None:
    """Whatever a counter is added to later, it was exported as 0 first, so no first increment is lost."""
    born = {(each.metric, tuple(each.labels.items())) for each in facts.initial(role, NOON)}
    added = {(each.metric, tuple(each.labels.items())) for each in samples(role) if each.do is Do.ADD}

    assert added <= born
