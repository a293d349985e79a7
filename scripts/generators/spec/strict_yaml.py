"""Reads a YAML file into a pydantic shape and finds every problem at once, each with its line and its cure.

YAML is read strictly: a duplicate key, an anchor, a tag or a key that is not text is refused, and a plain
word is a number only if it looks like one in JSON (so `on`, `1:30` and `2025-07-30` stay text).

    document = strict_yaml.read(path, Shape)           # never raises for what a person wrote
    problems = [document.problem(("kpis", 0, "unit"), "'x' is wrong; write y")]
    value = document.finish(problems)                  # the Shape, or SpecError with all problems
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from generators.spec import yaml_nodes
from generators.spec.shape_errors import Form, Place, translate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


__all__ = ["Document", "Form", "Problem", "SpecError", "Tree", "read"]

T = TypeVar("T", bound=BaseModel)

IDENTITY_KEYS = ("name", "severity")
"""What a person calls an item of a list by: the value of the first of these keys that it has."""

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str"))


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that a person has to change in a spec."""

    file: str
    line: int
    path: str
    text: str

    def __str__(self) -> str:
        """Return `file:line: path: what is wrong; what to write instead`."""
        return (
            f"{self.file}:{self.line}: {self.path}: {self.text}"
            if self.path
            else (f"{self.file}:{self.line}: {self.text}")
        )


class SpecError(Exception):
    """A spec has problems; nothing was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, sorted by file and line."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def read(path: Path, shape: type[T], name: str | None = None) -> Document[T]:
    """Read a YAML file into a shape; `name` is how problems call the file.

    Where the shape is wrong somewhere inside an item of a top-level list, the value lacks that item, so
    that the checks of meaning can still find their problems in all the others.
    """
    tree = Tree(path, name or str(path))
    if tree.data is None:
        return Document(tree, None)
    value, problems = _validate(shape, tree.data)
    problems = [(place, text) for place, text in problems if not tree.is_broken(place)]
    if value is not None:
        return Document(tree, value)
    return _without_broken_items(tree, shape, problems)


def _validate(shape: type[T], data: Any) -> tuple[T | None, list[tuple[Place, str]]]:
    """Validate as JSON: its strictness allows lists for tuples, but no '5' for 5."""
    try:
        return shape.model_validate_json(json.dumps(data), strict=True, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, translate(shape, error.errors(include_url=False))


def _without_broken_items(tree: Tree, shape: type[T], wrong: list[tuple[Place, str]]) -> Document[T]:
    places = [place for place, _ in wrong]
    problems = [tree.problem(place, text) for place, text in wrong]
    broken = {(place[0], place[1]) for place in places if len(place) > 1 and isinstance(place[1], int)}
    if not isinstance(tree.data, dict) or any(place[:2] not in broken for place in places):
        return Document(tree, None, problems)
    data, kept, dropped = dict(tree.data), {}, set()
    for key in {key for key, _ in broken}:
        kept[key] = [index for index in range(len(data[key])) if (key, index) not in broken]
        dropped |= {
            _identity(data[key][index], index) for index in range(len(data[key])) if (key, index) in broken
        }
        data[key] = [data[key][index] for index in kept[key]]
    return Document(tree, _validate(shape, data)[0], problems, kept, frozenset(dropped))


@dataclass(frozen=True)
class Document(Generic[T]):
    """A YAML file that was read: its value, as far as its shape is right, and where everything stands."""

    tree: Tree
    value: T | None
    shape_problems: list[Problem] = field(default_factory=list)
    kept: dict[str | int, list[int]] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    """Identities of the items that the value lacks because their shape is wrong."""

    def problem(self, place: Place, text: str) -> Problem:
        """Return a problem at a place of the value."""
        if len(place) > 1 and isinstance(place[1], int) and place[0] in self.kept:
            place = (place[0], self.kept[place[0]][place[1]], *place[2:])
        return self.tree.problem(place, text)

    def finish(self, problems: Iterable[Problem] = ()) -> T:
        """Return the value, or raise `SpecError` with all problems of syntax, shape and meaning."""
        every = [*self.tree.problems, *self.shape_problems, *problems]
        if every or self.value is None:
            raise SpecError(every)
        return self.value


class Tree:
    """A YAML file as plain values, with the line of every place and the problems of its syntax."""

    def __init__(self, path: Path, name: str) -> None:
        """Read the file; whatever cannot be read becomes a problem."""
        self.name = name
        self.lines: dict[Place, int] = {(): 1}
        self._found: list[tuple[Place, int, str]] = []
        self.data: Any = None
        self._seen: set[int] = set()
        try:
            node = yaml_nodes.root(path)
        except yaml_nodes.UnreadableError as error:
            self.lines[()] = error.line
            self._add((), str(error))
        else:
            self.data = node and self._value(node, ())
            if self.data is None and not self._found:
                self._add((), "this file says nothing; write keys and values in it")

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong with the syntax; paths can be told only once the whole file is read."""
        return [Problem(self.name, line, self._path(place), text) for place, line, text in self._found]

    def is_broken(self, place: Place) -> bool:
        """Return whether the syntax of a place is wrong, so that nothing more can be said of it."""
        return any(place == wrong for wrong, _, _ in self._found)

    def problem(self, place: Place, text: str) -> Problem:
        """Return a problem at a place; a place that is not in the file gets its parent's line."""
        known = place
        while known not in self.lines:
            known = known[:-1]
        return Problem(self.name, self.lines[known], self._path(place), text)

    def _add(self, place: Place, text: str, line: int | None = None) -> None:
        self._found.append((place, self.lines[place] if line is None else line, text))

    def _value(self, node: yaml.Node, place: Place) -> Any:
        """Return a node as plain values, noting the line of each place below it."""
        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self._seen:
            self._add(place, "an alias (*) stands here; write the value itself")
            return None
        self._seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            self._add(place, f"a tag ({node.tag}) stands here; remove it")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*place, index)) for index, item in enumerate(node.value)]
        quoted = isinstance(node, yaml.ScalarNode) and bool(node.style)
        return yaml_nodes.scalar(node.value, quoted=quoted)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            here = (*place, str(key.value))
            if not isinstance(key, yaml.ScalarNode):
                self._add(place, "a key is a list or a mapping; write a word before the colon")
            elif key.value in mapping:
                first = f"this key stands twice, first in line {self.lines[here]}; remove one of them"
                self._add(here, first, key.start_mark.line + 1)
            else:
                self.lines[here] = key.start_mark.line + 1
                mapping[key.value] = self._value(value, here)
        return mapping

    def _path(self, place: Place) -> str:
        """Return a place as people say it: `kpis[pnl_day].alerts[DailyLossLimit].levels[critical].for`."""
        text, here = "", self.data
        for part in place:
            here = _step(here, part)
            if isinstance(part, int):
                text += f"[{_identity(here, part)}]"
            else:
                text += f".{part}" if text else part
        return text


def _step(here: Any, part: str | int) -> Any:
    if isinstance(here, dict):
        return here.get(part)
    if isinstance(here, list) and isinstance(part, int):
        return here[part] if part < len(here) else None
    return None


def _identity(item: Any, index: int) -> str:
    if isinstance(item, dict):
        return str(next((item[key] for key in IDENTITY_KEYS if item.get(key)), index))
    return str(item) if isinstance(item, str | int | float) else str(index)
