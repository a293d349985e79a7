"""How many secrets of the outside corpora are masked, how many look-alikes changed: counts and their table.

Run it to write docs/redaction-recall.md anew: python tests/corpus/outside/measured.py
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).parents[3]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / folder) for folder in ("src", "scripts", "tests")]

from amaie_telemetry import contract
from amaie_telemetry.encode import Encoder
from amaie_telemetry.redact import Redactor
from amaie_telemetry.snapshot import frozen_extra, frozen_message
from corpus.outside import carriers, lookalikes, people, seeds, vendors
from corpus.outside.case import Case, leaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SECRETS = {"vendors": vendors, "people": people, "seeds": seeds, "carriers": carriers}
PAGE = ROOT / "docs" / "redaction-recall.md"
HEAD = """# What redaction finds

Measured on cases that others made; `tests/corpus/outside/` says who, and under which licence. A secret counts
as missed if a third of it, and six characters at least, are left. `make recall` writes this page anew, and a
test holds it against what the library does.

"""


class Found(NamedTuple):
    """The outcome of one corpus: cases and wrong ones, by source and rule."""

    cases: Counter[tuple[str, str]]
    wrong: Counter[tuple[str, str]]
    examples: list[tuple[Case, str]]

    @property
    def share(self) -> float:
        """The share of cases that went wrong, 0 to 1."""
        return self.wrong.total() / self.cases.total()


def library() -> Callable[[Case], dict[str, Any]]:
    """Return what makes a case's record with the library's own encoder."""
    rules = contract.load()
    encoder = Encoder("amaie-core", "p" * 24, Redactor(rules), rules)

    def written(case: Case) -> dict[str, Any]:
        message, args = frozen_message(case.message, ())
        extra = frozen_extra(case.extra) if case.extra else None
        line = encoder.line((20, 1_753_885_800_123_456_789, "m", message, args, extra, None, None, None, 1))
        record: dict[str, Any] = json.loads(line)
        return record

    return written


def measured(cases: Iterable[Case], write: Callable[[Case], dict[str, Any]]) -> Found:
    """Return what a writer does with cases: what it leaks of a secret, what it changes of all else."""
    mask = contract.load().redaction.mask
    found = Found(Counter(), Counter(), [])
    for case in cases:
        record = write(case)
        left = {key: value for key, value in record.items() if key not in lookalikes.AROUND}
        said = record["message"] + json.dumps(left, ensure_ascii=False)
        found.cases[case.source, case.rule] += 1
        changed = mask in said or record["message"] != case.message
        if leaks(case, said) if case.secret else changed:
            found.wrong[case.source, case.rule] += 1
            found.examples.append((case, said))
    return found


def page() -> str:
    """Return the page with the tables."""
    write = library()
    parts = [HEAD, "## Secrets\n"]
    for name, corpus in SECRETS.items():
        found = measured(corpus.cases(), write)
        parts += [f"\n### {name.capitalize()}: {1 - found.share:.1%} of {found.cases.total():,}\n\n"]
        parts += [
            "| source | rule | cases | missed | recall |\n|---|---|---:|---:|---:|\n",
            *_rows(found, whole=True),
        ]
    found = measured(lookalikes.cases(), write)
    parts += [f"\n## Look-alikes: {found.share:.2%} of {found.cases.total():,} changed\n\n"]
    parts += [
        "| source | what | cases | changed | share |\n|---|---|---:|---:|---:|\n",
        *_rows(found, whole=False),
    ]
    return "".join(parts)


def _rows(found: Found, *, whole: bool) -> Iterable[str]:
    groups: dict[tuple[str, str], list[int]] = {}
    for (source, rule), cases in found.cases.items():
        group = (
            source,
            rule if whole and source in {"gitleaks", "betterleaks", "detect-secrets"} else rule.split()[0],
        )
        counts = groups.setdefault(group, [0, 0])
        counts[0] += cases
        counts[1] += found.wrong[source, rule]
    for (source, rule), (cases, wrong) in sorted(groups.items()):
        share = 1 - wrong / cases if whole else wrong / cases
        yield f"| {source} | {rule} | {cases:,} | {wrong:,} | {share:.1%} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}.")
