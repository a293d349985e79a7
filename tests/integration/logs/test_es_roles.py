"""Each user of Elasticsearch may do what its task needs and nothing else: every user tries everything."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, NamedTuple

import pytest

from integration.logs.lab import Lab, record

if TYPE_CHECKING:
    from support.containers import Elasticsearch

pytestmark = pytest.mark.integration

USERS = ("amaie_writer", "amaie_reader", "amaie_monitor", "amaie_setup", "amaie_operator", "amaie_backup")
FORBIDDEN = 403


class Probe(NamedTuple):
    """An attempt, and who may succeed with it; {good} and {rejected} are the streams."""

    name: str
    method: str
    path: str
    body: object
    may: str  # first letters of the users: w r m s o b


DOCUMENT = {"@timestamp": "2025-07-30T14:30:00Z", "message": "probe"}
SETTING = {"indices.recovery.max_bytes_per_sec": "40mb"}
PLACE = {"type": "fs", "settings": {"location": "/usr/share/elasticsearch/data/backup"}}
SEARCH: dict[str, object] = {"query": {"match_all": {}}}
PROBES = [
    Probe("see the cluster's health", "GET", "/_cluster/health", None, "wrmsob"),
    Probe("see the cluster's state", "GET", "/_cluster/state/nodes", None, "wrmsob"),
    Probe("see the nodes' statistics", "GET", "/_nodes/stats", None, "wrmsob"),
    Probe("add to the good stream", "POST", "/{good}/_create/{new}", DOCUMENT, "wo"),
    Probe("add to the rejected stream", "POST", "/{rejected}/_create/{new}", DOCUMENT, "w"),
    Probe(
        "overwrite a good document",
        "PUT",
        "/{index}/_doc/p-0000000001?if_seq_no=0&if_primary_term=1",
        DOCUMENT,
        "",
    ),
    Probe("update a good document", "POST", "/{index}/_update/p-0000000001", {"doc": {"a": 1}}, ""),
    Probe("delete a good document", "DELETE", "/{index}/_doc/none", None, ""),
    Probe("delete a rejected document", "DELETE", "/{rejected_index}/_doc/none", None, "o"),
    Probe("search the good stream", "POST", "/{good}/_search", SEARCH, "ro"),
    Probe("search the rejected stream", "POST", "/{rejected}/_search", SEARCH, "ro"),
    Probe("search the failure store", "POST", "/{good}::failures/_search", SEARCH, "ro"),
    Probe("count good documents", "GET", "/{good}/_count", None, "ro"),
    Probe("get a good document", "GET", "/{index}/_doc/p-0000000001", None, "ro"),
    Probe("open a point in time", "POST", "/{good}/_pit?keep_alive=1s", None, "ro"),
    Probe("see the mapping", "GET", "/{good}/_mapping", None, "wrsob"),
    Probe("change the mapping", "PUT", "/{good}/_mapping", {"properties": {}}, "s"),
    Probe("change the settings", "PUT", "/{good}/_settings", {"index.refresh_interval": "1s"}, "s"),
    Probe("refresh", "POST", "/{good}/_refresh", None, "sb"),
    Probe("roll over", "POST", "/{rejected}/_rollover?dry_run=true", None, "s"),
    Probe("see the indices' statistics", "GET", "/{good}/_stats", None, "msb"),
    Probe("see templates", "GET", "/_index_template/logs-amaie", None, "wrmsob"),
    Probe("simulate a template", "POST", "/_index_template/_simulate/logs-amaie", None, "s"),
    Probe("delete a template", "DELETE", "/_index_template/none-of-ours", None, "s"),
    Probe("search another index", "POST", "/other/_search", SEARCH, ""),
    Probe("write to another index", "POST", "/other/_doc", DOCUMENT, ""),
    Probe("create another index", "PUT", "/other-{new}", None, ""),
    Probe("delete another index", "DELETE", "/other", None, ""),
    Probe("write to another logs stream", "POST", "/logs-other-default/_doc", DOCUMENT, ""),
    Probe("change cluster settings", "PUT", "/_cluster/settings", {"persistent": SETTING}, ""),
    Probe("see the users", "GET", "/_security/user", None, ""),
    Probe("make an API key", "POST", "/_security/api_key", {"name": "probe"}, ""),
    Probe("make a pipeline", "PUT", "/_ingest/pipeline/none", {"processors": []}, ""),
    Probe("make a place for snapshots", "PUT", "/_snapshot/none", PLACE, "b"),
    Probe("make a snapshot", "PUT", "/_snapshot/none/one", None, "b"),
    Probe("restore a snapshot", "POST", "/_snapshot/none/one/_restore", None, "b"),
    Probe("stop a task", "POST", "/_tasks/_cancel?actions=none", None, ""),
    Probe("merge segments", "POST", "/{good}/_forcemerge?max_num_segments=8", None, "sb"),
    Probe("delete one of our indices", "DELETE", "/logs-amaie-none", None, "s"),
    Probe("delete Kibana's index", "DELETE", "/.kibana", None, ""),
]


@pytest.fixture(scope="module")
def places(prepared: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the names of two streams with a document each, and their backing indices."""
    lab = Lab(prepared, f"r{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("roles"))
    lab.ingest(lab.write("amaie-core.jsonl", [record(1), b"broken"]))
    indices = [lab.hits(stream)[0]["_index"] for stream in (lab.good, lab.rejected)]
    return {"good": lab.good, "rejected": lab.rejected, "index": indices[0], "rejected_index": indices[1]}


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_user_may_do_what_its_task_needs_and_nothing_else(
    prepared: Elasticsearch, places: dict[str, str], user: str, probe: Probe
) -> None:
    """403 for what is not its task; anything else for what is, since the request itself was understood."""
    path = probe.path.format(**places, new=uuid.uuid4().hex)
    response = prepared.client.request(probe.method, path, json=probe.body, auth=prepared.auth(user))
    allowed = user.removeprefix("amaie_")[0] in probe.may
    assert (response.status_code != FORBIDDEN) is allowed, (response.status_code, response.text[:300])
    if allowed and "none" not in path:
        assert response.is_success, response.text[:300]


@pytest.mark.parametrize("password", ["", "changeme", "elastic", "password", "amaie_writer"])
@pytest.mark.parametrize("user", ["elastic", *USERS])
def test_no_default_password_opens_anything(prepared: Elasticsearch, user: str, password: str) -> None:
    """Neither the built-in superuser nor one of ours has a password that people guess."""
    response = prepared.client.get("/_cluster/health", auth=(user, password))
    assert response.status_code == 401


def test_without_a_user_nothing_answers(prepared: Elasticsearch) -> None:
    """There is no anonymous access, and the refusal tells nothing."""
    response = prepared.client.get("/_search")
    assert response.status_code == 401
    assert "hits" not in json.loads(response.text)


def test_only_indices_of_the_stack_come_into_being_by_themselves(prepared: Elasticsearch) -> None:
    """Whoever may do more than our users cannot make an index by a slip of the pen either."""
    path = "/_nodes/settings?filter_path=nodes.*.settings.action.auto_create_index"
    answer = prepared.client.get(path, auth=prepared.auth("amaie_monitor")).json()
    (node,) = answer["nodes"].values()
    allowed = node["settings"]["action"]["auto_create_index"].split(",")
    assert "logs-amaie*" in allowed
    assert all(name.startswith(("logs-amaie", ".")) for name in allowed)
