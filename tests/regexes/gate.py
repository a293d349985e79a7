"""Has an independent prover found every regular expression of the project linear? Exit 1 names the others.

The judge is recheck. It answers for a search anywhere in a text, and shows the text that would be slow. Its
answers are kept in `answers.json`, so that a check takes seconds and depends on no other load of the machine:
`make proofs` asks about the patterns that are not there yet, `make regexes` (in `make check`) only reads.
Where recheck is not sure, two things overrule it: the steps of a bounded pattern, counted; and its own slow
text, tried on the engine that runs the pattern.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ANSWERS = HERE / "answers.json"
sys.path[:0] = [str(ROOT / folder) for folder in ("src", "scripts", "tests")]

from regexes import counted, patterns, prover, tried  # noqa: E402 (the path comes first)


def main(arguments: list[str] | None = None) -> int:
    """Check every pattern; return 0 if all are linear, 1 if not, 2 if that could not be found out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--ask", action="store_true", help="ask about new patterns and keep the answers")
    ask = parser.parse_args(arguments).ask
    found, unseen = patterns.python()
    found += patterns.ruby()
    known: dict[str, prover.Answer] = json.loads(ANSWERS.read_text("utf-8"))
    if ask:
        try:
            known = _asked(found, known)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"The prover could not run: {error}. Cure: make test-tools", file=sys.stderr)
            return 2
        ANSWERS.write_text(json.dumps(known, indent=0, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    whys = Counter[str]()
    findings = []
    for pattern in found:
        why, finding = judged(pattern, known.get(prover.key(pattern)))
        whys[why] += 1
        findings += [finding] if finding else []
    findings += [
        f"{place.place}: this pattern is put together at run time: compile it at the top of its module"
        for place in unseen
    ]
    print(*findings, sep="\n", end="\n" if findings else "")
    linear = ", ".join(f"{count} {why}" for why, count in sorted(whys.items()) if why)
    print(f"{len(found)} regular expressions, {len(findings)} findings; linear: {linear}.")
    return 1 if findings else 0


def judged(pattern: patterns.Pattern, answer: prover.Answer | None) -> tuple[str, str]:
    """Return by what a pattern is linear, and what is wrong with it; one of both is empty."""
    if answer is None:
        return "", f"{pattern.place}: not seen by the prover: {pattern.source}\n    cure: make proofs"
    if answer["status"] == "safe":
        return ("by proof" if answer["checker"] == "automaton" else "by search for slow texts"), ""
    if _counted(pattern):
        return "by count of steps", ""
    growth = answer.get("growth")
    if growth is not None and growth <= tried.MOST:
        return "by trial of the prover's slow text", ""
    slow = "".join(
        f"({piece!r} again and again)" if more else repr(piece) for piece, more in answer.get("attack", [])
    )
    grows = "" if growth is None else f", the time grows with the length to the power of {growth}"
    return "", f"{pattern.place}: {answer['complexity']}: {pattern.source}\n    slow: {slow[:200]}{grows}"


def _asked(found: list[patterns.Pattern], known: dict[str, prover.Answer]) -> dict[str, prover.Answer]:
    """Return the answers about all patterns: the old ones that are certain, and new ones."""
    sure = {name: answer for name, answer in known.items() if answer["status"] != "unknown"}
    by_key = {prover.key(pattern): pattern for pattern in found}
    answers = sure | prover.asked({name: pattern for name, pattern in by_key.items() if name not in sure})
    for name, pattern in by_key.items():
        answer = answers[name]
        if "attack" in answer and "growth" not in answer and not _counted(pattern):
            answer["growth"] = tried.exponent(pattern, answer["attack"])
    return {name: answers[name] for name in by_key}


def _counted(pattern: patterns.Pattern) -> bool:
    """Return whether a pattern costs so little at each place that the prover is mistaken."""
    if pattern.ruby:
        return False
    cost = counted.steps(pattern.source, pattern.flags)
    return cost is not None and cost <= counted.MOST


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ValueError, re.error) as error:
        print(f"A pattern cannot be judged: {error}", file=sys.stderr)
        sys.exit(2)
