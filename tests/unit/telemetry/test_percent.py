# ruff: noqa: E501 (cases read best on one line)
"""Messages are filled in as `%` does, but no pattern can ask for more than a record holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry.percent import filled
from unit.telemetry.test_loggers import log

if TYPE_CHECKING:
    from collections.abc import Callable

SAME: list[tuple[str, Any]] = [
    ("%5d|%-5s|%05.2f", (1, "a", 2.5)),
    ("%*d|%-*s|%.*f|%*.*f", (5, 1, 4, "a", 2, 1.234, 9, 2, 1.5)),
    ("%(a)s %(b)5d %(c(d)e)s", {"a": 1, "b": 2, "c(d)e": 3}),
    ("%%|%c%r%a%x%#o%e%G|%+d|% d|%ld|%.s|%.0f", ("a", "b", "é", 255, 8, 1.5, 2.5, 1, 2, 3, "abc", 1.5)),
    ("order 1234567 is 100%% filled: %s %08.3f", ("x", 1.5)),
    ("%0005d %.0003f", (1, 1.5)),
    ("%999d", (1,)),
]
WRONG: list[tuple[str, Any]] = [
    ("%", (1,)), ("12345 %", (1,)), ("%*d", ()), ("12345 %q", (1,)), ("%s %s 12345", (1,)), ("%9999s", (1, 2)), ("%(a)9999s", (1,)),
    ("%(a9999", {"a": 1}), ("%9999", (1,)), ("%*", (3,)), ("%*d", {"a": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "args"), SAME)
def test_a_message_is_what_python_makes_of_it(pattern: str, args: Any) -> None:
    """Whatever the pattern, at its first use and later."""
    assert [filled(pattern, args), filled(pattern, args)] == [pattern % args] * 2


@pytest.mark.parametrize(("pattern", "args"), WRONG)
def test_what_python_refuses_is_refused(pattern: str, args: Any) -> None:
    """The caller of `filled` says what becomes of it."""
    with pytest.raises(Exception) as expected:  # noqa: PT011 (whatever Python says)
        pattern % args
    with pytest.raises(type(expected.value)):
        filled(pattern, args)


BOMBS: list[tuple[str, tuple[Any, ...]]] = [
    ("%999999999d", (1,)), ("%-999999999s|", ("x",)), ("%.999999999f", (1.0,)), ("%*d", (999999999, 1)),
    ("%*.*f", (-(10**30), 10**30, 1.0)), ("%(a)0999999999d", ({"a": 1},)), ("%" + "9" * 5000 + "d", (1,)),
    ("%999999999s", (object(),)), ("%999999999d", ([1],)), ("%999999999r", (None,)), ("%#.999999999x|%s", (1, "end")),
    ("a" * 10_000_000 + "%s", (1,)), ("%s" * 1_000_000, tuple(range(1_000_000))), ("%" * 100_001, (1,)),
    ("x" * 8191 + "%s", (1,)), ("x" * 8190 + "%5s%s", (1, 2)), ("%s" * 600, ("z" * 8000,) * 600),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "args"), BOMBS, ids=lambda value: f"{value!r:.20}")
def test_no_pattern_asks_for_a_billion_characters(
    pattern: str, args: tuple[Any, ...], logged: Callable[[], list[dict[str, Any]]]
) -> None:
    """`%999999999d` took a gigabyte and seconds, in which the interpreter stood still."""
    log().info(pattern, *args)
    (record,) = logged()
    assert "could not be" not in record["message"]
    assert len(json.dumps(record)) < 70_000


def test_a_message_that_is_cut_keeps_the_arguments_before_the_cut() -> None:
    """And says how long it was."""
    assert filled("%s-" * 5000, tuple(range(5000))).startswith("0-1-2-")
    assert filled("%s" + "y" * 9000, (1,)).endswith("y…[9002 characters]")
