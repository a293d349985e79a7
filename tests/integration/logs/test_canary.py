"""A planted secret is found nowhere behind the shipper, by whatever way it was sent."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from amaie_telemetry import configure_logging, register_secret, shutdown
from corpus.canary import PARTS, WAYS

if TYPE_CHECKING:
    from integration.logs.lab import Lab

pytestmark = pytest.mark.integration


def test_a_secret_sent_by_any_way_is_found_nowhere(lab: Lab) -> None:
    """Not in Elasticsearch, not among the rejected, not in the position file, not in anybody's log."""
    assert len(WAYS) >= 10
    path = lab.write("amaie-core.jsonl", WAYS.values())
    done = lab.ingest("--state", lab.state, path)
    assert done.returncode == 0, done.stderr
    dry = lab.ingest("--dry-run", path)
    good, rejected = lab.hits(lab.good), lab.hits(lab.rejected)
    assert len(good) + len(rejected) == len(WAYS)
    places = {
        **{json.dumps(hit, default=str): "a document" for hit in (*good, *rejected)},
        (lab.state / "positions.json").read_text(): "the position file",
        done.stdout + done.stderr: "the shipper's output",
        dry.stdout + dry.stderr: "the dry run's output",
        "".join(part.decode() for part in lab.elasticsearch.container.get_logs()): "Elasticsearch's log",
    }
    for text, place in places.items():
        for part in PARTS:
            assert part not in text, f"{place}: {text[:500]}"


def test_a_secret_that_the_library_knows_never_reaches_the_file(lab: Lab) -> None:
    """A registered value has no shape and no key that would betray it."""
    register_secret("correct-horse-battery-staple")
    configure_logging(service="amaie-core", log_dir=lab.folder, console=False)
    logging.getLogger("perception").warning(
        "Rejected correct-horse-battery-staple", extra={"x": "a correct-horse-battery-staple"}
    )
    shutdown()
    assert lab.ingest(lab.folder / "amaie-core.jsonl").returncode == 0
    (hit,) = lab.hits(lab.good)
    assert "correct-horse" not in json.dumps(hit, default=str)
