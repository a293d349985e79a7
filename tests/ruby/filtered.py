"""What Logstash's filter makes of lines and of our shipper's documents, under JRuby without Logstash."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from amaie_ingest.bulk import Operation
from amaie_ingest.forward import enveloped
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from ruby import jruby
from vectors.cases import exact

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACE = "1:2:0"
JUDGE = jruby.ROOT / "tests" / "ruby" / "judge.rb"
SCRIPT = jruby.ROOT / "logstash" / "pipeline" / "contract.rb"
CONTRACT = jruby.ROOT / "logstash" / "generated" / "contract.json"


def judged(lines: Iterable[bytes], source: str) -> list[list[dict[str, Any]]]:
    """Return for each raw line of a client's file what the filter makes of it: stream, id and document."""
    return _answers(lines, source)


def handed(lines: Iterable[bytes], source: str) -> list[list[dict[str, Any]]]:
    """Return for each line what becomes of it if our shipper judges it and hands it over."""
    return _answers(envelopes(lines, source), "")


def envelopes(lines: Iterable[bytes], source: str) -> list[bytes]:
    """Return what the shipper sends of lines, the n-th at the offset n of `PLACE`."""
    judge, place = Judge(contract.load()), Source(source, PLACE)
    verdicts = (judge.judge(line, place, number) for number, line in enumerate(lines))
    return [enveloped(Operation("", one.id, one.body, one.reason)) for one in verdicts]


def identity(line: bytes, source: str) -> str:
    """Return the id of a raw line that brings none: by no file of ours it has no place."""
    return "line-" + hashlib.sha256(source.encode() + b"\0" + line).hexdigest()[:40]


def encoded(lines: Iterable[bytes]) -> str:
    """Return lines in base64, one a line."""
    return "".join(f"{base64.b64encode(line).decode()}\n" for line in lines)


def _answers(lines: Iterable[bytes], source: str) -> list[list[dict[str, Any]]]:
    answers = jruby.run(JUDGE, SCRIPT, CONTRACT, source, text=encoded(lines)).split("\n")
    return [exact(answer) for answer in answers if answer]
