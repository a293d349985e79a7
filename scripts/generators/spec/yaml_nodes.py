"""The nodes of a YAML file, and the plain words in it as values: strictly, and whatever a file holds."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,99})")
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_DEEPEST = 50
"""How far lists and mappings may stand in one another; no shape goes down so far."""


class UnreadableError(Exception):
    """There is no YAML to read: where that shows, and what to do."""

    def __init__(self, text: str, line: int = 1) -> None:
        """Keep the text and the line."""
        super().__init__(text)
        self.line = line


def root(path: Path) -> yaml.Node | None:
    """Return the root of a file, or None if nothing stands in it.

    Raises:
        UnreadableError: The file cannot be read, or what stands in it is not YAML.
    """
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        _measure(text)
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except FileNotFoundError:
        raise UnreadableError("there is no such file; create it or correct the path") from None
    except OSError as error:
        wrong = f"this file cannot be read ({error.strerror})"
        raise UnreadableError(f"{wrong}; put a file that you may read in its place") from None
    except UnicodeDecodeError:
        raise UnreadableError("this file is not UTF-8 text; save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        tab = "cannot start any token" in str(error.problem) and "\t" in [*text.split("\n"), ""][line]
        wrong = "a tab stands where spaces must" if tab else str(error.problem)
        cure = "check the indentation and quotes here"
        raise UnreadableError(f"this is not YAML ({wrong}); {cure}", line + 1) from None
    except yaml.reader.ReaderError as error:
        wrong = f"a character cannot stand in YAML (#x{error.character:04x})"
        raise UnreadableError(f"{wrong}; remove it") from None
    return node


def scalar(text: str, *, quoted: bool) -> str | float | bool | None:
    """Return the value of a word: a number only if it looks like one in JSON, and is one."""
    if quoted:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    number = float(text) if _DECIMAL.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


def _measure(text: str) -> None:
    """Refuse what is nested without end, before a parser calls itself as often."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            wrong = f"more than {_DEEPEST} lists and mappings stand in one another"
            raise UnreadableError(
                f"{wrong}; close them", (event.start_mark.line if event.start_mark else 0) + 1
            )
