"""An exception or a stack as text, taken when it was logged."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from amaie_telemetry import foreign
from amaie_telemetry.clipping import clip, text
from amaie_telemetry.record import SCALARS, Raised

MAX_STACK = 16_384
MAX_FRAMES = 40
MAX_ERRORS = 30
"""Exceptions around and within one that are told: of more, only itself."""


def raised(exc_info: Any, stack_info: Any, exc_text: Any = None) -> Raised | None:
    """Return an exception as text, without local variables and of bounded size."""
    error = _error(exc_info)
    stack = (
        clip(stack_info, MAX_STACK) if isinstance(stack_info, str) else _stack() if stack_info is True else ""
    )
    if error is None:
        known = clip(exc_text, MAX_STACK) if isinstance(exc_text, str) else stack
        return Raised("", "", known) if known else None
    return Raised(
        type(error).__qualname__[:256], foreign.call(text, error), foreign.call(_trace, error) or stack
    )


def _error(exc_info: Any) -> BaseException | None:
    """Return the exception that a call means: itself, the one in a triple, or the one being handled."""
    if issubclass(type(exc_info), BaseException):
        return exc_info  # type: ignore[no-any-return]
    if type(exc_info) is tuple:
        return next((one for one in exc_info if issubclass(type(one), BaseException)), None)
    return sys.exc_info()[1] if _asked(exc_info) else None


def _asked(exc_info: Any) -> bool:
    """Return whether the exception being handled is meant; anything that is not empty means it."""
    return bool(exc_info) if type(exc_info) in SCALARS else True


def triple(exc_info: Any) -> Any:
    """Return what a `LogRecord` can be made of, in place of an exception or junk that must not be asked."""
    if exc_info is None or type(exc_info) in {bool, tuple}:
        return exc_info
    if not issubclass(type(exc_info), BaseException):
        return _asked(exc_info)
    try:
        return type(exc_info), exc_info, exc_info.__traceback__
    except Exception:  # noqa: BLE001 (any exception may be logged, whatever it says of itself)
        return type(exc_info), exc_info, None


def _trace(error: BaseException) -> str:
    try:
        whole = _chain(error) if _few(error) else _alone(error)
    except Exception:  # noqa: BLE001 (an exception may fail to print itself)
        return f"<no traceback: {type(error).__name__[:100]}>"
    if len(whole) > MAX_STACK:  # the cause stands at the start, the exception itself at the end
        whole = f"{whole[: MAX_STACK // 2]}\n…[{len(whole)} characters]\n{whole[-MAX_STACK // 2 :]}"
    return clip(whole, MAX_STACK + 100)


def _chain(error: BaseException) -> str:
    made = traceback.TracebackException(
        type(error), error, error.__traceback__, limit=-MAX_FRAMES, max_group_depth=3, max_group_width=5
    )
    return "".join(made.format())


def _alone(error: BaseException) -> str:
    frames = traceback.format_tb(error.__traceback__, limit=-MAX_FRAMES)
    told = (
        f"{type(error).__name__}: {text(error)}\n<more than {MAX_ERRORS} exceptions or notes belong to it>\n"
    )
    return "".join(["Traceback (most recent call last):\n", *frames, told])


def _few(error: BaseException) -> bool:
    """Return whether an exception has no more others around and within it, and notes, than can be told."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        inside = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        notes = getattr(one, "__notes__", ())
        if len(seen) + max(len(inside), len(notes) if isinstance(notes, list) else 0) > MAX_ERRORS:
            return False
        left += [one.__cause__, one.__context__, *inside]
    return True


def _stack() -> str:
    frame = sys._getframe(4)  # noqa: SLF001
    return clip("".join(traceback.format_stack(frame, limit=MAX_FRAMES)), MAX_STACK)
