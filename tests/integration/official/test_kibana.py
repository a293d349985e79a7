"""The official Kibana: our saved objects are imported as often as one likes, and links lead to them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from amaie_ingest import options
from generators import names
from integration.official import standins
from operate import certificates, passwords, pins, trust
from operate.paths import ROOT

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

    from integration.official.rig import Rig

# Pulling counts, too.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(1800)]

SERVICES = ("kibana", "elasticsearch")
OPERATOR = "amaie_operator"
OBJECTS = [json.loads(line) for line in (ROOT / options.OBJECTS).read_text("utf-8").split("\n") if line]
IDS = {(one["type"], one["id"]) for one in OBJECTS}
ALERTS = ROOT / "prometheus" / "generated" / "rules"
LINKED = sorted(
    {one for path in ALERTS.glob("*.yml") for one in re.findall(r"dataViewId:([\w-]+)", path.read_text())}
)
"""The data views that the alerts' links to the logs name."""


@dataclass(frozen=True)
class Kibana:
    """A running Kibana.

    Attributes:
        client: Signed in as the operator.
        password_file: The operator's.
    """

    client: httpx.Client
    password_file: Path

    def set_up(self) -> str:
        """Run the one-shot setup on our objects; return what it says."""
        done = self.set_up_from(ROOT / options.OBJECTS)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def set_up_from(self, objects: Path) -> subprocess.CompletedProcess[str]:
        """Run the one-shot setup on a file of objects."""
        command = [sys.executable, "-m", "amaie_ingest", "kibana-setup"]
        command += ["--url", str(self.client.base_url).rstrip("/")]
        command += ["--password-file", str(self.password_file), "--objects", str(objects)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)

    def export(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return saved objects; Kibana refuses if one that is named is missing."""
        body = {"excludeExportDetails": True, "includeReferencesDeep": False, **wanted}
        answer = self.client.post("/api/saved_objects/_export", json=body).raise_for_status()
        return [json.loads(line) for line in answer.text.split("\n") if line]


@pytest.fixture(scope="module", params=["stand-in", "official"])
def kibana(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kibana]:
    """Yield a Kibana after the setup."""
    with ExitStack() as running:
        if request.param == "official":
            rig: Rig = request.getfixturevalue("rig")
            _need_official_elasticsearch(request.getfixturevalue("stack_images")["elasticsearch"])
            rig.start("kibana")
            url, secret = rig.url("kibana"), rig.secrets / passwords.password_file(OPERATOR)
            trusted: ssl.SSLContext | bool = trust.context(rig.secrets / certificates.STACK.certificate)
        else:
            url = running.enter_context(standins.Kibana()).url
            trusted = True
            secret = tmp_path_factory.mktemp("kibana") / "password"
            secret.write_text(standins.PASSWORD)
        auth = (OPERATOR, secret.read_text().strip())
        headers = {"kbn-xsrf": "amaie"}
        client = httpx.Client(base_url=url, auth=auth, headers=headers, verify=trusted, timeout=60)
        yielded = Kibana(running.enter_context(client), secret)
        yielded.set_up()
        yield yielded


def _need_official_elasticsearch(image: str) -> None:
    """Skip where the session's Elasticsearch is the minimal one, which lacks what Kibana needs."""
    official = pins.read()["ELASTICSEARCH_IMAGE"]
    if image != official:
        pytest.skip(f"{pins.read()['KIBANA_IMAGE']} needs {official}, and this session runs {image}")


def test_alerts_link_to_a_data_view() -> None:
    """There is something to look for, and it is what the links' generator names."""
    assert LINKED == [names.LOGS_DATA_VIEW]


def test_the_setup_imports_every_object_each_time(kibana: Kibana) -> None:
    """After the first time that the fixture did: nothing is refused, nothing left out."""
    assert kibana.set_up() == f"{len(OBJECTS)} saved objects are in Kibana\n"


@pytest.mark.parametrize("key", sorted(IDS), ids="/".join)
def test_an_object_is_there_under_its_own_id(kibana: Kibana, key: tuple[str, str]) -> None:
    """Links that people have kept lead to it."""
    kind, identity = key
    (found,) = kibana.export(objects=[{"type": kind, "id": identity}])
    (wanted,) = [one for one in OBJECTS if (one["type"], one["id"]) == key]
    assert (found["type"], found["id"]) == key
    assert found["attributes"]["title"] == wanted["attributes"]["title"]
    references = [{(one["type"], one["id"]) for one in side["references"]} for side in (found, wanted)]
    assert references[0] == references[1]


def test_importing_twice_makes_no_copies(kibana: Kibana) -> None:
    """Each title is there once, under our id."""
    kibana.set_up()
    titles = {one["attributes"]["title"] for one in OBJECTS}
    found = kibana.export(type=sorted({kind for kind, _ in IDS}))
    ours = [(one["type"], one["id"]) for one in found if one["attributes"]["title"] in titles]
    assert sorted(ours) == sorted(IDS)


@pytest.mark.parametrize("identity", LINKED)
def test_the_data_view_of_the_alerts_links_reads_the_good_stream(kibana: Kibana, identity: str) -> None:
    """Kibana itself knows it as a data view, with its pattern and its time."""
    answer = kibana.client.get(f"/api/data_views/data_view/{identity}").raise_for_status().json()
    view = answer["data_view"]
    assert (view["id"], view["title"], view["timeFieldName"]) == (identity, "logs-amaie-*", "@timestamp")


def test_kibana_refuses_whoever_has_no_password(kibana: Kibana) -> None:
    """Nobody reads or changes the saved objects without a sign-in."""
    body = {"type": ["dashboard"]}
    answer = kibana.client.request("POST", "/api/saved_objects/_export", json=body, auth=None)
    assert answer.status_code == 401


def test_a_missing_object_and_a_copy_are_noticed(tmp_path: Path) -> None:
    """Against a stand-in with each of these faults, the tests above fail."""
    secret = tmp_path / "password"
    secret.write_text(standins.PASSWORD)
    with (
        standins.Kibana() as faulty,
        httpx.Client(base_url=faulty.url, auth=(OPERATOR, standins.PASSWORD)) as client,
    ):
        kibana = Kibana(client, secret)
        kibana.set_up()
        key = ("dashboard", names.LOGS_DASHBOARD)
        faulty.objects["dashboard", "a-copy"] = faulty.objects[key] | {"id": "a-copy"}
        with pytest.raises(AssertionError):
            test_importing_twice_makes_no_copies(kibana)
        faulty.objects.pop(key)
        with pytest.raises(httpx.HTTPStatusError):
            test_an_object_is_there_under_its_own_id(kibana, key)
        faulty.objects.clear()
        with pytest.raises(httpx.HTTPStatusError):
            test_the_data_view_of_the_alerts_links_reads_the_good_stream(kibana, LINKED[0])


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("lens", {"typeMigrationVersion": None}, "answered 500"),
        ("lens", {"typeMigrationVersion": "8.5.0"}, "answered 500"),
        (
            "search",
            {"references": [{"type": "index-pattern", "id": "gone", "name": "x"}]},
            "missing_references",
        ),
    ],
)
def test_what_kibana_refuses_fails_the_setup(
    kibana: Kibana, tmp_path: Path, kind: str, change: dict[str, Any], said: str
) -> None:
    """No version, one older than the form, a reference that leads nowhere: the setup says so and fails."""
    one = next(one for one in OBJECTS if one["type"] == kind) | change
    bad = tmp_path / "objects.ndjson"
    bad.write_text(json.dumps({name: value for name, value in one.items() if value is not None}) + "\n")
    done = kibana.set_up_from(bad)
    assert done.returncode == 2
    assert said in done.stderr
