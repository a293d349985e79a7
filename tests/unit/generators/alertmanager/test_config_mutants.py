"""Mutants of Alertmanager's configuration: each fault that a test must notice, and no other."""

from __future__ import annotations

from typing import Any

from support import config_mutants

ROUTES = [
    {"receiver": "pagerduty", "matchers": ['severity="critical"'], "continue": True},
    {"receiver": "sms", "matchers": ['severity="critical"'], "continue": True},
]


def _faults(config: dict[str, Any], below: str = "") -> list[str]:
    mutants = config_mutants.of_config(config)
    told = (f"{one.rule.removeprefix('alertmanager.yml: ')}: {one.fault}" for one in mutants)
    return [line for line in told if line.startswith(below)]


def test_a_time_is_doubled_and_halved_and_a_label_left_out_or_added() -> None:
    """Grouping and timing of a route; no wait becomes one."""
    route = {"group_by": ["family"], "group_wait": "0s", "repeat_interval": "1h"}
    assert _faults({"route": route}, "route.") == [
        "route.group_by: ['family'] → component too",
        "route.group_by: dropped",
        "route.group_by.0: family → familyx",
        "route.group_by.0: dropped",
        "route.group_wait: 0s → 30s",
        "route.group_wait: dropped",
        "route.repeat_interval: 1h → 7200s",
        "route.repeat_interval: 1h → 1800s",
        "route.repeat_interval: dropped",
    ]


def test_a_matcher_is_negated_changed_shortened_and_dropped() -> None:
    """Each of inhibitions and routes; of several alternatives one goes too."""
    assert _faults(
        {"inhibit_rules": [{"source_matchers": ['a=~"b|c"']}]}, "inhibit_rules.0.source_matchers.0"
    ) == [
        'inhibit_rules.0.source_matchers.0: a=~"b|c" → a!~"b|c"',
        'inhibit_rules.0.source_matchers.0: a=~"b|c" → a=~"b|cx"',
        'inhibit_rules.0.source_matchers.0: a=~"b|c" → a=~"c"',
        "inhibit_rules.0.source_matchers.0: dropped",
    ]


def test_a_receiver_is_mutated_in_links_words_and_switches() -> None:
    """Another link, another part of the message, another address; the end of an alert not told."""
    slack = {"channel": "#a", "title_link": "{{ .Annotations.dashboard_url }}", "send_resolved": True}
    below = "receivers.0.slack_configs.0."
    assert _faults({"receivers": [{"slack_configs": [slack]}]}, below) == [
        f"{below}channel: #a → #ax",
        f"{below}channel: dropped",
        f"{below}title_link: {{{{ .Annotations.dashboard_url }}}} → {{{{ .Annotations.logs_url }}}}",
        f"{below}title_link: dropped",
        f"{below}send_resolved: True → False",
        f"{below}send_resolved: dropped",
    ]


def test_what_changes_nothing_is_no_mutant() -> None:
    """A default left out is written all the same, and nothing comes after the last route of a severity."""
    assert _faults({"global": {"resolve_timeout": "5m"}}) == [
        "global.resolve_timeout: 5m → 600s",
        "global.resolve_timeout: 5m → 150s",
    ]
    continues = [line for line in _faults({"route": {"routes": ROUTES}}) if "continue" in line]
    assert continues == ["route.routes.0.continue: True → False", "route.routes.0.continue: dropped"]


def test_the_configuration_itself_stays_as_it_is() -> None:
    """A mutant is a copy."""
    config = {"route": {"routes": ROUTES}}
    before = repr(config)
    list(config_mutants.of_config(config))
    assert repr(config) == before
