"""A collector behind the library's own server, asked at each scrape; a scrape that fails gets a 503."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest

from amaie_telemetry.exposition import TEXT
from amaie_telemetry.server import MetricsServer

if TYPE_CHECKING:
    from prometheus_client.registry import Collector


def serve(collector: Collector, port: int, address: str = "0.0.0.0") -> MetricsServer:  # noqa: S104
    """Start to serve what a collector says; Prometheus scrapes from another container.

    Args:
        collector: Is collected at each scrape.
        port: Port to listen at; 0 takes any free one (see `MetricsServer.port`).
        address: Address to listen at.
    """
    registry = CollectorRegistry()
    registry.register(collector)
    return MetricsServer(port, lambda _: (TEXT, generate_latest(registry)), address=address)
