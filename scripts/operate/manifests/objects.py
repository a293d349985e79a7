"""Objects of Kubernetes as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

PART_OF = "app.kubernetes.io/part-of"
LIMIT = 1_048_576
"""Bytes that a ConfigMap or a Secret holds (`MaxSecretSize` in k8s.io/api/core/v1)."""


@dataclass(frozen=True)
class Cluster:
    """Where the objects go, and by which labels the cluster's operators select them."""

    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)


def new(cluster: Cluster, kind: tuple[str, str], name: str, **body: Any) -> dict[str, Any]:
    """Return an object of a kind, given as apiVersion and kind; `labels` are added to those of all."""
    labels = {PART_OF: "amaie", **cluster.labels, **body.pop("labels", {})}
    about = {"name": name, "namespace": cluster.namespace, "labels": labels}
    return {"apiVersion": kind[0], "kind": kind[1], "metadata": about, **body}


def config_map(cluster: Cluster, name: str, data: Mapping[str, str], **body: Any) -> dict[str, Any]:
    """Return a ConfigMap.

    Raises:
        StackError: It would be larger than a cluster takes.
    """
    return new(cluster, ("v1", "ConfigMap"), name, **body, data=fitting(f"the ConfigMap {name}", data))


def secret(cluster: Cluster, name: str, data: Mapping[str, str]) -> dict[str, Any]:
    """Return a Secret for texts without a secret, where an operator takes them from no other kind.

    Raises:
        StackError: It would be larger than a cluster takes.
    """
    return new(cluster, ("v1", "Secret"), name, stringData=fitting(f"the Secret {name}", data))


def fitting(what: str, data: Mapping[str, str], limit: int = LIMIT) -> dict[str, str]:
    """Return the texts of an object if a cluster takes so much.

    Raises:
        StackError: It does not.
    """
    size = sum(len(text.encode()) for text in data.values())
    if size > limit:
        raise StackError(
            f"{what} would hold {size} bytes, more than the {limit} that a cluster takes; "
            "cure: split what it is made from (a family of spec/kpis.yaml, the contract of spec/logs.yaml)"
        )
    return dict(data)
