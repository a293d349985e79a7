"""The reader of specs: strict about YAML, and never at a loss for words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generators.spec import kpispec, logspec, strict_yaml
from generators.spec.model import Part
from generators.spec.strict_yaml import Form, Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = Path(__file__).parents[3] / "golden" / "small" / "spec"
LOADERS: list[tuple[str, Callable[[Path, str], object]]] = [
    ("kpis.yaml", kpispec.load),
    ("logs.yaml", logspec.load),
]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["0s", "till", "((", "{{"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


class Item(Part):
    """A small shape to read into."""

    name: Annotated[str, Form(r"[a-z]+", "is not a word; write it like abc")]
    count: int = 0
    share: float = 0.0
    on: bool = False


class Items(Part):
    """A list of them."""

    items: tuple[Item, ...]


def read(folder: Path, text: str) -> Items:
    """Return the items of a YAML text."""
    path = folder / "items.yaml"
    path.write_text(text, encoding="utf-8")
    return strict_yaml.read(path, Items, "items.yaml").finish()


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "yes",
        "NO",
        "1:30",
        "2025-07-30",
        "0x1F",
        "0o7",
        "007",
        "1_000",
        "1e",
        ".",
        "-",
        "+",
        "=",
        ".inf",
    ],
)
def test_what_only_yaml_takes_for_something_else_stays_text(text: str, tmp_path: Path) -> None:
    """A word is a number or a truth value only if it is one in JSON."""
    path = tmp_path / "value.yaml"
    path.write_text(f"a: {text}\n" if text != "-" else "a: '-'\n")
    assert strict_yaml.Tree(path, "value.yaml").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("-5", -5), ("0.5", 0.5), (".5", 0.5), ("1e3", 1000.0), ("true", True), ("~", None)],
)
def test_numbers_and_truth_values_are_those_of_json(text: str, value: object, tmp_path: Path) -> None:
    """What looks like JSON's numbers, true, false and null is just that; quoted it is text."""
    path = tmp_path / "value.yaml"
    path.write_text(f"a: {text}\nb: '{text}'\n")
    assert strict_yaml.Tree(path, "value.yaml").data == {"a": value, "b": text}


def test_all_problems_of_a_file_come_sorted_and_once(tmp_path: Path) -> None:
    """Problems of syntax and of shape stand together, in the order of the lines."""
    text = "items:\n- {name: one, count: x}\n- {name: Two, cuont: 1}\n- {name: three, name: four}\n- [a]\n"
    with pytest.raises(SpecError) as error:
        read(tmp_path, text)
    assert str(error.value).splitlines() == [
        "items.yaml:2: items[one].count: 'x' is not a whole number; write it like 2, without quotes or unit",
        "items.yaml:3: items[Two].cuont: unknown key; did you mean 'count'?",
        "items.yaml:3: items[Two].name: 'Two' is not a word; write it like abc",
        "items.yaml:4: items[three].name: this key stands twice, first in line 4; remove one of them",
        "items.yaml:5: items[3]: a list is not a mapping; write it like 'key: value', one to a line",
    ]


def test_items_of_a_right_shape_remain_when_others_are_wrong(tmp_path: Path) -> None:
    """Checks of meaning see what can be read, and their problems still name the right lines."""
    path = tmp_path / "items.yaml"
    path.write_text("items:\n- {name: BAD}\n- {name: good}\n")
    document = strict_yaml.read(path, Items, "items.yaml")
    assert document.value == Items(items=(Item(name="good"),))
    assert document.dropped == {"BAD"}
    assert str(document.problem(("items", 0, "count"), "wrong")) == "items.yaml:3: items[good].count: wrong"
    with pytest.raises(SpecError, match="BAD"):
        document.finish()


def places(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of every value in a tree."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [here, *(place for key, value in inner for place in places(value, (*here, key)))]


def with_other_value(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a tree with another value at a place."""
    if not place:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[place[0]] = with_other_value(copy[place[0]], place[1:], value)
    return copy


@pytest.mark.parametrize(("name", "load"), LOADERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_spec_is_loaded_or_refused_in_our_words(
    name: str, load: Callable[[Path, str], object], tmp_path: Path, data: st.DataObject
) -> None:
    """No value anywhere leads to a traceback, or to a refusal without a word."""
    tree = yaml.safe_load((SMALL / name).read_text())
    place = data.draw(st.sampled_from(places(tree)))
    changed = with_other_value(tree, place, data.draw(ANYTHING))
    path = tmp_path / name
    path.write_text(json.dumps(changed), encoding="utf-8")
    problems: tuple[Problem, ...] = ()
    try:
        load(path, name)
    except SpecError as error:
        problems = error.problems or (Problem(name, 0, "", "refused without a word"),)
    assert [str(problem) for problem in problems if not problem.line] == []
