"""Where the services of a site are: each in one place, that can be, and that no other one has."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from generators.shared.conditions import seconds
from generators.spec.references import twice
from operate.site import scrapes
from operate.site.shape import WAYS

if TYPE_CHECKING:
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place
    from operate.site.shape import Service, Site

MOST_PORT = 65535
LONGEST = 31 * 86_400
"""Seconds; a service that acts less often would never be missed."""


def problems(site: Site) -> Found:
    """Yield a place and a text for everything wrong."""
    for index, service in enumerate(site.services):
        yield from _way(service, ("services", index))
        yield from _interval(service, ("services", index))
        if service.pushed and site.gateway is None:
            yield ("services", index, "pushed"), "nobody takes what it sends; set up the gateway"
        if service.pushed and site.high_availability.prometheus:
            wrong = "of two Prometheus one gets what it sends, and the other would tell that it is down"
            cure = "let it be scraped, or switch high_availability.prometheus off"
            yield ("services", index, "pushed"), f"{wrong}; {cure}"
    named = enumerate(site.services)
    asked = ((i, one) for i, one in named if len(_ways(one)) == 1 and not one.pushed)
    pages = ((("services", i), scrapes.place(one) + one.path) for i, one in asked)
    yield from twice(pages, "page", "every figure of it would count twice, so name one service for it")


def _ways(service: Service) -> list[str]:
    return [way for way in WAYS if getattr(service, way) is not None]


def _way(service: Service, place: Place) -> Found:
    """Yield what is wrong with where a service is said to be."""
    ways = _ways(service)
    if len(ways) != 1:
        said = f"{' and '.join(ways)} are written" if ways else "nothing says where it is"
        yield place, f"{said}; write exactly one of {', '.join(WAYS)}"
    for way in (way for way in ways if way != "pushed"):
        host, _, port = str(getattr(service, way)).rpartition(":")
        if not 1 <= int(port) <= MOST_PORT:
            yield (*place, way), f"'{port}' is no port; write one from 1 to {MOST_PORT}"
        if host and not _can_be(host):
            yield (*place, way), f"'{host}' is no address; write it like 10.0.0.7 or [2001:db8::1]"
    if service.network and service.container is None:
        yield (*place, "network"), "a network is asked for a container only; remove it, or write container"


def _can_be(host: str) -> bool:
    """Tell whether what looks like an address of version 4 or 6 is one; any name may be one."""
    if not host.startswith("[") and not host.replace(".", "").isdigit():
        return True
    try:
        return ip_address(host.strip("[]")).version == (6 if host.startswith("[") else 4)
    except ValueError:
        return False


def _interval(service: Service, place: Place) -> Found:
    if service.interval and not 1 <= seconds(service.interval) <= LONGEST:
        wrong = f"'{service.interval}' is no time between two acts"
        yield (*place, "interval"), f"{wrong}; write one from 1s to 31d"
