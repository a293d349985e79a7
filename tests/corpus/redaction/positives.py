# ruff: noqa: S311, ARG001, RUF001 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Every class of secrets in every carrier: what a service may log, and what of it must not survive."""

from __future__ import annotations

import base64
import gzip
import json
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, make_dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from corpus.redaction.secrets_of import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20_250_730
ROUNDS = 3

Carrier = Callable[["Kind", str, str, random.Random], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """One call of a logger, the secrets in it, and the same call with another secret.

    What the outputs of both have in common is the carrier's, not the secret's.
    """

    id: str
    message: str
    secrets: tuple[str, ...]
    args: tuple[Any, ...] = ()
    extra: dict[str, Any] | None = None
    error: BaseException | None = None
    decoy: Case | None = None


def cases(seed: int = SEED) -> Iterator[Case]:
    """Yield all cases: classes, carriers, rounds."""
    for kind in KINDS:
        for carrier in CARRIERS:
            for turn in range(ROUNDS):
                name = f"{kind.name}/{carrier.__name__}/{turn}"
                decoy = _case(f"{seed}-{name}", kind, carrier, f"{seed}-other-{name}")
                yield replace(_case(f"{seed}-{name}", kind, carrier, f"{seed}-{name}"), id=name, decoy=decoy)


def _case(seed: str, kind: Kind, carrier: Carrier, secret_seed: str) -> Case:
    secret = kind.make(random.Random(secret_seed))
    rng = random.Random(seed)
    parts = carrier(kind, rng.choice(kind.labels), secret, rng)
    hidden = kind.hidden(secret)
    seen = (hidden, quote(hidden, safe=""), json.dumps(hidden)[1:-1], *parts.pop("also", ()))
    return Case("", parts.pop("message", "Connecting to exchange"), seen, **parts)


def message(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """Words around the secret."""
    forms = [f"{label}={secret}", f"{label}: {secret}", f'{label} = "{secret}"']
    if kind.bare:
        forms += [f"Using {secret} now", f"Login with {secret}"]
    return {"message": f"Connecting to exchange: {rng.choice(forms)}"}


def percent_args(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """An argument of the message."""
    form = rng.choice([f"request failed, {label}=%s", f"{label}: %s (attempt %d)", f"auth {label}=%r"])
    return {"message": form, "args": (secret, 2) if "%d" in form else (secret,)}


def extra(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A field of that name."""
    return {"extra": {label: secret, "attempt": 2}}


def extra_text(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A text in a field of another name."""
    return {"extra": {"detail": secret if kind.bare and rng.random() < 0.5 else f"{label}={secret}"}}


def nested(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A field deep inside."""
    return {"extra": {"config": {"exchange": {"name": "x", "auth_data": [{"enabled": True, label: secret}]}}}}


def key(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """The name of a field."""
    name = secret if kind.bare and not secret.isdigit() else f"{label}={secret}"
    return {"extra": {"active": {name: True}}}


def exception_text(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """The text of an exception."""
    return {"message": "Request failed", "error": ValueError(f"401 Unauthorized: {label}={secret}")}


def traceback_text(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A traceback that shows a chain of exceptions."""
    try:
        try:
            raise ConnectionError(f"refused for {label}: {secret}")  # noqa: TRY301
        except ConnectionError as cause:
            raise RuntimeError("order not sent") from cause
    except RuntimeError as error:
        return {"message": "Failed: " + "".join(traceback.format_exception(error)), "error": error}


def url(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A query of a request."""
    query = urlencode({"symbol": "BTCUSDT", label: secret, "timestamp": 1732435200123})
    return {"message": f"GET https://api.example.com/v3/order?{query} 200"}


def header_dict(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """The headers of a request, as text and as a dictionary."""
    headers = {"Accept": "*/*", label: secret, "User-Agent": "amaie"}
    return rng.choice([
        {"message": f"headers: {headers}"},
        {"extra": {"headers": headers}},
        {"message": "sent %s", "args": (list(headers.items()),)},
    ])  # fmt: skip


def dataclass_repr(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """The repr of an object that holds it, or the object."""
    name = label.replace("-", "_")
    made = make_dataclass("Credentials", [("venue", str), (name, str)])("binance", secret)
    return rng.choice(
        [
            {"message": f"loaded {made!r}"},
            {"message": "loaded %s", "args": (made,)},
            {"extra": {"using": made}},
        ]
    )


def json_text(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """JSON in a text."""
    body = json.dumps({"venue": "binance", label: secret, "n": 1})
    return {"message": rng.choice([body, f"response body: {body}"])}


def escaped_json(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """JSON in a text in JSON."""
    body = json.dumps({"data": json.dumps({label: secret, "n": 1})})
    return {"extra": {"payload": body}}


def yaml(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A configuration file."""
    return {"message": f"config:\n  venue: binance\n  {label}: {json.dumps(secret)}\n  retries: 3\n"}


def base64_text(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """Base64 of a text."""
    blob = base64.b64encode(f"venue=x;{label}={secret}".encode()).decode()
    return {"message": f"body {blob}", "also": (blob,)}


def gzip_text(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """Base64 of a compressed text."""
    blob = base64.b64encode(gzip.compress(json.dumps({label: secret}).encode(), mtime=0)).decode()
    return {"extra": {"blob": blob}, "also": (blob,)}


def url_encoded(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A form in a text, URL-encoded."""
    body = quote(json.dumps({label: secret}), safe="")
    return {"message": f"posted {body}"}


def look_alike(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """A name with letters of another alphabet in it, or invisible ones."""
    odd = label.replace("a", "а").replace("e", "е").replace("i", "і")
    if odd == label:
        odd = label[:2] + "\u200b" + label[2:]
    return {"message": f"{odd}={secret}"}


def list_item(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """An item of a list of texts, such as a command line."""
    return {"extra": {"argv": ["amaie", f"--{label}={secret}", "--dry-run"]}}


def line_break(kind: Kind, label: str, secret: str, rng: random.Random) -> dict[str, Any]:
    """Broken over two lines."""
    middle = len(secret) // 2
    return {"message": f"{label}={secret[:middle]}\n{secret[middle:]}\ndone"}


CARRIERS: tuple[Carrier, ...] = (
    message, percent_args, extra, extra_text, nested, key, exception_text, traceback_text, url, header_dict,
    dataclass_repr, json_text, escaped_json, yaml, base64_text, gzip_text, url_encoded, look_alike, list_item,
    line_break,
)  # fmt: skip
