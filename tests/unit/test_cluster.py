"""Which node may begin a cluster of Elasticsearch, and that a cluster does not become one node again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import up
from operate import cluster, compose_cli
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.site.shape import HighAvailability, Site

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

THREE = Stack("amaie-x", "packages", site=Site(high_availability=HighAvailability(elasticsearch=True)))
ONE = Stack("amaie-x", "packages")


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings of started stacks in a folder of the test's own."""
    monkeypatch.setattr(compose_cli, "RUN", tmp_path)


@pytest.mark.parametrize(
    ("volumes", "before", "expected"),
    [
        ((), False, False),  # a new installation
        (("elasticsearch", "prometheus"), False, False),  # a single node that becomes the first of three
        (("elasticsearch", "elasticsearch-2", "elasticsearch-3"), False, False),  # a second `make up`
        (("elasticsearch-2", "elasticsearch-3"), False, True),  # the first node's disk is lost
        (("elasticsearch-3",), False, True),
        (
            ("elasticsearch", "elasticsearch-2"),
            True,
            True,
        ),  # it has a new disk, and perhaps nothing on it yet
        (("prometheus",), True, False),  # all was deleted: it begins anew
    ],
)
def test_the_first_node_begins_a_cluster_only_where_no_other_has_data(
    volumes: Collection[str], *, before: bool, expected: bool
) -> None:
    """Beginning beside the others' data it would take records for a second cluster."""
    assert cluster.joins(volumes, before=before) is expected


@pytest.mark.parametrize("joins", [False, True])
def test_what_the_first_node_does_is_kept_from_start_to_start(*, joins: bool) -> None:
    """So `make up` replaces no container for it, and who has lost its disk does not begin a cluster later."""
    replace(THREE, joins=joins).save({"service": "amaie/service:1"})
    lines = THREE.env_file.read_text().splitlines()
    assert f"ELASTICSEARCH_FOUNDER={'nobody' if joins else 'amaie-1'}" in lines
    assert up.as_cluster(THREE, ["elasticsearch", "elasticsearch-2"]).joins is joins


def test_a_cluster_is_not_made_one_node_again() -> None:
    """Two of three must vote for who leads: a single one would wait for ever."""
    with pytest.raises(StackError) as caught:
        up.as_cluster(ONE, ["elasticsearch", "elasticsearch-2", "elasticsearch-3"])
    assert str(caught.value) == (
        "Elasticsearch of amaie-x is a cluster (the volume amaie-x_elasticsearch-2 has its data), and no "
        "node of it starts alone; cure: high_availability: {elasticsearch: true} in site.yaml, or "
        "leave it out and let one node have the data: make backup, make down VOLUMES=1, make restore"
    )


def test_a_single_node_is_left_as_it_is() -> None:
    """With data and without."""
    assert up.as_cluster(ONE, ["elasticsearch"]) == up.as_cluster(ONE, []) == ONE
