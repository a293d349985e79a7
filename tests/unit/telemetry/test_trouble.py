"""An exception is told in bounded time, whatever belongs to it and however it behaves."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry.trouble import MAX_ERRORS, MAX_STACK, raised
from unit.telemetry.test_loggers import log

if TYPE_CHECKING:
    from collections.abc import Callable


def chain(length: int) -> BaseException:
    """Return an exception that was raised while another one was handled, and so on."""
    last = ValueError("first")
    for number in range(length):
        made = ValueError(number)
        made.__context__, last = last, made
    return last


def noted(count: int) -> BaseException:
    """Return an exception with notes."""
    made = ValueError("noted")
    made.__notes__ = ["note"] * count
    return made


def circle() -> BaseException:
    """Return an exception that is its own cause's cause, within a group that it is in."""
    first, second = ValueError("first"), ValueError("second")
    group = ExceptionGroup("group", [first])
    first.__cause__, second.__context__, first.__context__ = second, first, group
    return group


MANY: dict[str, Callable[[int], BaseException]] = {
    "chain": chain,
    "group": lambda count: ExceptionGroup("group", [ValueError(number) for number in range(count)]),
    "notes": noted,
}


@pytest.mark.parametrize("name", MANY)
def test_an_exception_with_many_others_is_told_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 exceptions behind one, or a million notes, took a second on the caller's thread."""
    built: list[object] = []
    build = traceback.TracebackException.__init__

    def counted(self: Any, *given: Any, **named: Any) -> None:
        built.append(self)
        build(self, *given, **named)

    monkeypatch.setattr(traceback.TracebackException, "__init__", counted)
    few, many = raised(MANY[name](3), None), raised(MANY[name](10_000), None)
    assert few is not None
    assert many is not None
    assert f"more than {MAX_ERRORS}" in many.stacktrace
    assert "more than" not in few.stacktrace
    assert len(built) < MAX_ERRORS
    assert len(many.stacktrace) < MAX_STACK


def test_a_circle_of_exceptions_ends() -> None:
    """structlog#726, #729: `raise e from e`, and what was taken out of a group."""
    found = raised(circle(), None)
    assert found is not None
    assert "second" in found.stacktrace


class Mute(Exception):  # noqa: N818
    """It does not say what belongs to it."""

    @property
    def __traceback__(self) -> Any:  # type: ignore[override]
        """Fail."""
        raise RuntimeError

    __cause__ = __traceback__


class Closed(Exception):  # noqa: N818
    """It says nothing at all."""

    def __getattribute__(self, name: str) -> Any:
        """Fail."""
        raise RuntimeError(name)


@pytest.mark.parametrize("kind", [Mute, Closed])
def test_an_exception_that_says_nothing_costs_no_record(
    kind: type[Exception], logged: Callable[[], list[dict[str, Any]]]
) -> None:
    """The standard library asks for its traceback on the caller's thread."""
    log().error("kept %s", 1, exc_info=kind("x"), extra={"symbol": "A"})
    (record,) = logged()
    assert (record["message"], record["symbol"]) == ("kept 1", "A")
    assert record["exception_type"] == kind.__qualname__
