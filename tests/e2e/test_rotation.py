"""`make rotate-secrets` and `make rotate-certificates` on a running demo: nothing lost, nobody paged."""

from __future__ import annotations

import subprocess
import sys
import time

import httpx
import pytest

from e2e.demo import OWN, ROOT, Demo, script
from operate import trust
from operate.paths import SECRETS
from rotate import outdated

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
PATIENCE = 240


def raised(demo: Demo, since: float) -> set[str]:
    """Return the alerts of the stack itself that have fired since a moment; the simulated account's go on."""
    window = int(time.time() - since) + 1
    query = f'max_over_time(ALERTS{{alertstate="firing",family!="trading",severity!="none"}}[{window}s])'
    found = demo.get("prometheus", "/api/v1/query", query=query)["data"]["result"]
    return {one["metric"]["alertname"] for one in found}


def written(demo: Demo) -> int:
    """Return how many records of the core Elasticsearch has."""
    with demo.asking("elasticsearch", "amaie_reader") as client:
        asked = {"query": {"term": {"service": "amaie-core"}}}
        return int(client.post("/logs-amaie-default/_count", json=asked).raise_for_status().json()["count"])


@pytest.fixture(scope="module")
def before(demo: Demo) -> dict[str, bytes]:
    """Return every secret as it was before both rotations."""
    assert demo.services
    return {path.name: path.read_bytes() for path in SECRETS.iterdir() if path.is_file()}


def goes_on(demo: Demo, since: float) -> None:
    """See records arrive again under the new secrets, and no alert of the stack meanwhile."""
    deadline, count = time.monotonic() + PATIENCE, written(demo)
    while written(demo) <= count + 20 and time.monotonic() < deadline:
        time.sleep(2)
    assert written(demo) > count + 20
    assert raised(demo, since) == set()


def test_every_password_is_another_one_and_the_old_ones_open_nothing(
    demo: Demo, before: dict[str, bytes]
) -> None:
    """Save those that other machines hold; records go on arriving, and no new alert fires."""
    since = time.time()
    done = script("rotate", "secrets", *OWN)
    assert done.returncode == 0, done.stdout + done.stderr
    new = outdated(gateway=False)
    same = {name for name in before if before[name] == (SECRETS / name).read_bytes()}
    assert not same & set(new)
    assert {"gateway_password", "kibana_encryption_key", "stack_ca.pem"} <= same
    goes_on(demo, since)
    for service, user, name in (
        ("prometheus", "operator", "monitoring_operator_password"),
        ("elasticsearch", "amaie_reader", "es_amaie_reader_password"),
    ):
        with trust.client(demo.url(service), (user, before[name].decode())) as client:
            assert client.get("/").status_code == 401


def test_every_certificate_is_of_a_new_authority(demo: Demo, before: dict[str, bytes]) -> None:
    """Whoever trusts the old one alone does not talk to the servers any more; everything else goes on."""
    since = time.time()
    (SECRETS / "old.pem").write_bytes(before["stack_ca.pem"])
    try:
        done = script("rotate", "certificates", *OWN)
        assert done.returncode == 0, done.stdout + done.stderr
        goes_on(demo, since)
        for service in ("prometheus", "alertmanager", "elasticsearch", "dashboard"):
            old = trust.client(demo.url(service), None, authority=SECRETS / "old.pem")
            with old, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                old.get("/")
    finally:
        (SECRETS / "old.pem").unlink()


def test_the_audit_finds_nothing_lost(demo: Demo) -> None:
    """What services wrote while everything was replaced is there: no number of a producer is missing."""
    command = [sys.executable, "-m", "amaie_ingest", "audit", "--url", demo.url("elasticsearch")]
    command += ["--password-file", str(SECRETS / "es_amaie_operator_password")]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
