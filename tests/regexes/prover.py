"""Asks recheck, an independent prover, whether regular expressions backtrack more than linearly."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, TypedDict

from regexes import javascript

if TYPE_CHECKING:
    from regexes.patterns import Pattern
    from regexes.tried import Pieces

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "regexes"
LOCK = HERE / "package-lock.json"
PROCESSES = 2


class Answer(TypedDict):
    """What the prover said.

    Attributes:
        status: "safe", "vulnerable", or "unknown" where the time did not suffice.
        checker: "automaton" proves; "fuzz" searches for slow texts.
        complexity: In the prover's words.
        attack: A text that it takes for slow.
        growth: With which power of that text's length the time grows on the engine that runs the pattern.
    """

    status: str
    checker: str
    complexity: str
    attack: NotRequired[Pieces]
    growth: NotRequired[float]


def key(pattern: Pattern) -> str:
    """Return the name of the question that a pattern is to the prover's present version."""
    return hashlib.sha256(LOCK.read_bytes() + _question(pattern).encode()).hexdigest()[:32]


def asked(new: dict[str, Pattern]) -> dict[str, Answer]:
    """Return the prover's answer for each pattern.

    Raises:
        OSError: Node.js is missing.
        subprocess.SubprocessError: npm or the prover failed.
    """
    questions = [(name, _question(pattern)) for name, pattern in new.items()]
    if not questions:
        return {}
    prover = _installed()
    parts = [dict(questions[start::PROCESSES]) for start in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        answers = pool.map(lambda part: _ask(prover, part), parts)
        return {name: answer for part in answers for name, answer in part.items()}


def _question(pattern: Pattern) -> str:
    source = javascript.from_ruby(pattern.source) if pattern.ruby else pattern.source
    script, flags = javascript.translated(source, pattern.flags)
    return json.dumps({"source": f"^(?:{script})" if pattern.anchored else script, "flags": flags})


def _installed() -> Path:
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


def _ask(prover: Path, questions: dict[str, str]) -> dict[str, Answer]:
    process = subprocess.run(
        ["node", "check.mjs"],
        cwd=prover,
        input="\n".join(questions.values()),
        capture_output=True,
        text=True,
        check=True,
        timeout=1800,
    )
    return dict(zip(questions, map(json.loads, process.stdout.splitlines()), strict=True))
