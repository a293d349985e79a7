"""Routes, templates and the Alertmanagers themselves for prometheus-operator.

An AlertmanagerConfig does not hold our routes: its mute times have no time zone, it has no templates, and
the operator adds the namespace to every matcher (v0.85.0, `pkg/alertmanager/amcfg.go`), which alerts about
accounts lack. So the whole configuration is a Secret that the operator takes as it is; it names files only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from operate.manifests import objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from operate.manifests.objects import Cluster

KIND = ("monitoring.coreos.com/v1", "Alertmanager")
NAME, TEMPLATES, RECEIVERS = "amaie", "amaie-templates", "amaie-receivers"
CONFIG = "amaie-alertmanager"
MOUNTED = {
    "/run/secrets/": f"/etc/alertmanager/secrets/{RECEIVERS}/",
    "../templates/": f"/etc/alertmanager/configmaps/{TEMPLATES}/",
}
"""Where a path of our configuration is in the operator's container."""
COUNT = 2


def manifests(
    config: str, templates: Mapping[str, str], version: str, cluster: Cluster
) -> Iterator[dict[str, Any]]:
    """Yield the configuration, the message templates, and two Alertmanagers that know of each other."""
    for ours, theirs in MOUNTED.items():
        config = config.replace(ours, theirs)
    yield objects.secret(cluster, CONFIG, {"alertmanager.yaml": config})
    yield objects.config_map(cluster, TEMPLATES, templates)
    yield objects.new(
        cluster,
        KIND,
        NAME,
        spec={
            "version": version,
            "replicas": COUNT,
            "configSecret": CONFIG,
            "configMaps": [TEMPLATES],
            "secrets": [RECEIVERS],
        },
    )
