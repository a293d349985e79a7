"""Logstash's filter costs little on ordinary lines: it takes its thorough ways where there is a reason only.

Steps are counted, not seconds: `make bench-ingest` says how long they take.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.bench_ingest import lines
from ruby import filtered, jruby

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRIPT = jruby.ROOT / "tests" / "ruby" / "steps.rb"
KEY = "a8Xk2mQ9vL4nB7cR1tY6wZ3pD5sF0gH2"


def _steps(given: Iterable[bytes]) -> dict[str, int]:
    text = filtered.encoded(given)
    counts: dict[str, int] = json.loads(jruby.run(SCRIPT, filtered.SCRIPT, filtered.CONTRACT, text=text))
    return counts


def _changed(line: bytes, **fields: object) -> bytes:
    return json.dumps({**json.loads(line), **fields}).encode()


def test_a_line_of_our_library_takes_no_thorough_way() -> None:
    """Read once, in no other names, no text searched; the numbers in it may have any number of digits."""
    assert _steps(lines(200)) == {"careful": 0, "adopted": 0, "all": 0, "judged": 0}


def test_what_is_odd_takes_the_thorough_way_alone() -> None:
    """One of each kind among 200: an escape, another's names, a word that may be a secret's, a new name."""
    some = lines(204)
    some[10] = _changed(some[10], message='a "quoted" word')
    some[20] = b'{"msg":"hello","level":"info"}'
    some[30] = _changed(some[30], message=f"token {KEY} taken")
    some[40] = _changed(some[40], extra={"colour": "red"})
    steps = _steps(some)
    assert (steps["careful"], steps["adopted"]) == (1, 1)
    assert steps["all"] >= 1
    assert 1 <= steps["judged"] <= 5
