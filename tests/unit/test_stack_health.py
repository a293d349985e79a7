"""The words of the final table, and the sentence for whatever is not well."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from rich.console import Console

from operate import health
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.health import Row


class FakeStack(Stack):
    """A stack whose containers are given; Compose is not asked."""

    given: list[list[dict[str, Any]]]

    def containers(self) -> list[dict[str, Any]]:
        """Return the next given state; the last one stays."""
        return self.given.pop(0) if len(self.given) > 1 else self.given[0]

    def config(self) -> dict[str, Any]:
        """Return the services of the given containers."""
        return {"services": {one["Service"]: {} for one in self.given[-1]}}

    def run(self, *arguments: str) -> str:
        """Return the last words of a service."""
        return f"first\n{arguments[-1]}: cannot open /x\n" if arguments[0] == "logs" else ""


def stack(*states: list[dict[str, Any]]) -> FakeStack:
    """Return a stack that goes through the given states."""
    made = FakeStack("amaie", "packages")
    object.__setattr__(made, "given", list(states))
    return made


def container(service: str, state: str, health_word: str = "", code: int = 0) -> dict[str, Any]:
    """Return what Compose tells of one container."""
    return {"Service": service, "State": state, "Health": health_word, "ExitCode": code}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (container("a", "running", "healthy"), "healthy"),
        (container("a", "running", "starting"), "starting"),
        (container("a", "running", "unhealthy"), "unhealthy"),
        (container("a", "running"), "running"),
        (container("a", "exited", code=0), "done"),
        (container("a", "exited", code=137), "failed"),
        (container("a", "restarting"), "failed"),
        (container("a", "created"), "starting"),
        (container("a", "paused"), "paused"),
    ],
)
def test_a_container_has_one_word_for_its_state(one: dict[str, Any], expected: str) -> None:
    """The table knows few words, and each has one meaning."""
    assert health.state_of(one) == expected


def test_waiting_ends_when_all_is_healthy_or_done() -> None:
    """A one-shot service that ended well counts as well."""
    waiting = stack(
        [container("prometheus", "running", "starting"), container("setup", "running")],
        [container("prometheus", "running", "healthy"), container("setup", "exited")],
    )
    told: list[str] = []
    found = health.wait(waiting, told.append)
    assert [(row.service, row.state) for row in found] == [("prometheus", "healthy"), ("setup", "done")]
    assert told == ["waiting for prometheus, setup"]


def test_a_failed_service_ends_the_waiting_with_its_last_words() -> None:
    """The operator sees at once what the service said and where to read the rest."""
    with pytest.raises(StackError) as caught:
        health.wait(stack([container("ingest", "restarting", code=1)]), lambda _text: None)
    assert str(caught.value) == (
        "ingest has failed; it said last: ingest: cannot open /x; "
        "cure: docker logs amaie-ingest-1 shows the rest, make down stops everything"
    )


def test_a_service_may_be_unhealthy_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the shipper is while Logstash is replaced; after it, its last words are told."""
    clock = iter(range(0, 1000, 40))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    ill, well = [container("ingest", "running", "unhealthy")], [container("ingest", "running", "healthy")]
    (row,) = health.wait(stack(ill, ill, well), lambda _text: None)
    assert row.state == "healthy"
    # Well in between, it has a minute again.
    starting = [container("ingest", "running", "starting")]
    assert health.wait(stack(ill, ill, starting, ill, ill, well), lambda _text: None)
    with pytest.raises(StackError, match=r"^ingest is unhealthy; it said last: ingest: cannot open /x; "):
        health.wait(stack(ill, ill, ill), lambda _text: None)


def test_time_runs_out_for_what_never_gets_healthy() -> None:
    """Every service that is still starting is named."""
    slow = stack([container("a", "running", "starting"), container("b", "running", "starting")])
    with pytest.raises(StackError) as caught:
        health.wait(slow, lambda _text: None, seconds=0)
    assert [problem.split(";")[0] for problem in caught.value.problems] == [
        "a is still starting",
        "b is still starting",
    ]


def test_what_was_left_out_is_told_below_the_table() -> None:
    """The reason stands once, not in every line."""
    written = io.StringIO()
    rows = [
        Row("prometheus", "healthy", "http://127.0.0.1:9090"),
        Row("grafana", "left out"),
        Row("kibana", "left out"),
    ]
    health.print_table(rows, Console(file=written))
    lines = written.getvalue().splitlines()
    assert lines[0].split() == ["SERVICE", "STATE", "OPEN", "USER", "PASSWORD", "IN"]
    assert lines[1].split() == ["prometheus", "healthy", "http://127.0.0.1:9090"]
    assert lines[-1] == (
        "Left out: grafana, kibana: no package registry has them; "
        "where an image registry answers, IMAGES=official starts them."
    )


def test_a_service_without_container_is_stopped_and_one_without_image_left_out() -> None:
    """Both are told apart: one can be started, the other cannot be had."""
    one = stack([])
    object.__setattr__(one, "config", lambda: {"services": {"prometheus": {}}})
    assert [(row.service, row.state) for row in health.rows(one)] == [
        ("grafana", "left out"),
        ("prometheus", "stopped"),
        ("kibana", "left out"),
        ("logstash", "left out"),
    ]
