"""The images run what they promise, with the users of production."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from operate import passwords, pins

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.containers import Elasticsearch, Prometheus, Tool

pytestmark = pytest.mark.integration


def test_promtool_and_amtool_are_those_of_the_stack(promtool: Tool, amtool: Tool) -> None:
    """Both tools run in the image of the server and are of the major version that the stack promises."""
    prometheus = re.search(r"version (\d+)\.", promtool("--version").stdout)
    assert prometheus is not None
    assert prometheus[1] == "3"
    said = amtool("--version")
    assert "amtool, version 0.33." in said.stdout + said.stderr


def test_a_prometheus_starts_on_a_given_folder(prometheus: Callable[..., Prometheus], tmp_path: Path) -> None:
    """The factory starts the stack's Prometheus with the given configuration and flags."""
    tmp_path.chmod(0o755)
    (tmp_path / "own.yml").write_text("global: {scrape_interval: 7s}\n")
    started = prometheus(tmp_path, "--web.enable-lifecycle", config="own.yml")
    assert "scrape_interval: 7s" in httpx.get(f"{started.url}/api/v1/status/config").json()["data"]["yaml"]


def test_every_generated_user_can_sign_in_to_elasticsearch(elasticsearch: Elasticsearch) -> None:
    """The hashes that the host writes are accepted, and each user has exactly its roles."""
    for user, roles in passwords.ELASTICSEARCH_USERS.items():
        answer = elasticsearch.client.get("/_security/_authenticate", auth=elasticsearch.auth(user))
        assert answer.status_code == 200, user
        assert sorted(answer.json()["roles"]) == sorted(roles)


@pytest.mark.parametrize(
    "auth",
    [None, ("elastic", "changeme"), ("elastic", ""), ("amaie_writer", ""), ("amaie_writer", "amaie_writer")],
)
def test_elasticsearch_refuses_whoever_has_no_generated_password(
    elasticsearch: Elasticsearch, auth: tuple[str, str] | None
) -> None:
    """Neither nobody, nor a default password, nor an empty one gets an answer."""
    assert elasticsearch.client.get("/_cluster/health", auth=auth).status_code == 401


def test_elasticsearch_is_of_the_pinned_version(elasticsearch: Elasticsearch) -> None:
    """The server's own version is the tag in compose/images.env."""
    nodes = elasticsearch.client.get("/_nodes/http", auth=elasticsearch.auth("amaie_monitor")).json()
    versions = {node["version"] for node in nodes["nodes"].values()}
    assert versions == {pins.elastic_version(pins.read())}
