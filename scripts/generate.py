"""Generate everything that must agree with the specs: rules, dashboards, routes, templates, runbooks.

Examples:
    python scripts/generate.py                  write every generated file
    python scripts/generate.py --only grafana   write the dashboards only
    python scripts/generate.py --check          change nothing; exit 1 if a file is stale, missing or orphan
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from generators import names
from generators.docs import tables
from generators.registry import GENERATORS
from generators.shared import output
from generators.spec import kpispec, logspec, scrapes, seed_words
from generators.spec.model import Model
from generators.spec.strict_yaml import Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0 if all is well, 1 if a spec or a generated file is not."""
    options = _parser().parse_args(arguments)
    try:
        model = load(options.root)
        files = render(model, options.only or GENERATORS)
        files |= {} if options.only else _readme(options.root, model)
    except SpecError as error:
        print(error, file=sys.stderr)
        print(f"{_count(len(error.problems), 'problem')}. Nothing was written.", file=sys.stderr)
        return 1
    if options.check:
        return _check(options.root, files)
    return _write(options.root, files, whole=not options.only)


def load(root: Path) -> Model:
    """Return the model of the specs below a root, or raise `SpecError` with the problems of all of them."""
    problems: list[Problem] = []

    def read(load: Callable[[Path, str], T], source: str) -> T | None:
        try:
            return load(root / source, source)
        except SpecError as error:
            problems.extend(error.problems)
            return None

    kpis = read(kpispec.load, names.KPIS)
    logs = read(logspec.load, names.LOGS)
    scraped = read(scrapes.read, names.COMPOSE)
    if kpis is None or logs is None or scraped is None:
        raise SpecError(problems)
    return Model(kpis, logs, scraped, seed_words.read(root / seed_words.FOLDER))


def render(model: Model, wanted: Iterable[str] = GENERATORS) -> dict[str, str]:
    """Return path -> text of all files of the named generators."""
    files: dict[str, str] = {}
    for name in wanted:
        rendered = GENERATORS[name](model)
        if twice := sorted(files.keys() & rendered):
            raise RuntimeError(f"two generators write {twice[0]}; give one of them another path")
        files |= rendered
    return files


def _readme(root: Path, model: Model) -> dict[str, str]:
    """Return the README with its generated table, or nothing where a root has none."""
    try:
        text = (root / tables.README).read_text(encoding="utf-8")
        return {tables.README: output.embed(text, tables.BLOCK, tables.readme(model))}
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SpecError([Problem(tables.README, 1, "", str(error))]) from error


def _parser() -> argparse.ArgumentParser:
    summary, _, examples = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the files on disk and change nothing"
    )
    parser.add_argument("--only", nargs="+", choices=GENERATORS, metavar="TOOL", help=", ".join(GENERATORS))
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="folder with spec/ and compose/ (this repository)"
    )
    return parser


def _check(root: Path, files: dict[str, str]) -> int:
    wrong = output.differences(root, files)
    for path, text in wrong.items():
        print(f"{path}: {text}", file=sys.stderr)
    if wrong:
        print('Run "make generate" and commit the result.', file=sys.stderr)
        return 1
    print(f"{_count(len(files), 'generated file')} up to date.")
    return 0


def _write(root: Path, files: dict[str, str], *, whole: bool) -> int:
    written = output.write(root, files)
    removed = output.remove_orphans(root, files) if whole else []
    for path in written:
        print(f"wrote {path}")
    for path in removed:
        print(f"removed {path}: no generator writes it any more")
    print(f"{_count(len(files), 'generated file')}: {len(written)} written, {len(removed)} removed.")
    return 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
