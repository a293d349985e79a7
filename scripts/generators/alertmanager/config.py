"""Renders Alertmanager's configuration: who is told, over which channel, how often, and when not.

Two files come of one tree. In production every channel is a real provider and every secret a file; in
the demo every channel ends in the local inbox (`amaie_demo.inbox`). Each channel (`spec/channels`) has a
route and a receiver of its own, so that one that hangs delays no other. An alert about a failing
integration goes over the other channels only. What no route takes goes to `unrouted`, never to nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators import names
from generators.alertmanager import mutes, receivers
from generators.shared import output
from generators.spec.channels.channel import Inbox
from generators.spec.model import Severity

if TYPE_CHECKING:
    from generators.spec.model import Delivery, Model, Routing, Spec

FOLDER = "alertmanager/generated"
TEMPLATES = "../templates/*.tmpl"  # from the folder of the configuration
UNROUTED = "unrouted"
NOBODY = "nobody"


def render(model: Model) -> dict[str, str]:
    """Return the production and the demo configuration by path."""
    return {
        f"{FOLDER}/alertmanager.yml": output.yaml_text(config(model.spec)),
        f"{FOLDER}/alertmanager.demo.yml": output.yaml_text(config(model.spec, Inbox())),
    }


def config(spec: Spec, inbox: Inbox | None = None) -> dict[str, Any]:
    """Return the configuration as plain values; with an inbox, every channel ends there."""
    routing = spec.routing
    channels = routing.channels.configured()
    used = sorted({name for delivery in routing.deliveries for name in delivery.channels})
    people = _mildest(routing)
    return {
        "global": {"resolve_timeout": "5m"},
        "templates": [TEMPLATES],
        "route": {
            "receiver": UNROUTED,
            **_timing(people),
            "routes": [
                *_unheard(routing),
                *(
                    _route(spec, delivery, name)
                    for delivery in routing.deliveries
                    for name in delivery.channels
                ),
            ],
        },
        "inhibit_rules": [_critical_mutes_its_warning(spec), *_heartbeat_stops(routing)],
        "time_intervals": [mutes.intervals(mute) for mute in routing.mutes],
        "receivers": [
            {"name": UNROUTED} | receivers.merged((channels[name] for name in people.channels), inbox),
            *({"name": NOBODY} for _ in _unheard(routing)),
            *({"name": name} | receivers.merged((channels[name],), inbox) for name in used),
        ],
    }


def _mildest(routing: Routing) -> Delivery:
    """Return the least urgent way to people: over it goes what no route takes."""
    rank = list(Severity)
    people = [delivery for delivery in routing.deliveries if delivery.severity is not Severity.NONE]
    return max(people, key=lambda delivery: rank.index(delivery.severity))


def _unheard(routing: Routing) -> list[dict[str, Any]]:
    """Return the end of the beat where no watchman is set up: it must not reach people instead."""
    return [
        {"receiver": NOBODY, "matchers": [f'severity="{delivery.severity}"']}
        for delivery in routing.deliveries
        if delivery.severity is Severity.NONE and not delivery.channels
    ]


def _route(spec: Spec, delivery: Delivery, name: str) -> dict[str, Any]:
    only = [f'alertname="{names.WATCHDOG}"'] if delivery.severity is Severity.NONE else []
    integration = spec.routing.channels.configured()[name].integration
    route: dict[str, Any] = {
        "receiver": name,
        "matchers": [f'severity="{delivery.severity}"', *only, f'integration!="{integration}"'],
        "continue": True,
        **_timing(delivery),
    }
    if muted := mutes.routes(spec, delivery.severity):
        route["routes"] = muted
    return route


def _timing(delivery: Delivery) -> dict[str, Any]:
    return {
        "group_by": list(delivery.group_by),
        "group_wait": delivery.group_wait,
        "group_interval": delivery.group_interval,
        "repeat_interval": delivery.repeat_interval,
    }


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
    heartbeat = routing.channels.heartbeat
    if heartbeat is None or not heartbeat.stopped_by:
        return []
    return [
        {
            "source_matchers": [f'alertname=~"{"|".join(heartbeat.stopped_by)}"'],
            "target_matchers": [f'alertname="{names.WATCHDOG}"'],
        }
    ]
