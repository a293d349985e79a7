"""Every regular expression of the project: what Python compiles, the contract says, and Ruby has."""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from generators.spec import log_patterns, logspec
from ruby import jruby

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "scripts")
FUNCTIONS = {"match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
ANCHORED = {"match", "fullmatch"}
"""Functions that try a pattern at the beginning of a text only."""
MADE = {
    # What the contract and the spec give is compiled and judged where it is used; here it is only tried.
    "scripts/generators/spec/log_patterns.py": (
        "re.compile(expanded(pattern, words))",
        "re.compile(expanded(shape.pattern, rules.words))",
    ),
    # A form is a short constant of a class of the spec, tried on a value of the spec's own authors.
    "scripts/generators/spec/shape_errors.py": ("re.fullmatch(form.pattern, text)",),
    # An operator's own pattern, from the command line, on a panel's title.
    "scripts/panels.py": ("re.search(pattern, f'{answer.panel}\\n{answer.query}')",),
}
"""Calls whose pattern is not the code's own, by file, each with its reason."""
AHEAD = re.compile(r"\(\?=\[[^]]{1,64}\]\{[0-9]{1,3}\}\)")
LISTS = (*log_patterns.RAW, "foreign")
"""Lists too long for the prover."""
LITERALS = Path(__file__).with_name("literals.rb")


class Pattern(NamedTuple):
    """A regular expression, where it comes from, and whether it is only tried at the beginning of a text."""

    place: str
    source: str
    flags: int = 0
    ruby: bool = False
    anchored: bool = False


class Unseen(NamedTuple):
    """A place that makes a pattern in a way that cannot be read off the code."""

    place: str


def python() -> tuple[list[Pattern], list[Unseen]]:
    """Return what the modules below `src/` and `scripts/` compile, the patterns of the contract among them.

    Modules compile their patterns when they are imported: this must run in a process that has imported none.
    """
    with _Recorder() as recorder:
        for module in _modules():
            importlib.import_module(module)
        redact = importlib.import_module("amaie_telemetry.redact")
        judge = importlib.import_module("amaie_ingest.judge")
        judge.Judge(importlib.import_module("amaie_telemetry.contract").load())
        redact.shared().register("0123456789abcdef")
        redact.shared().text("api_key=0123456789abcdef")
    found: dict[Pattern, None] = {}
    unseen = []
    words = _words()
    calls = [call for path in _files() for call in _calls(path)]
    at = {line: call for call in calls for line in call.lines}
    for pattern in recorder.found:
        call = at.get(pattern.place)
        whole = pattern._replace(anchored=call is not None and call.anchored)
        found |= dict.fromkeys(apart(whole, words))
    recorded = {pattern.place for pattern in found}
    for call in calls:
        if recorded.isdisjoint(call.lines):
            if call.constant is None:
                unseen.append(Unseen(call.lines[0]))
            else:
                found[Pattern(call.lines[0], call.constant, anchored=call.anchored)] = None
    return list(found), unseen


def ruby() -> list[Pattern]:
    """Return the literals of Logstash's scripts."""
    scripts = sorted((ROOT / "logstash").rglob("*.rb"))
    found = []
    for line in jruby.run(LITERALS, *scripts).splitlines():
        literal: dict[str, Any] = json.loads(line)
        place = f"{Path(literal['file']).relative_to(ROOT)}:{literal['line']}"
        flags = re.IGNORECASE if "i" in literal["options"] else 0
        found.append(Pattern(place, literal["source"], flags, ruby=True))
    return found


def apart(pattern: Pattern, words: Mapping[str, tuple[str, ...]]) -> list[Pattern]:
    """Return a pattern with a long list of alternatives once for each of them.

    A list costs at most what its entries cost one after the other: if the pattern is linear with each entry
    alone, it is linear with all. The prover cannot judge a hundred at once. A look ahead at a fixed number of
    characters goes, too: it only spares work.
    """
    for name in LISTS:
        inner = log_patterns.expanded(f"{{{name}}}", words)
        for group in (f"(?>{inner})", f"(?:{inner})"):
            if group in pattern.source:
                around = AHEAD.sub("", pattern.source)
                entries = words[name] if name in log_patterns.RAW else map(re.escape, words[name])
                return [pattern._replace(source=around.replace(group, f"(?:{entry})")) for entry in entries]
    return [pattern]


def _words() -> Mapping[str, tuple[str, ...]]:
    path = ROOT / "spec" / "logs.yaml"
    return logspec.load(path, str(path)).redaction.words


class _Recorder:
    """Notes each pattern that code of ours compiles while it stands in for `re.compile`."""

    def __enter__(self) -> Self:
        self.found: list[Pattern] = []
        self._compile = re.compile
        re.compile = self._noted
        return self

    def __exit__(self, *_exception: object) -> None:
        re.compile = self._compile

    def _noted(self, pattern: Any, flags: Any = 0) -> Any:
        compiled = self._compile(pattern, flags)
        caller = sys._getframe(1)
        path = Path(caller.f_code.co_filename)
        source = compiled.pattern if isinstance(compiled.pattern, str) else compiled.pattern.decode("latin-1")
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            place = f"{path.relative_to(ROOT)}:{caller.f_lineno}"
            self.found.append(Pattern(place, source, int(flags)))
        return compiled


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _modules() -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            if parts[-1] != "__main__":
                yield ".".join(part for part in parts if part != "__init__")


class _Call(NamedTuple):
    """A call of a function of `re`: its lines as places, its pattern if that is a constant."""

    lines: tuple[str, ...]
    constant: str | None
    anchored: bool


def _calls(path: Path) -> Iterator[_Call]:
    """Yield the calls of `re` in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    uses = _uses(tree)
    names = {
        id(node.value): node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    methods = {id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner, function = node.func.value, node.func.attr
        if not (isinstance(owner, ast.Name) and owner.id == "re" and function in {*FUNCTIONS, "compile"}):
            continue
        used = {function}
        if function == "compile":
            method = methods.get(id(node))
            used = {method} if method else uses.get(names.get(id(node), ""), set())
        first = node.args[0]
        constant = first.value if isinstance(first, ast.Constant) else None
        if ast.unparse(node) in MADE.get(str(path.relative_to(ROOT)), ()):
            continue
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        yield _Call(
            tuple(f"{path.relative_to(ROOT)}:{line}" for line in lines),
            constant if isinstance(constant, str) else None,
            bool(used) and used <= ANCHORED,
        )


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """Return for each name what is done with it: its attributes, and "" where it is handed on."""
    found: dict[str, set[str]] = {}
    owned = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
            owned.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in owned:
            found.setdefault(node.id, set()).add("")
    return found
