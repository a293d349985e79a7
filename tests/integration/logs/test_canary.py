"""A planted secret is found nowhere behind the shipper, by whatever way it was sent."""

from __future__ import annotations

import json
import logging

import pytest

from amaie_telemetry import configure_logging, register_secret, shutdown
from integration.logs.lab import Lab, record

pytestmark = pytest.mark.integration

CANARY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)
PEM = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n{CANARY}\n-----END PRIVATE KEY-----"
FILLER = "x " * 200_000


def _line(**fields: object) -> bytes:
    return json.dumps({**record(1), "event_id": None, **fields}).encode()


WAYS = {
    "broken JSON": f'{{"level":"INFO","api_key":"{CANARY}", oops'.encode(),
    "a torn line": _line(api_secret=CANARY)[:-10],
    "invalid UTF-8": b'{"password":"' + CANARY.encode() + b'","x":"\xff"}',
    "an oversize line": _line(api_key=CANARY, filler=FILLER),
    "cut where the kept part ends": b"x " * 4075 + b'"secret": "' + CANARY.encode() + FILLER.encode(),
    "a type conflict": _line(price="n/a", api_secret=CANARY),
    "a missing field": json.dumps({"message": f"token={CANARY}", "password": CANARY}).encode(),
    "not an object": json.dumps([{"secret": CANARY}]).encode(),
    "nested": _line(request={"headers": [{"Authorization": f"Bearer {CANARY}"}], "n": {"apiKey": CANARY}}),
    "too deep": b'{"a":' * 600 + json.dumps({"password": CANARY}).encode() + b"}" * 600,
    "a header pair": _line(headers=[{"name": "X-MBX-APIKEY", "value": CANARY}]),
    "a message": _line(message=f"login failed: api_secret={CANARY} rejected"),
    "JSON in a message": _line(message=json.dumps({"passphrase": CANARY, "ok": True})),
    "a URL": _line(message=f"connecting to https://trader:{CANARY}@api.exchange.example/ws"),
    "a query": _line(message=f"GET https://api.exchange.example/v3/order?signature={CANARY}&x=1"),
    "a traceback": _line(exception_stacktrace=f'File "x.py"\n  connect(password="{CANARY}")\nValueError'),
    "a private key": _line(message=PEM),
    "a JWT as event id": _line(event_id=f"{JWT}"[:120]),
    "a JWT in an unknown field": _line(session=JWT),
    "a key of an object": _line(x={f"api_key={CANARY}": 1}),
}
PARTS = (CANARY, CANARY[:24], CANARY[-24:], JWT, JWT.rpartition(".")[2], "SflKxwRJSMeKKF2QT4")


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
