"""The versions of the stack, read from their single place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operate.errors import StackError
from operate.paths import IMAGES_ENV

if TYPE_CHECKING:
    from pathlib import Path

SERVICE_IMAGES = {
    "prometheus": "PROMETHEUS_IMAGE",
    "alertmanager": "ALERTMANAGER_IMAGE",
    "node-exporter": "NODE_EXPORTER_IMAGE",
    "blackbox-exporter": "BLACKBOX_EXPORTER_IMAGE",
    "elasticsearch-exporter": "ELASTICSEARCH_EXPORTER_IMAGE",
    "grafana": "GRAFANA_IMAGE",
    "elasticsearch": "ELASTICSEARCH_IMAGE",
    "logstash": "LOGSTASH_IMAGE",
    "kibana": "KIBANA_IMAGE",
}
"""The variable in `compose/images.env` that pins each service of an official image."""


def read(path: Path = IMAGES_ENV) -> dict[str, str]:
    """Return the variables of an env file.

    Raises:
        StackError: A line is neither a comment nor `NAME=value`.
    """
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.isidentifier():
            raise StackError(f"{path.name}:{number}: not NAME=value; write one variable a line")
        values[name] = value
    return values


def elastic_version(pins: dict[str, str]) -> str:
    """Return the version that Elasticsearch, Logstash and Kibana share."""
    return pins["ELASTICSEARCH_IMAGE"].rpartition(":")[2]
