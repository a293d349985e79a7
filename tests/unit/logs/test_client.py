"""How the tools find a user's password."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import elasticsearch
import pytest

from amaie_ingest import client
from amaie_ingest.errors import IngestError
from operate import paths
from operate.passwords import password_file
from unit.logs.scripted import Scripted, always

if TYPE_CHECKING:
    from pathlib import Path


def test_a_password_is_found_in_a_container_and_on_the_operator_s_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where secrets are mounted they count; else those that `make up` has written."""
    mounted, written = tmp_path / "run", tmp_path / "compose"
    monkeypatch.setattr(client, "SECRETS", (mounted, written))
    name = password_file("amaie_operator")
    assert client.password_file("amaie_operator") == written / name
    mounted.mkdir()
    written.mkdir()
    assert client.password_file("amaie_operator") == mounted / name


def test_the_operator_s_machine_has_passwords_where_the_stack_writes_them() -> None:
    """So the commands of the documentation work as they stand there."""
    assert client.SECRETS[-1] == paths.SECRETS


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            None,
            (
                "cannot read the password file {path} (No such file or directory); "
                "name the right file with --password-file"
            ),
        ),
        (" \n", "the password file {path} is empty; write the password into it"),
    ],
)
def test_a_password_that_cannot_be_read_is_said_with_its_cure(
    tmp_path: Path, text: str | None, problem: str
) -> None:
    """In one sentence."""
    path = tmp_path / "password"
    if text is not None:
        path.write_text(text)
    with pytest.raises(IngestError) as raised:
        client.password(path)
    assert str(raised.value) == problem.format(path=path)


def test_a_node_that_does_not_answer_is_passed_over_at_once(tmp_path: Path) -> None:
    """Whoever runs is asked, and nothing is asked twice that was answered, were it with an error."""
    (tmp_path / "password").write_text("of this test")
    routes = {"GET /_cluster/health": always({"status": "green"}), "GET /_cat/x": always({}, 503)}
    with Scripted(routes) as first, Scripted(routes) as second:
        login = client.Login(
            f"{first.url},http://127.0.0.1:9,{second.url}", "somebody", tmp_path / "password"
        )
        asked = client.connect(login)
        for _ in range(20):
            assert asked.cluster.health().body == {"status": "green"}
        assert min(len(first.asked), len(second.asked)) >= 9
        with pytest.raises(elasticsearch.ApiError):
            asked.perform_request("GET", "/_cat/x", headers={"accept": "application/json"})
        assert len(first.asked) + len(second.asked) == 21


def test_an_answer_is_missed_only_if_no_node_gives_one(tmp_path: Path) -> None:
    """Then whoever asks decides how long to try."""
    (tmp_path / "password").write_text("of this test")
    gone = ",".join(f"http://127.0.0.1:{port}" for port in (9, 10, 11))
    asked = client.connect(client.Login(gone, "somebody", tmp_path / "password"))
    with pytest.raises(elasticsearch.ConnectionError) as raised:
        asked.cluster.health()
    assert len(raised.value.errors) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"n":1e400}', {"n": math.inf}),
        (b'{"n":[1180591620717411303424,1.5]}', {"n": [2**70, 1.5]}),
        (b'{"a":"b"}', {"a": "b"}),
    ],
)
def test_an_answer_with_a_number_beyond_a_double_can_be_read(text: bytes, value: object) -> None:
    """Unknown numbers are kept, however large: no audit and no replay may stumble over one."""
    assert client.value_of(text) == value
