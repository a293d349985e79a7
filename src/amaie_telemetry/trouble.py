"""An exception or a stack as text, taken when it was logged."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from amaie_telemetry import foreign
from amaie_telemetry.record import Raised
from amaie_telemetry.values import clip, text

MAX_STACK = 16_384
MAX_FRAMES = 40
_NOTHING = (None, False, "")


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
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return next((one for one in exc_info if isinstance(one, BaseException)), None)
    return None if exc_info in _NOTHING else sys.exc_info()[1]


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
