"""The sender's answers to what Elasticsearch answers: each document arrives, or it is said why not.

The answers are scripted as Elasticsearch documents them: a healthy one gives few of them.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from amaie_ingest import bulk, client
from amaie_ingest.bulk import Counts, Operation, Sender
from amaie_ingest.errors import IngestError
from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Answer = tuple[int, Any]
CREATED = {"create": {"status": 201}}


class Server(Served):
    """Answers bulk requests as it is told, one answer each, then takes everything; remembers documents."""

    def __init__(self) -> None:
        """Be ready."""
        self.answers: list[Callable[[int], Answer]] = []
        self.requests: list[list[tuple[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).split(b"\n")
                actions = [json.loads(line)["create"] for line in body[:-1:2] if line]
                server.requests.append([(one["_index"], one["_id"]) for one in actions])
                answer = server.answers.pop(0) if server.answers else items(CREATED)
                status, value = answer(len(actions))
                self.send_response(status)
                self.send_header("X-Elastic-Product", "Elasticsearch")
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(value).encode())

            do_POST = do_PUT  # noqa: N815 (a name of the base class)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        super().__init__(listening(Handler))


def items(*kinds: dict[str, Any]) -> Callable[[int], Answer]:
    """Return an answer with these results, the last one for all further documents."""
    return lambda number: (
        200,
        {"errors": True, "items": [kinds[min(n, len(kinds) - 1)] for n in range(number)]},
    )


def whole(status: int) -> Callable[[int], Answer]:
    """Return the refusal of a whole request."""
    return lambda _: (status, {"error": {"type": "some_exception"}, "status": status})


def failed(status: int, kind: str) -> dict[str, Any]:
    """Return the result of one document that did not arrive."""
    return {"create": {"status": status, "error": {"type": kind}}}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Yield a running server; nobody waits long between two attempts."""
    monkeypatch.setattr(bulk, "FIRST_WAIT", 0.001)
    with Server() as running:
        yield running


@pytest.fixture
def login(server: Server, tmp_path: Path) -> client.Login:
    """Return a login at that server."""
    secret = tmp_path / "password"
    secret.write_text("a-password")
    return client.Login(server.url, "amaie_writer", secret)


def _refused(operation: Operation, reason: str, detail: str) -> Operation:
    return Operation("rejected", operation.id, f'{{"detail":"{detail}"}}'.encode(), reason)


def _sender(
    login: client.Login, give_up_after: float | None = None, on_retry: Any = lambda _: None
) -> Sender:
    return Sender(client.connect(login), login, _refused, give_up_after=give_up_after, on_retry=on_retry)


def _operations(number: int, reason: str = "") -> list[Operation]:
    return [Operation("rejected" if reason else "good", f"p-{n}", b"{}", reason) for n in range(number)]


def test_what_is_there_already_counts_as_arrived(server: Server, login: client.Login) -> None:
    """A record that was sent before a crash is the same record."""
    server.answers = [items(CREATED, failed(409, "version_conflict_engine_exception"))]
    assert _sender(login).send(_operations(3)) == Counts(indexed=3, doubles=2)
    assert len(server.requests) == 1


def test_what_went_to_the_failure_store_is_counted(server: Server, login: client.Login) -> None:
    """On the official image Elasticsearch itself keeps what it cannot index."""
    server.answers = [items(CREATED, {"create": {"status": 201, "failure_store": "used"}})]
    assert _sender(login).send(_operations(3)) == Counts(indexed=3, failure_store=2)


@pytest.mark.parametrize("status", [429, 503, 500])
def test_only_documents_that_did_not_arrive_are_sent_again(
    server: Server, login: client.Login, status: int
) -> None:
    """One busy shard does not make the others' documents travel twice."""
    told: list[str] = []
    server.answers = [items(CREATED, failed(status, "busy"), CREATED)]
    counts = _sender(login, on_retry=told.append).send(_operations(3))
    assert (counts, told) == (Counts(indexed=3, retries=1), [f"HTTP {status} for single documents"])
    assert server.requests[1] == [("good", "p-1")]


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_request_that_is_refused_as_a_whole_is_sent_again(
    server: Server, login: client.Login, status: int
) -> None:
    """As often as it takes."""
    told: list[str] = []
    server.answers = [whole(status)] * 3
    counts = _sender(login, on_retry=told.append).send(_operations(2))
    assert (counts, told) == (Counts(indexed=2, retries=3), [f"HTTP {status}"] * 3)


def test_a_stream_that_is_not_there_yet_is_waited_for(server: Server, login: client.Login) -> None:
    """Before the setup has run, nothing is lost, and the container's log names the cure."""
    told: list[str] = []
    server.answers = [items(failed(404, "index_not_found_exception"))]
    counts = _sender(login, on_retry=told.append).send(_operations(1))
    assert counts == Counts(indexed=1, retries=1)
    assert told == ["good is no data stream yet: run amaie_ingest elasticsearch-setup"]


def test_a_document_that_is_refused_goes_to_the_rejected_stream(server: Server, login: client.Login) -> None:
    """Under the same id, with what Elasticsearch said; the others are not held up."""
    server.answers = [items(CREATED, failed(400, "document_parsing_exception"), CREATED)]
    assert _sender(login).send(_operations(3)) == Counts(indexed=2, rejected={"refused": 1})
    assert server.requests[1] == [("rejected", "p-1")]


def test_a_body_that_is_too_large_is_sent_in_halves(server: Server, login: client.Login) -> None:
    """Down to single documents; one that is too large by itself is rejected."""
    server.answers = [whole(413), whole(413), whole(413), items(CREATED)]
    assert _sender(login).send(_operations(4)) == Counts(indexed=3, rejected={"too_large": 1})
    sent = Counter(document for request in server.requests for document in request)
    assert set(sent) == {("good", f"p-{n}") for n in range(4)} | {("rejected", "p-0")}
    assert [len(request) for request in server.requests] == [4, 2, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (items(failed(400, "document_parsing_exception")), "document_parsing_exception"),
        (whole(413), "too_large"),
    ],
)
def test_a_rejected_document_that_is_refused_stops_the_shipper(
    server: Server, login: client.Login, answer: Callable[[int], Answer], what: str
) -> None:
    """There is no further place for it, so a person must look."""
    server.answers = [answer]
    with pytest.raises(IngestError) as raised:
        _sender(login).send(_operations(1, "invalid_json"))
    assert str(raised.value) == (
        f"Elasticsearch refuses a rejected document ({what}, id p-0); "
        "run python -m elasticsearch-setup: its index template is missing or old"
    )


def test_another_refusal_of_a_whole_request_is_said(server: Server, login: client.Login) -> None:
    """Sending it again would not help."""
    server.answers = [whole(400)]
    with pytest.raises(IngestError) as raised:
        _sender(login).send(_operations(1))
    assert str(raised.value) == f"Elasticsearch at {server.url} answered 400: some_exception"


def test_a_one_time_run_gives_up_when_nothing_moves(server: Server, login: client.Login) -> None:
    """In one sentence, with what was the matter; the next run goes on."""
    server.answers = [whole(503)] * 5
    with pytest.raises(IngestError) as raised:
        _sender(login, give_up_after=0.0).send(_operations(1))
    assert str(raised.value) == (
        f"Elasticsearch at {server.url} took nothing for 0 s (HTTP 503); "
        "nothing is lost: run again when it is well"
    )


class Impatient(threading.Event):
    """Notes how long it should wait, and does not."""

    def __init__(self) -> None:
        """Start with no pause."""
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Note the pause."""
        self.pauses.append(timeout or 0.0)
        return False


def test_attempts_are_further_and_further_apart_until_something_arrives(
    server: Server, login: client.Login
) -> None:
    """Every pause is about twice the one before; the first document that is taken ends the trouble."""
    server.answers = [*[whole(503)] * 5, items(CREATED, failed(429, "busy")), whole(503)]
    calm = Impatient()
    Sender(client.connect(login), login, _refused, give_up_after=None, stop=calm).send(_operations(2))
    longest = [bulk.FIRST_WAIT * 2**attempt for attempt in (0, 1, 2, 3, 4, 0, 1)]
    assert len(calm.pauses) == len(longest)
    for pause, most in zip(calm.pauses, longest, strict=True):
        assert most / 2 <= pause <= most


def test_pauses_grow_to_ten_seconds_and_are_never_the_same_for_all() -> None:
    """A server in trouble is not knocked at in step."""
    for attempt, longest in enumerate([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]):
        pauses = {bulk.pause(attempt) for _ in range(50)}
        assert len(pauses) > 1
        assert longest / 2 <= min(pauses) <= max(pauses) <= longest
