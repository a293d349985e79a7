"""The two data streams have one name each: what people write by hand is held to `names.DATASETS`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from generators import names

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = {name: names.stream(name, "*") for name in names.DATASETS}


WIDER = {"amaie_monitor": {"*"}, "amaie_backup": {"logs-amaie*"}}
"""Roles that read no document: statistics of all, and one pattern for what is in a snapshot."""


def test_each_role_may_use_our_two_streams_and_no_other_ones(root: Path) -> None:
    """A role on another stream would write to nowhere, or read what is not its business."""
    roles = yaml.safe_load((root / "elasticsearch/config/roles.yml").read_text())
    for role, rules in roles.items():
        granted = {name for indices in rules["indices"] for name in indices["names"]}
        assert granted == WIDER.get(role, set(PATTERNS.values())), role


def test_elasticsearch_creates_our_streams_by_itself(root: Path) -> None:
    """The first record of a new namespace makes its stream."""
    settings = yaml.safe_load((root / "elasticsearch/config/elasticsearch.yml").read_text())
    allowed = [pattern.rstrip("*") for pattern in settings["action.auto_create_index"].split(",")]
    for stream in (names.LOGS_STREAM, names.REJECTED_STREAM):
        assert stream.startswith(tuple(allowed))


@pytest.mark.parametrize(
    ("pipeline", "datasets"),
    [("amaie", ["logs", "rejected"]), ("dead_letters", ["rejected"])],
)
def test_logstash_writes_to_our_streams(root: Path, pipeline: str, datasets: list[str]) -> None:
    """Each output names the dataset of its stream."""
    _, _, text = (root / f"logstash/pipeline/{pipeline}.conf").read_text().partition("output {")
    outputs = re.findall(r'id => "(\w+)".*?data_stream_dataset => "([\w.]+)"', text, re.DOTALL)
    assert outputs == [(name, names.DATASETS[name]) for name in datasets]


def test_grafana_reads_the_good_stream(root: Path) -> None:
    """Its pattern is that of the generated templates, in every namespace."""
    text = (root / "grafana/provisioning/datasources/amaie.yaml").read_text()
    sources = yaml.safe_load(text)["datasources"]
    (index,) = [source["jsonData"]["index"] for source in sources if "index" in source["jsonData"]]
    assert index == PATTERNS["logs"]
