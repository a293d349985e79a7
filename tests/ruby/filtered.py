"""What Logstash's filter makes of lines, run under JRuby without Logstash."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from amaie_ingest.forward import Frames
from amaie_ingest.judge import Source
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
    """Return for each line of a file what the filter makes of it: the events' stream, id and document."""
    text = "\n".join(packed(lines, source)) + "\n"
    answers = jruby.run(JUDGE, SCRIPT, CONTRACT, text=text).split("\n")
    return [exact(answer) for answer in answers if answer]


def packed(lines: Iterable[bytes], source: str) -> list[str]:
    """Return lines as the shipper packs them, in base64; the n-th stands at the offset n of `PLACE`."""
    frames, place = Frames(contract.load()), Source(source, PLACE)
    bodies = (frames.judge(line, place, number).body for number, line in enumerate(lines))
    return [base64.b64encode(one).decode() for one in bodies]
