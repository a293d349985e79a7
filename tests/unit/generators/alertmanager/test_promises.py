"""The generated configuration keeps what the spec promises, read by another reader than the generator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support import config_mutants, promises

if TYPE_CHECKING:
    from pathlib import Path

Pair = tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def generated(root: Path) -> Pair:
    """Return Alertmanager's production configuration and the spec, as plain values."""
    config, spec = (root / "alertmanager/generated/alertmanager.yml", root / "spec/kpis.yaml")
    return yaml.safe_load(config.read_text()), yaml.safe_load(spec.read_text())


def test_the_generated_configuration_keeps_every_promise(generated: Pair) -> None:
    """Timing, mutes, windows, inhibitions and every field of every receiver are those of the spec."""
    assert promises.broken(*generated) == []


def test_every_fault_of_a_receiver_is_noticed(generated: Pair) -> None:
    """A link, class, severity, colour, topic, channel, TLS or end of an alert that differs is a complaint."""
    config, spec = generated
    faults = [one for one in config_mutants.of_config(config) if ": receivers." in one.rule]
    assert len(faults) > 150
    assert [one for one in faults if not promises.broken(one.mutated, spec)] == []


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("global", {"resolve_timeout": "10m"}, "resolve_timeout: 10m, not 5m"),
        ("time_intervals", [], "time_intervals: {}, not {'exchange-maintenance': "),
        ("inhibit_rules", [], "{'alertname': 'NobodyIsPaged', 'severity': 'critical'} inhibits "),
    ],
)
def test_a_broken_promise_is_told_with_its_place(
    generated: Pair, key: str, value: object, complaint: str
) -> None:
    """The line says where, what is there and what the spec says."""
    config, spec = generated
    assert promises.broken(config | {key: value}, spec)[0].startswith(complaint)
