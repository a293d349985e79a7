"""Objects carry where they belong, and one that no cluster would take is refused."""

from __future__ import annotations

import pytest

from operate.errors import StackError
from operate.manifests import objects
from operate.manifests.objects import Cluster


def test_an_object_has_its_namespace_and_the_labels_of_all() -> None:
    """The cluster's labels, and those of the one object beside them."""
    cluster = Cluster("here", {"release": "kube"})
    assert objects.config_map(cluster, "a", {"k": "v"}, labels={"more": "1"}) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "a",
            "namespace": "here",
            "labels": {"app.kubernetes.io/part-of": "amaie", "release": "kube", "more": "1"},
        },
        "data": {"k": "v"},
    }


@pytest.mark.parametrize("make", [objects.config_map, objects.secret])
def test_what_is_too_large_is_refused(make: type) -> None:
    """Bytes count, not letters; the last byte that fits is taken."""
    cluster = Cluster("here")
    fits = "é" * (objects.LIMIT // 2)
    make(cluster, "a", {"k": fits})
    with pytest.raises(StackError) as caught:
        make(cluster, "a", {"k": fits, "l": "x"})
    assert str(caught.value).endswith(
        " a would hold 1048577 bytes, more than the 1048576 that a cluster takes; "
        "cure: split what it is made from (a family of spec/kpis.yaml, the contract of spec/logs.yaml)"
    )
