"""The official Logstash: it takes our configuration, treats every vector as it must, and can be watched."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from amaie_exporters.logstash.exporter import Logstash
from integration.logs import landing
from integration.logs.following import forwarded
from integration.logs.lab import Lab
from integration.official.rig import NAMESPACE
from operate import certificates

if TYPE_CHECKING:
    from integration.logs.landing import Landed
    from integration.official.rig import Rig

# Pulling counts, too.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(1800)]

SERVICES = ("logstash",)
LAND_SECONDS = 240
STILL_SECONDS = 5
"""So long nothing may follow the last document: doubles, or documents of blank lines."""


@pytest.fixture(scope="module")
def api(rig: Rig) -> str:
    """Return the address of the API of a Logstash that has taken a file for each vector from our shipper."""
    landing.write(rig.logs)
    rig.start("logstash")
    forwarded(rig.logs, rig.url("logstash", 8081), rig.secrets / "logstash_files_password")
    return rig.url("logstash", 9600)


@pytest.fixture(scope="module")
def landed(api: str, rig: Rig) -> Landed:
    """Return all documents, when there are enough and no more follow."""
    assert api
    assert rig.elasticsearch
    lab = Lab(rig.elasticsearch, NAMESPACE, rig.logs)
    end = time.monotonic() + LAND_SECONDS
    while landing.count(lab) < len(landing.CASES) and time.monotonic() < end:
        time.sleep(1)
    time.sleep(STILL_SECONDS)
    return landing.found(lab)


def test_logstash_takes_our_configuration(rig: Rig) -> None:
    """Both pipelines, with every plugin and setting that they name, through our entry point."""
    done = rig.checked()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Configuration OK" in done.stdout


def test_logstash_refuses_a_setting_that_no_plugin_knows(rig: Rig) -> None:
    """So that taking ours means something."""
    done = rig.checked("--config.string", "output { elasticsearch { no_such_setting => 1 } }")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "no_such_setting" in done.stdout
    assert "Configuration OK" not in done.stdout


@pytest.mark.parametrize("name", landing.CASES, ids=landing.TITLES)
def test_a_vector_lands_with_exactly_its_source_and_fields(landed: Landed, name: str) -> None:
    """What ingest makes of a line, Logstash makes of it, to the last digit; blank lines make nothing."""
    landing.check(landed, name)


def test_our_exporter_reads_what_logstash_has_done(api: str, landed: Landed, rig: Rig) -> None:
    """Each counter counts the vectors; nothing was refused, nothing waits."""
    assert landed
    password_file = rig.secrets / "logstash_api_password"
    authority = rig.secrets / certificates.STACK.certificate
    samples = [
        sample for metric in Logstash(api, password_file, authority).collect() for sample in metric.samples
    ]
    read = {(sample.name, *sample.labels.values()): sample.value for sample in samples}
    assert read.pop(("amaie_ingest_retries_total",)) >= 0
    assert read == {
        ("amaie_ingest_indexed_total",): landing.number("good"),
        ("amaie_ingest_rejected_total", "contract"): landing.number("rejected"),
        ("amaie_ingest_rejected_total", "refused"): 0,
        ("amaie_ingest_rejected_total", "lost"): 0,
        ("amaie_ingest_lag_seconds",): 0,
    }
