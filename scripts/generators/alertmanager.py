"""Renders Alertmanager's configuration: who is told, over which channel, how often, and when not.

Two files come of one tree. In production every channel is a real provider and every secret a file; in
the demo every channel ends in the local inbox (`amaie_demo.inbox`). Each channel has a route and a
receiver of its own, so that one that hangs delays no other. An alert about a failing integration goes
over the other channels only. What no route takes goes to `unrouted`, never to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from generators import output, receivers
from generators.model import Severity

if TYPE_CHECKING:
    from generators.model import Channel, Delivery, Model, Routing, Spec, Window

FOLDER = "alertmanager/generated"
TEMPLATES = "../templates/*.tmpl"  # from the folder of the configuration
UNROUTED = "unrouted"
WATCHDOG = "Watchdog"


def render(model: Model) -> dict[str, str]:
    """Return the production and the demo configuration by path."""
    return {
        f"{FOLDER}/alertmanager.yml": output.yaml_text(config(model.spec, receivers.Providers())),
        f"{FOLDER}/alertmanager.demo.yml": output.yaml_text(config(model.spec, receivers.Inbox())),
    }


def config(spec: Spec, ends: receivers.Ends) -> dict[str, Any]:
    """Return the configuration as plain values; `ends` says where each channel ends."""
    routing = spec.routing
    used = sorted({channel for delivery in routing.deliveries for channel in delivery.channels})
    people = next(d for d in routing.deliveries if d.severity is Severity.WARNING)
    return {
        "global": {"resolve_timeout": "5m"},
        "templates": [TEMPLATES],
        "route": {
            "receiver": UNROUTED,
            **_timing(people),
            "routes": [
                _route(routing, delivery, channel)
                for delivery in routing.deliveries
                for channel in delivery.channels
            ],
        },
        "inhibit_rules": [_critical_mutes_its_warning(spec), *_heartbeat_stops(routing)],
        "time_intervals": [
            {"name": mute.name, "time_intervals": [_window(window) for window in mute.windows]}
            for mute in routing.mutes
        ],
        "receivers": [
            {"name": UNROUTED} | receivers.merged(routing.channels, people.channels, ends),
            *({"name": c.value} | receivers.merged(routing.channels, (c,), ends) for c in used),
        ],
    }


def _route(routing: Routing, delivery: Delivery, channel: Channel) -> dict[str, Any]:
    only = [f'alertname="{WATCHDOG}"'] if delivery.severity is Severity.NONE else []
    route: dict[str, Any] = {
        "receiver": channel.value,
        "matchers": [
            f'severity="{delivery.severity}"',
            *only,
            f'integration!="{receivers.INTEGRATIONS[channel]}"',
        ],
        "continue": True,
        **_timing(delivery),
    }
    if muted := _muted(routing, delivery.severity):
        route["routes"] = muted
    return route


def _timing(delivery: Delivery) -> dict[str, Any]:
    return {
        "group_by": list(delivery.group_by),
        "group_wait": delivery.group_wait,
        "group_interval": delivery.group_interval,
        "repeat_interval": delivery.repeat_interval,
    }


def _muted(routing: Routing, severity: Severity) -> list[dict[str, Any]]:
    """Return one child route per set of mutes: an alert enters the first child that takes it, only."""
    mutes_of = defaultdict(list)
    for mute in routing.mutes:
        if severity in mute.severities:
            for alert in mute.alerts:
                mutes_of[alert].append(mute.name)
    alerts_of = defaultdict(list)
    for alert, mutes in mutes_of.items():
        alerts_of[tuple(mutes)].append(alert)
    return [
        {"matchers": [f'alertname=~"{"|".join(sorted(alerts))}"'], "mute_time_intervals": list(mutes)}
        for mutes, alerts in sorted(alerts_of.items())
    ]


def _window(window: Window) -> dict[str, Any]:
    values: dict[str, Any] = {
        "times": [{"start_time": start, "end_time": end} for start, end in window.times],
        "weekdays": list(window.weekdays),
        "days_of_month": list(window.days_of_month),
        "months": list(window.months),
        "years": list(window.years),
        "location": window.location,
    }
    return {key: value for key, value in values.items() if value}


def _critical_mutes_its_warning(spec: Spec) -> dict[str, Any]:
    """Return the inhibition; a label that both sides lack counts as equal, so all labels can be named."""
    labels = {label for kpi in spec.kpis for label in kpi.labels if kpi.alerts} | {"instance", "job"}
    return {
        "source_matchers": [f'severity="{Severity.CRITICAL}"'],
        "target_matchers": [f'severity="{Severity.WARNING}"'],
        "equal": ["alertname", *sorted(labels)],
    }


def _heartbeat_stops(routing: Routing) -> list[dict[str, Any]]:
    """Return the inhibition that ends the heartbeat while an alert says that nobody can be told."""
    if not routing.channels.heartbeat.stopped_by:
        return []
    return [
        {
            "source_matchers": [f'alertname=~"{"|".join(routing.channels.heartbeat.stopped_by)}"'],
            "target_matchers": [f'alertname="{WATCHDOG}"'],
        }
    ]
