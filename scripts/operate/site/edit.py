"""Adds to the text of a `site.yaml` without touching what a person wrote: comments and order stay."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_WORDS = {"true", "false", "null"}


def add(text: str, key: str, item: Any) -> str:
    """Return the text with an item at the end of the list of a top-level key; the key is added if it lacks.

    Raises:
        yaml.YAMLError: The text is not YAML.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    found = next(((name, value) for name, value in pairs if name.value == key), None)
    entry = inline(item)
    if found is None:
        return f"{text.rstrip()}\n\n{key}:\n  - {entry}\n" if text.strip() else f"{key}:\n  - {entry}\n"
    name, value = found
    if isinstance(value, yaml.SequenceNode) and value.value:
        return _behind(text, value, entry)
    colon = text.index(":", name.end_mark.index) + 1
    end = max(colon, value.end_mark.index) if isinstance(value, yaml.SequenceNode) else colon
    return f"{text[:colon]}\n  - {entry}{text[end:]}"


def set_before(text: str, mark: str, line: str) -> str:
    """Return the text with a line before the first one that begins with a mark, or at the end."""
    lines = text.splitlines()
    place = next((number for number, one in enumerate(lines) if one.startswith(mark)), len(lines))
    return "\n".join([*lines[:place], line, *lines[place:]]) + "\n"


def inline(value: Any) -> str:
    """Return a value as one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _behind(text: str, sequence: yaml.SequenceNode, entry: str) -> str:
    """Return the text with an entry behind the last one of a list, written as the list is."""
    if sequence.flow_style:
        last = sequence.value[-1].end_mark.index
        return f"{text[:last]}, {entry}{text[last:]}"
    written = text[: _end(sequence.value[-1])].rstrip()  # a text of several lines ends behind its last one
    end = text.find("\n", len(written))
    head, tail = (text[:end], text[end:]) if end >= 0 else (text, "\n")
    return f"{head}\n{' ' * sequence.start_mark.column}- {entry}{tail}"


def _end(node: yaml.Node) -> int:
    """Return where a node's last character stands; the mark of a block is that of what follows it."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)
