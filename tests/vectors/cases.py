"""Reads the vectors: a line, and the exact document that it must become, or its rejection.

One JSON object a line in `*.jsonl`:

    name      what it shows, as a sentence
    line      the line: a text, {"base64": …} or {"parts": […]}
    good      the document in the good stream, or
    rejected  the document in the rejected stream (its `@timestamp` is the time of the rejection), or
    nothing   true if the line is no event

Long texts are built from parts: {"times": n, "of": "x"} repeats, {"count": n, "of": "#"} counts from 0.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
UNPARSED = ("invalid_utf8", "invalid_json", "too_deep", "too_large")


@dataclass(frozen=True)
class Case:
    """One vector."""

    file: str
    name: str
    line: bytes
    stream: str | None
    document: dict[str, Any]


def load() -> list[Case]:
    """Return all vectors."""
    return [
        _case(path.stem, json.loads(line))
        for path in sorted(FOLDER.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if line
    ]


def exact(text: str | bytes) -> Any:
    """Return a JSON value with its fractions as they are written."""
    return json.loads(text, parse_float=Decimal, parse_constant=_no_number)


def same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal, to the last digit and without taking true for 1."""
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, str) == isinstance(other, str) and bool(one == other)


def comparable(document: dict[str, Any], *, good: bool) -> dict[str, Any]:
    """Return a document as it is compared.

    The time of a good one gets nine digits, that of a rejection is left out; a rejected record that is JSON
    is compared as a value, since there are several ways to write a number.
    """
    rest = {key: value for key, value in document.items() if key != "@timestamp"}
    if not good:
        return rest if document["reason"] in UNPARSED else rest | {"record": exact(document["record"])}
    second, _, fraction = document["@timestamp"].removesuffix("Z").partition(".")
    return rest | {"@timestamp": f"{second}.{fraction:0<9}Z"}


def _no_number(text: str) -> None:
    raise ValueError(text)


def _case(file: str, raw: dict[str, Any]) -> Case:
    line = raw["line"]
    data = base64.b64decode(line["base64"]) if _is(line, "base64") else _text(line).encode()
    if raw.get("nothing"):
        return Case(file, raw["name"], data, None, {})
    stream = "good" if "good" in raw else "rejected"
    document = raw[stream]
    document = exact(_text(document)) if _is(document, "parts") else exact(json.dumps(document))
    if _is(document.get("record"), "parts"):
        document["record"] = _text(document["record"])
    return Case(file, raw["name"], data, stream, document)


def _is(value: Any, key: str) -> bool:
    return isinstance(value, dict) and key in value


def _text(value: str | dict[str, Any]) -> str:
    return value if isinstance(value, str) else "".join(map(_part, value["parts"]))


def _part(part: str | dict[str, Any]) -> str:
    if isinstance(part, str):
        return part
    if "times" in part:
        return str(part["of"]) * int(part["times"])
    texts = [str(part["of"]).replace("#", str(number)) for number in range(part["count"])]
    return str(part["between"]).join(texts)
