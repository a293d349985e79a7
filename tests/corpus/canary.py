"""A planted secret and the ways in which it may reach the pipeline: as lines of a log file."""

from __future__ import annotations

import json

CANARY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)
PEM = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n{CANARY}\n-----END PRIVATE KEY-----"
FILLER = "x " * 200_000
RECORD = {
    "timestamp": "2025-07-30T14:30:01.000001Z",
    "level": "INFO",
    "service": "amaie-trader",
    "module": "execution.engine",
    "message": "Order 1 placed successfully",
    "event_id": None,
}


def _line(**fields: object) -> bytes:
    return json.dumps({**RECORD, **fields}).encode()


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
"""What must be found nowhere: the secrets, and pieces of them."""
