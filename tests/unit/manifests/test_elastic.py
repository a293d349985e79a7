"""Logstash gets every file, variable and password that its pipelines name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from operate.manifests import elastic
from operate.paths import ROOT

if TYPE_CHECKING:
    Found = dict[tuple[str, str], dict[str, Any]]


def pod(found: Found) -> dict[str, Any]:
    """Return the pod of Logstash."""
    spec: dict[str, Any] = found["Logstash", "amaie"]["spec"]["podTemplate"]["spec"]
    return spec


def test_every_file_of_the_pipelines_is_mounted_where_it_was(found: Found) -> None:
    """A ConfigMap has no folders, so each file is put back under its path."""
    data = found["ConfigMap", elastic.PIPELINE]["data"]
    volume = next(one for one in pod(found)["volumes"] if one["name"] == "pipeline-files")
    folder = ROOT / "logstash/pipeline"
    mounted = {item["path"]: data[item["key"]] for item in volume["configMap"]["items"]}
    there = {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }
    assert mounted == there
    assert len(data) == len(there)
    contract = {path.name: path.read_text() for path in (ROOT / "logstash/generated").iterdir()}
    assert found["ConfigMap", elastic.CONTRACT]["data"] == contract


def test_every_variable_of_the_pipelines_is_given(found: Found) -> None:
    """A variable without a default and without a value keeps Logstash from starting."""
    text = "".join(found["ConfigMap", elastic.PIPELINE]["data"].values())
    asked = set(re.findall(r"\$\{(\w+)\}", text))
    given = {one["name"] for one in pod(found)["containers"][0]["env"]}
    assert given == asked


def test_the_queue_has_room(found: Found) -> None:
    """What logstash.yml and pipelines.yml let it grow to fits the volume, which is on the data folder."""
    spec = found["Logstash", "amaie"]["spec"]
    assert spec["config"]["queue.max_bytes"] == "4gb"
    assert spec["config"]["dead_letter_queue.max_bytes"] == "512mb"
    assert [one.get("queue.max_bytes") for one in spec["pipelines"]] == [None, "256mb"]
    assert spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] == "6Gi"
    assert not [name for name in spec["config"] if name.startswith(("api.", "node."))]


def test_elasticsearch_knows_our_roles_and_users(found: Found) -> None:
    """The roles are no secret; the users are one, so they are referred to only."""
    spec = found["Elasticsearch", "amaie"]["spec"]
    assert spec["auth"] == {
        "fileRealm": [{"secretName": "amaie-es-users"}],
        "roles": [{"secretName": "amaie-es-roles"}],
    }
    roles = (ROOT / "elasticsearch/config/roles.yml").read_text()
    assert found["Secret", "amaie-es-roles"]["stringData"] == {"roles.yml": roles}
    versions = {found[kind, "amaie"]["spec"]["version"] for kind in ("Elasticsearch", "Kibana", "Logstash")}
    assert versions == {spec["version"]}
