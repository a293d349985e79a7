"""What a site says, as series: Prometheus' rules compare the services and accounts with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators import names
from generators.shared.conditions import number, seconds

if TYPE_CHECKING:
    from operate.site.shape import Site

SERVICE = "amaie_site_service"
INTERVAL = "amaie_site_interval_seconds"
NODES = "amaie_site_elasticsearch_nodes"
PEAK_RESET = "amaie_peak_reset"


def groups(site: Site) -> list[dict[str, Any]]:
    """Return the rule groups of a site; one without services and limits has none."""
    found = {"site": [*_services(site), *_nodes(site)], "limits": [*_limits(site)]}
    return [{"name": name, "rules": rules} for name, rules in found.items() if rules]


def _services(site: Site) -> list[dict[str, Any]]:
    rules = []
    for service in site.services:
        labels = {"service": service.name, "role": service.role}
        rules.append(constant(SERVICE, 1, labels))
        if service.interval:
            rules.append(constant(INTERVAL, seconds(service.interval), labels))
    return rules


def _nodes(site: Site) -> list[dict[str, Any]]:
    """Return how many nodes are wanted; of a single one its own alert speaks."""
    wanted = site.high_availability.nodes
    return [constant(NODES, wanted, {})] if wanted > 1 else []


def _limits(site: Site) -> list[dict[str, Any]]:
    """Return the site's own default first, then what holds for single accounts."""
    rules = [constant(names.LIMIT, value, {"limit": name}) for name, value in site.limits.items()]
    for account in site.accounts:
        whose = {"account": account.name} | ({"currency": account.currency} if account.currency else {})
        rules += [
            constant(names.LIMIT, value, whose | {"limit": name}) for name, value in account.limits.items()
        ]
    resets = {account.name: account.peak_reset for account in site.accounts if account.peak_reset is not None}
    return rules + [constant(PEAK_RESET, value, {"account": name}) for name, value in resets.items()]


def constant(name: str, value: float, labels: dict[str, str]) -> dict[str, Any]:
    """Return a rule that records a number."""
    return {"record": name, "expr": f"vector({number(value)})", "labels": labels}
