"""Locks that the child of a fork can take: a thread that the child does not have may have held one."""

from __future__ import annotations

import os
import weakref
from typing import Any, TypeVar

_Held = TypeVar("_Held")
_known: weakref.WeakSet[Any] = weakref.WeakSet()


def forksafe(lock: _Held) -> _Held:
    """Return a lock or event of `threading` that is free, or unset, in every child of a fork.

    Each has a way of its own for it, by which the standard library frees those of `logging` and `threading`.
    """
    _known.add(lock)
    return lock


def _free() -> None:
    for lock in list(_known):
        lock._at_fork_reinit()  # noqa: SLF001


os.register_at_fork(after_in_child=_free)
