"""Calls of code that is not ours, such as an object's `repr`: once, and never inside of one another."""

from __future__ import annotations

import threading
from typing import Any

from amaie_telemetry.clipping import clip
from amaie_telemetry.values import plain

_busy = threading.local()


def call(function: Any, *values: Any) -> Any:
    """Call a function that runs foreign code such as `repr`.

    That code may log its own object, whose `repr` would log again, and so on. So inside of it, nothing
    foreign is called: values other than built-in ones are named by their type.
    """
    if getattr(_busy, "now", False):
        return _own(values)
    _busy.now = True
    try:
        return function(*values)
    finally:
        _busy.now = False


def _own(values: tuple[Any, ...]) -> Any:
    """Return what can be said of values without calling their methods: a pattern and its arguments."""
    made = [plain(value, foreign=False) for value in values]
    return made[0] if len(made) == 1 else clip(" ".join(map(str, made)))
