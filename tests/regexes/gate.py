"""Prove that no regular expression of the project backtracks more than linearly; exit 1 names those that do.

The judge is recheck, an independent prover. It answers for a search anywhere in a text, and shows the text
that would be slow. Answers are kept below `.cache/`, so that only new patterns take time.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "regexes"
LOCK = HERE / "package-lock.json"
sys.path[:0] = [str(ROOT / folder) for folder in ("src", "scripts", "tests")]

from regexes import counted, javascript, patterns  # noqa: E402 (the path comes first)

PROCESSES = 2


def main() -> int:
    """Check every pattern; return 0 if all are linear, 1 if not, 2 if that could not be found out."""
    found, unseen = patterns.python()
    found += patterns.ruby()
    try:
        answers = judged(found)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"The prover could not run: {error}. Cure: make test-tools", file=sys.stderr)
        return 2
    bad = [
        (pattern, answer)
        for pattern, answer in zip(found, answers, strict=True)
        if answer["status"] != "safe" and not _counted(pattern)
    ]
    for pattern, answer in bad:
        print(
            f"{pattern.place}: {answer['complexity']}: {pattern.source}\n    slow: {answer['attack'][:200]}"
        )
    for place in unseen:
        print(f"{place.place}: this pattern is put together at run time: compile it at the top of its module")
    proofs = sum(answer["checker"] == "automaton" for answer in answers)
    print(
        f"{len(found)} regular expressions: {len(found) - len(bad)} linear ({proofs} by proof, the others by "
        f"recheck's search for slow texts), {len(bad)} not, {len(unseen)} unreadable."
    )
    return 1 if bad or unseen else 0


def _counted(pattern: patterns.Pattern) -> bool:
    """Return whether a pattern costs so little at each place that the prover is mistaken."""
    if pattern.ruby:
        return False
    cost = counted.steps(pattern.source, pattern.flags)
    return cost is not None and cost <= counted.MOST


def judged(found: list[patterns.Pattern]) -> list[dict[str, Any]]:
    """Return the prover's answer for each pattern: status, checker, complexity, attack."""
    CACHE.mkdir(parents=True, exist_ok=True)
    asked: dict[Path, str] = {}
    kept = []
    for pattern in found:
        source = javascript.from_ruby(pattern.source) if pattern.ruby else pattern.source
        script, flags = javascript.translated(source, pattern.flags)
        script = f"^(?:{script})" if pattern.anchored else script
        question = json.dumps({"source": script, "flags": flags})
        name = hashlib.sha256(LOCK.read_bytes() + question.encode()).hexdigest()[:32]
        kept.append(CACHE / f"{name}.json")
        if not kept[-1].exists():
            asked[kept[-1]] = question
    if asked:
        prover = installed()
        parts = [list(asked.items())[start::PROCESSES] for start in range(PROCESSES)]
        with ThreadPoolExecutor(PROCESSES) as pool:
            list(pool.map(lambda part: _ask(prover, dict(part)), parts))
    return [json.loads(path.read_text("utf-8")) for path in kept]


def installed() -> Path:
    """Return the folder in which npm has installed what the lock file names."""
    folder = CACHE / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    if not (folder / "node_modules" / ".package-lock.json").exists():
        if not shutil.which("npm"):
            raise OSError("npm is missing")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
            cwd=folder,
            check=True,
            timeout=300,
        )
    shutil.copy(HERE / "check.mjs", folder)
    return folder


def _ask(prover: Path, questions: dict[Path, str]) -> None:
    process = subprocess.run(
        ["node", "check.mjs"],
        cwd=prover,
        input="\n".join(questions.values()),
        capture_output=True,
        text=True,
        check=True,
        timeout=1800,
    )
    for path, answer in zip(questions, process.stdout.splitlines(), strict=True):
        path.write_text(answer, "utf-8")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ValueError, re.error) as error:
        print(f"A pattern cannot be judged: {error}", file=sys.stderr)
        sys.exit(2)
