"""Copies of what a call logs, taken on the caller's thread: later changes must not show in the record."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from amaie_telemetry.record import SCALARS, Raised
from amaie_telemetry.values import MAX_TEXT, clip, plain, text

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_STACK = 16_384
MAX_FRAMES = 40
_COPIED = SCALARS - {str}
_busy = threading.local()


def small(values: Iterable[Any]) -> bool:
    """Return whether all values are scalars that nobody can change, and none is a long text."""
    for value in values:
        kind = type(value)
        if kind not in SCALARS or (kind is str and len(value) > MAX_TEXT):
            return False
    return True


def frozen_message(msg: object, args: Any) -> tuple[str, Any]:
    """Return a message and arguments that nobody can change any more; no arguments if they are filled in."""
    if not args:
        return (clip(msg) if type(msg) is str else _foreign(text, msg)), None
    if type(args) is tuple and len(args) == 1 and isinstance(args[0], Mapping) and args[0]:
        args = args[0]
    values = args.values() if type(args) is dict else args
    if type(msg) is str and small(values):
        return msg, dict(args) if type(args) is dict else args
    return _foreign(_filled, msg, args), None


def frozen_extra(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deep copy of plain values."""
    if type(extra) is dict and small(extra.values()):
        return extra.copy()
    return {key: value if type(value) in _COPIED else _foreign(plain, value) for key, value in extra.items()}


def raised(exc_info: Any, stack_info: Any) -> Raised | None:
    """Return an exception as text, without local variables and of bounded size."""
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    elif exc_info and not isinstance(exc_info, tuple):
        exc_info = sys.exc_info()
    stack = clip(stack_info, MAX_STACK) if isinstance(stack_info, str) else _stack() if stack_info else ""
    if not exc_info or exc_info[1] is None:
        return Raised("", "", stack) if stack else None
    kind, error, _ = exc_info
    return Raised(kind.__qualname__[:256], _foreign(text, error), _foreign(_trace, error) or stack)


def _filled(msg: object, args: Any) -> str:
    pattern = text(msg)
    try:
        return clip(pattern % args)
    except Exception:  # noqa: BLE001 (any object may be an argument)
        return f"{pattern} <arguments do not fit>"


def _trace(error: BaseException) -> str:
    try:
        lines = traceback.TracebackException(
            type(error), error, error.__traceback__, limit=-MAX_FRAMES, max_group_depth=3, max_group_width=5
        ).format()
        whole = "".join(lines)
    except Exception:  # noqa: BLE001 (an exception may fail to print itself)
        return f"<no traceback: {type(error).__name__[:100]}>"
    if len(whole) > MAX_STACK:  # the cause stands at the start, the exception itself at the end
        whole = f"{whole[: MAX_STACK // 2]}\n…[{len(whole)} characters]\n{whole[-MAX_STACK // 2 :]}"
    return clip(whole, MAX_STACK + 100)


def _stack() -> str:
    frame = sys._getframe(4)  # noqa: SLF001
    return clip("".join(traceback.format_stack(frame, limit=MAX_FRAMES)), MAX_STACK)


def _foreign(function: Any, *values: Any) -> Any:
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
