"""What an operator wants to know of each service: its address, its password, why it may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = "amaie"
PROXY = "reverse-proxy"
PLAIN = frozenset({"inbox"})
"""What speaks no TLS: the demo's stand-in for the outside world."""


@dataclass(frozen=True)
class Entry:
    """A service with something to open.

    Attributes:
        variable: The Compose variable of its published port.
        port: The port on 127.0.0.1, before an offset.
        user: Who signs in, or None where nobody has to.
        password: The file below `compose/secrets/` with that user's password.
        behind: The service that publishes the port in its place, if another one does.
    """

    variable: str
    port: int
    user: str | None = None
    password: str | None = None
    behind: str | None = None


PUBLISHED = {
    "dashboard": Entry("DASHBOARD_PORT", 8080, "operator", "dashboard_password"),
    "grafana": Entry("GRAFANA_PORT", 3000, "admin", "grafana_admin_password"),
    "prometheus": Entry("PROMETHEUS_PORT", 9090, "operator", "monitoring_operator_password", PROXY),
    "alertmanager": Entry("ALERTMANAGER_PORT", 9093, "operator", "monitoring_operator_password", PROXY),
    "elasticsearch": Entry("ELASTICSEARCH_PORT", 9200, "amaie_operator", "es_amaie_operator_password"),
    "kibana": Entry("KIBANA_PORT", 5601, "amaie_operator", "es_amaie_operator_password"),
    "inbox": Entry("INBOX_PORT", 8025),
}
"""Services with a port on 127.0.0.1; the order is that of the final table."""

LEFT_OUT = "no package registry has them; where an image registry answers, IMAGES=official starts them"
"""Why Grafana, Kibana and Logstash are missing in the packages variant."""


def ports(offset: int = 0, moved: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """Return the published port of each service; those that site.yaml has moved are in `moved`."""
    return {service: moved.get(service, entry.port) + offset for service, entry in PUBLISHED.items()}


def url(service: str, offset: int = 0, moved: Mapping[str, int] = MappingProxyType({})) -> str:
    """Return the address of a published service, or an empty text."""
    port = ports(offset, moved).get(service)
    scheme = "http" if service in PLAIN else "https"
    return f"{scheme}://127.0.0.1:{port}" if port else ""


def sign_in(service: str) -> tuple[str, str]:
    """Return who signs in to a service and the file with the password, or empty texts."""
    entry = PUBLISHED.get(service)
    if entry is None or entry.user is None:
        return "", ""
    return entry.user, f"compose/secrets/{entry.password}"
