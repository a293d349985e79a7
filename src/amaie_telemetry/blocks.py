"""Blocks that bind fields while they run: as a `with` statement, or around every call of a function.

A block never raises by itself, wherever it ends: an async generator may be closed by another task, whose
context is not the one that the block began in.
"""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterator
    from contextvars import ContextVar, Token

Value = TypeVar("Value")
Inside_co = TypeVar("Inside_co", covariant=True)
Given = TypeVar("Given")
Function = TypeVar("Function", bound="Callable[..., Any]")


class Work(Protocol[Inside_co, Given]):
    """What begins and ends with a block."""

    def begin(self) -> tuple[Inside_co, Given]:
        """Return what the variable holds inside the block, and what `with` gives."""

    def end(self, given: Given) -> None:
        """See to the end; called once for each beginning, however the block ends."""


class Block(Generic[Value, Given]):
    """One piece of work inside a value of a context variable."""

    def __init__(self, variable: ContextVar[Value], work: Work[Value, Given]) -> None:
        """Prepare; nothing begins before the block is entered or the function called."""
        self._variable = variable
        self._work = work
        self._open: list[tuple[Token[Value], Given]] = []

    def __enter__(self) -> Given:
        """Begin."""
        value, given = self._work.begin()
        self._open.append((self._variable.set(value), given))
        return given

    def __exit__(self, *_: object) -> None:
        """End what began last."""
        if self._open:
            token, given = self._open.pop()
            _reset(self._variable, token)
            self._work.end(given)

    def __call__(self, function: Function) -> Function:
        """Return a function whose every call, or whole iteration, is such a block."""
        return cast("Function", functools.wraps(function)(self._around(function)))

    def _around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isasyncgenfunction(function):
            return lambda *args, **named: self._async_steps(function(*args, **named))
        if inspect.isgeneratorfunction(function):
            return lambda *args, **named: self._steps(function(*args, **named))
        if inspect.iscoroutinefunction(function):

            async def awaited(*args: Any, **named: Any) -> Any:
                with self._whole():
                    return await function(*args, **named)

            return awaited

        def called(*args: Any, **named: Any) -> Any:
            with self._whole():
                return function(*args, **named)

        return called

    @contextmanager
    def _whole(self) -> Iterator[None]:
        value, given = self._work.begin()
        try:
            with self._step(value):
                yield
        finally:
            self._work.end(given)

    @contextmanager
    def _step(self, value: Value) -> Iterator[None]:
        token = self._variable.set(value)
        try:
            yield
        finally:
            _reset(self._variable, token)

    def _steps(self, inner: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Run a generator; between its steps, its user has the user's own fields."""
        value, given = self._work.begin()
        step: Callable[[Any], Any] = inner.send
        sent: Any = None
        try:
            while True:
                with self._step(value):
                    try:
                        item = step(sent)
                    except StopIteration as stop:
                        return stop.value
                try:
                    step, sent = inner.send, (yield item)
                except GeneratorExit:
                    with self._step(value):
                        inner.close()
                    raise
                except BaseException as error:  # noqa: BLE001 (handed on)
                    step, sent = inner.throw, error
        finally:
            self._work.end(given)

    async def _async_steps(self, inner: AsyncGenerator[Any, Any]) -> AsyncGenerator[Any, Any]:
        value, given = self._work.begin()
        step: Callable[[Any], Any] = inner.asend
        sent: Any = None
        try:
            while True:
                with self._step(value):
                    try:
                        item = await step(sent)
                    except StopAsyncIteration:
                        return
                try:
                    step, sent = inner.asend, (yield item)
                except GeneratorExit:
                    with self._step(value):
                        await inner.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001 (handed on)
                    step, sent = inner.athrow, error
        finally:
            self._work.end(given)


def _reset(variable: ContextVar[Value], token: Token[Value]) -> None:
    try:
        variable.reset(token)
    except (ValueError, RuntimeError):
        return  # another context, or ended before: nothing here is ours to restore
