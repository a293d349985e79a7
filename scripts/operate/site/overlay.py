"""Lays a site over the spec: the same generators then write the files of this installation."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from generators.spec.vocabulary import Severity

if TYPE_CHECKING:
    from generators.spec.channels import Channels
    from generators.spec.model import Delivery, Kpi, Links, Model, Routing, Spec
    from operate.site.shape import Site

_INTEGRATION = re.compile(r'integration=~"[a-z|]+"')


def over(model: Model, site: Site) -> Model:
    """Return the model of this installation."""
    kept = site.retention.model_dump(exclude_none=True)
    streams = tuple(
        stream.model_copy(update={"retention": kept.get(stream.name.value, stream.retention)})
        for stream in model.logs.streams
    )
    logs = model.logs.model_copy(update={"streams": streams})
    return replace(model, spec=spec_of(model.spec, site), logs=logs)


def spec_of(spec: Spec, site: Site) -> Spec:
    """Return the spec with this installation's links, channels, retention and names of services."""
    routing = _routing(spec.routing, site)
    settings = spec.settings.model_copy(
        update={
            "links": _links(spec.settings.links, site),
            "retention": site.retention.metrics or spec.settings.retention,
        }
    )
    kpis = tuple(_watching(kpi, routing) for kpi in spec.kpis)
    changed = spec.model_copy(update={"settings": settings, "routing": routing, "kpis": kpis})
    names: dict[str, tuple[str, ...]] = {}
    for service in site.services:
        names[service.role] = (*names.get(service.role, ()), service.name)
    return changed.run_as(names)


def _links(links: Links, site: Site) -> Links:
    given = {"launcher": site.links.dashboard, "grafana": site.links.grafana, "kibana": site.links.kibana}
    return links.model_copy(update={name: address for name, address in given.items() if address})


def _routing(routing: Routing, site: Site) -> Routing:
    """Return who is told, over the site's own channels, and when not: only as the site says."""
    channels = _beating(site.channels, routing)
    deliveries = tuple(
        one.model_copy(update={"channels": _told(one, channels, site)}) for one in routing.deliveries
    )
    return routing.model_copy(update={"channels": channels, "deliveries": deliveries, "mutes": site.mutes})


def _beating(channels: Channels, routing: Routing) -> Channels:
    """Return the site's channels; what stops its heartbeat is the spec's to say, unless the site does."""
    ours, spec = channels.heartbeat, routing.channels.heartbeat
    if ours is None or ours.stopped_by or spec is None:
        return channels
    return channels.model_copy(update={"heartbeat": ours.model_copy(update={"stopped_by": spec.stopped_by})})


def _told(delivery: Delivery, channels: Channels, site: Site) -> tuple[str, ...]:
    """Return the channels of a severity: the site's word, else the spec's that are set up, else all."""
    configured = channels.configured()
    if delivery.severity is Severity.NONE:
        return tuple(name for name, channel in configured.items() if not channel.for_people)
    if said := site.told.get(delivery.severity.value):
        return said
    people = tuple(name for name, channel in configured.items() if channel.for_people)
    return tuple(name for name in delivery.channels if name in people) or people


def _watching(kpi: Kpi, routing: Routing) -> Kpi:
    """Return a KPI that stops the heartbeat so that it watches the ways over which critical alerts go."""
    heartbeat, configured = routing.channels.heartbeat, routing.channels.configured()
    stopping = set(heartbeat.stopped_by if heartbeat else ()) & {alert.name for alert in kpi.alerts}
    urgent = [one for one in routing.deliveries if one.severity is Severity.CRITICAL]
    ways = sorted({configured[name].integration for one in urgent for name in one.channels})
    if not stopping or not ways:
        return kpi
    return kpi.model_copy(update={"expr": _INTEGRATION.sub(f'integration=~"{"|".join(ways)}"', kpi.expr)})
