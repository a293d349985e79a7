"""Parses a Logstash pipeline file by the rules of Logstash's own grammar (config/grammar.treetop).

[Section("input", [Plugin("file", {...})]), Section("output", [Branch([("[a] == 1", [...]), ("", [...])])])]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*\r?\n)*")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_BAREWORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]+")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)
_SELECTOR = re.compile(r"(?:\[[^\], ]+\])+")
_REGEXP = re.compile(r"/(?:\\/|[^/])*/")
_COMPARE = re.compile(r"==|!=|<=|>=|<|>|=~|!~|not\s+in\b|in\b")
_BOOLEAN = re.compile(r"(?:and|or|xor|nand)\b")


class ConfigError(Exception):
    """The file is no Logstash configuration; says where."""


@dataclass(frozen=True)
class Plugin:
    """A plugin and its settings."""

    name: str
    settings: dict[str, Any]


@dataclass(frozen=True)
class Branch:
    """An if with its else-ifs and else: conditions and what stands below them; else has none."""

    arms: list[tuple[str, list[Any]]]


@dataclass(frozen=True)
class Section:
    """An input, filter or output."""

    kind: str
    body: list[Any]

    def plugins(self) -> list[Plugin]:
        """Return all plugins, those below conditions included."""
        return _flat(self.body)


def parse(text: str) -> list[Section]:
    """Return the sections of a pipeline file.

    Raises:
        ConfigError: It is none.
    """
    return _Parser(text).config()


def _flat(body: list[Any]) -> list[Plugin]:
    found: list[Plugin] = []
    for one in body:
        found += (
            [one] if isinstance(one, Plugin) else [plugin for _, arm in one.arms for plugin in _flat(arm)]
        )
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def config(self) -> list[Section]:
        sections = []
        while self.skip() < len(self.text):
            kind = self.take(re.compile(r"input|filter|output"), "input, filter or output")
            self.expect("{")
            sections.append(Section(kind, self.body()))
        return sections or self.fail("a section")

    def body(self) -> list[Any]:
        found: list[Any] = []
        while not self.see("}"):
            found.append(self.branch() if re.match(r"if\b", self.text[self.at :]) else self.plugin())
        return found

    def plugin(self) -> Plugin:
        name = self.name()
        self.expect("{")
        settings: dict[str, Any] = {}
        while not self.see("}"):
            key = self.name()
            if not (self.see("=>") or self.see(":")):
                self.fail("=>")
            if key in settings:
                self.fail(f"a setting other than {key}, which stands here already")
            settings[key] = self.value()
            self.see(",")
        return Plugin(name, settings)

    def branch(self) -> Branch:
        arms = []
        self.expect("if")
        arms.append((self.condition(), self.block()))
        while self.see("else"):
            condition = self.condition() if self.see("if") else ""
            arms.append((condition, self.block()))
            if not condition:
                break
        return Branch(arms)

    def block(self) -> list[Any]:
        self.expect("{")
        return self.body()

    def condition(self) -> str:
        start = self.skip()
        self.expression()
        while self.match(_BOOLEAN):
            self.expression()
        return self.text[start : self.at].strip()

    def expression(self) -> None:
        if self.see("!"):
            if self.see("("):
                self.condition()
                self.expect(")")
            else:
                self.take(_SELECTOR, "a field after !")
        elif self.see("("):
            self.condition()
            self.expect(")")
        else:
            self.operand()
            if self.match(_COMPARE):
                self.operand()

    def operand(self) -> None:
        for pattern in (_STRING, _NUMBER, _SELECTOR, _REGEXP):
            if self.match(pattern):
                return
        self.value()

    def value(self) -> Any:
        if self.see("["):
            return self.array()
        if self.see("{"):
            return self.hash()
        if found := self.match(_STRING):
            return found[1:-1]
        if found := self.match(_NUMBER):
            return float(found) if "." in found else int(found)
        word = self.take(_BAREWORD, "a value")
        if self.skip() < len(self.text) and self.text[self.at] == "{":
            self.at -= len(word) + (self.at - self.text.rindex(word, 0, self.at) - len(word))
            return self.plugin()
        return {"true": True, "false": False, "null": None}.get(word, word)

    def array(self) -> list[Any]:
        found: list[Any] = []
        while not self.see("]"):
            if found:
                self.expect(",")
            found.append(self.value())
        return found

    def hash(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not self.see("}"):
            key = self.match(_STRING) or self.match(_NUMBER) or self.take(_BAREWORD, "a key")
            if not (self.see("=>") or self.see(":")):
                self.fail("=>")
            found[key.strip("\"'")] = self.value()
            self.see(",")
        return found

    def name(self) -> str:
        return (self.match(_STRING) or self.take(_NAME, "a name")).strip("\"'")

    def skip(self) -> int:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.at

    def match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.skip())
        if not found:
            return ""
        self.at = found.end()
        return found.group()

    def take(self, pattern: re.Pattern[str], what: str) -> str:
        return self.match(pattern) or self.fail(what)

    def see(self, text: str) -> bool:
        if not self.text.startswith(text, self.skip()):
            return False
        self.at += len(text)
        return True

    def expect(self, text: str) -> None:
        if not self.see(text):
            self.fail(text)

    def fail(self, what: str) -> Any:
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - self.text.rfind("\n", 0, self.at)
        raise ConfigError(f"line {line}, column {column}: expected {what}")
