"""The only module that writes generated files: their mark, their text, their comparison with the disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.names import KPIS
from generators.shared.yaml_text import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FOLDER = "generated"
_MARK = b"by scripts/generate.py. Do not edit"
_NOT_OURS = {"__pycache__", "node_modules"}


def mark(source: str = KPIS) -> str:
    """Return the sentence that tells a reader not to edit a generated file, and what to edit instead."""
    what = "the spec" if source.startswith("spec/") else "that file"
    return (
        f'Generated from {source} by scripts/generate.py. Do not edit: change {what} and run "make generate".'
    )


def yaml_text(value: Any, source: str = KPIS) -> str:
    """Return a value as YAML under the mark: keys in their own order, texts of many lines as blocks."""
    return f"# {mark(source)}\n{dump(value)}"


def json_text(value: Any) -> str:
    """Return a value as JSON, indented, in its own order; it carries its mark in a field of its own."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def embed(text: str, block: str, content: str) -> str:
    """Return a text written by hand with the block between its two marks replaced.

    Raises ValueError, with the two marks to write, where they are missing.
    """
    start, end = f"<!-- generated: {block} -->", f"<!-- end: {block} -->"
    before, found_start, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not (found_start and found_end):
        raise ValueError(f"the marks of a generated block are missing; write {start} and {end}")
    return f"{before}{start}\n\n{content}\n\n{end}{after}"


def differences(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with each generated file below a root: path -> text, sorted."""
    found = {path: _difference(root / path, text) for path, text in files.items()}
    found |= {
        path: "no generator writes this file; delete it" for path in _existing(root) if path not in files
    }
    return {path: found[path] for path in sorted(found) if found[path]}


def write(root: Path, files: Mapping[str, str]) -> list[str]:
    """Write the files that differ, each in one step, and return their paths, sorted."""
    changed = [path for path in sorted(files) if _difference(root / path, files[path])]
    for path in changed:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        new.write_text(files[path], encoding="utf-8", newline="\n")
        new.replace(target)
    return changed


def remove_orphans(root: Path, files: Mapping[str, str]) -> list[str]:
    """Remove what an earlier spec left in folders that are still written; return the paths, sorted.

    A file without the mark is not ours: somebody has put it there, and `--check` tells.
    """
    folders = {str(Path(path).parent) for path in files}
    orphans = sorted(
        path
        for path in _existing(root)
        if path not in files and str(Path(path).parent) in folders and _MARK in (root / path).read_bytes()
    )
    for path in orphans:
        (root / path).unlink()
    return orphans


def _difference(path: Path, text: str) -> str:
    try:
        return "" if path.read_bytes() == text.encode() else "out of date"
    except FileNotFoundError:
        return "missing"


def _existing(root: Path) -> Iterator[str]:
    """Yield every file in a folder called `generated`, at any depth."""
    for folder, subfolders, names in os.walk(root):
        here = Path(folder).relative_to(root)
        if here.parts and (Path(folder) / KPIS).exists():
            subfolders.clear()  # a root of its own, such as a tiny one of the tests
            continue
        subfolders[:] = [name for name in subfolders if not name.startswith(".") and name not in _NOT_OURS]
        if _FOLDER in here.parts:
            yield from ((here / name).as_posix() for name in names)
