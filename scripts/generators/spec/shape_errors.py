"""Says in our own words what pydantic found wrong: what is wrong, then what to write instead."""

from __future__ import annotations

import difflib
import re
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticCustomError, core_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import ErrorDetails

Place: TypeAlias = tuple[str | int, ...]
"""Where in a YAML tree something stands: keys and list indexes from the root down."""

MAX_QUOTED = 60
NO_VALUE = "this key has no value; write one or remove the key"


def translate(shape: type[BaseModel], errors: Iterable[ErrorDetails]) -> list[tuple[Place, str]]:
    """Return a place and a text for each error.

    A mistake is told once: a misspelt required key is not also missing, and a list whose only item is
    wrong is not also too short.
    """
    errors = list(errors)
    unknown = [_place(error) for error in errors if error["type"] == "extra_forbidden"]
    misspelt = {
        (*place[:-1], guess)
        for place in unknown
        if (guess := _guess(str(place[-1]), _keys_at(shape, place[:-1])))
    }
    inside = {place[:length] for place in map(_place, errors) for length in range(len(place))}
    return [
        (place, _text(shape, place, error))
        for error in errors
        if not ((place := _place(error)) in misspelt and error["type"] == "missing")
        and not (place in inside and error["type"] == "too_short")
    ]


def quoted(value: object) -> str:
    """Return a value as a person would see it in the file, shortened."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    short = text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"
    return f"'{short}'"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a cure for a name that is not known: the nearest one, or all if they are few."""
    names = sorted(set(known))
    if guess := _guess(word, names):
        return f"did you mean '{guess}'?"
    few = 12
    if not names:
        return "there are none; remove it"
    return "write one of " + ", ".join(names[:few]) + (", …" if len(names) > few else "")


def _guess(word: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def _place(error: ErrorDetails) -> Place:
    return tuple(part for part in error["loc"] if part != "[key]")


def _text(shape: type[BaseModel], place: Place, error: ErrorDetails) -> str:
    value, context = error["input"], error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return f"unknown key; {did_you_mean(str(place[-1]), _keys_at(shape, place[:-1]))}"
    if error["type"] == "missing":
        return f"this key is missing; add '{place[-1]}: …'"
    if value is None:
        return NO_VALUE
    if error["type"] == "string_type" and not isinstance(value, list | dict):
        return _not_text(value, _form_at(shape, place))
    write = TEXTS.get(error["type"])
    return write(value, context) if write else error["msg"]


def _one_of(value: Any, context: dict[str, Any]) -> str:
    words = [word.strip() for word in context["expected"].replace(" or ", ",").split(",")]
    known = [word.strip("'") for word in words]
    if str(value) in known:
        return f"{quoted(value)} is text here; write {value} without quotes"
    return f"{quoted(value)} is not known here; {_choices(str(value), known)}"


def _choices(word: str, known: list[str]) -> str:
    guess = _guess(word, known)
    return (f"did you mean '{guess}'? " if guess else "") + "write one of " + ", ".join(known)


def _not_text(value: object, form: Form | None) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if form and not re.fullmatch(form.pattern, text):
        return f"'{text}' {form.wrong}"
    kind = "truth value" if isinstance(value, bool) else "number"
    return f"'{text}' is read as a {kind}; put it in quotes: \"{text}\""


def _must_be(what: str, cure: str) -> Callable[[Any, dict[str, Any]], str]:
    return lambda value, _: f"{quoted(value)} is not {what}; {cure}"


_NUMBER = _must_be("a number", "write it like 0.05 or -1000, without quotes or unit")
_WHOLE = _must_be("a whole number", "write it like 2, without quotes or unit")
_LIST = _must_be("a list", "write it like [a, b] or one '- item' to a line")
_MAPPING = _must_be("a mapping", "write it like 'key: value', one to a line")

TEXTS: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "bool_type": _must_be("a truth value", "write true or false"),
    "dict_type": _MAPPING,
    "enum": _one_of,
    "finite_number": _NUMBER,
    "float_type": _NUMBER,
    "form": lambda value, context: f"{quoted(value)} {context['wrong']}",
    "greater_than": lambda value, context: f"{value} is too small; write more than {context['gt']}",
    "greater_than_equal": lambda value, context: f"{value} is too small; write at least {context['ge']}",
    "int_from_float": _WHOLE,
    "int_type": _WHOLE,
    "less_than": lambda value, context: f"{value} is too large; write less than {context['lt']}",
    "less_than_equal": lambda value, context: f"{value} is too large; write at most {context['le']}",
    "list_type": _LIST,
    "literal_error": _one_of,
    "model_type": _MAPPING,
    "string_too_short": lambda value, context: (
        f"{quoted(value)} is too short; write at least {context['min_length']} "
        f"character{'s' * (context['min_length'] > 1)}"
    ),
    "string_type": lambda value, _: f"{quoted(value)} stands here; write one text",
    "too_short": lambda _, context: f"too few items; write at least {context['min_length']}",
    "tuple_type": _LIST,
    "value_error": lambda _, context: str(context["error"]),
}


@dataclass(frozen=True)
class Form:
    """The form that a text must have.

    `Annotated[str, Form(r"[a-z]+", "is not a word; write it like abc")]`.
    """

    pattern: str
    wrong: str

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check the whole text against the pattern after it is known to be text."""
        whole = re.compile(self.pattern)

        def check(value: str) -> str:
            if not whole.fullmatch(value):
                raise PydanticCustomError("form", "{wrong}", {"wrong": self.wrong})
            return value

        return core_schema.no_info_after_validator_function(check, handler(source))


@dataclass(frozen=True)
class OneOf:
    """A text that must be one of a few: `Annotated[str, OneOf(("slack", "email"))]`."""

    known: tuple[str, ...]

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check the text against those that are known."""
        return core_schema.literal_schema(list(self.known))


def _form_at(shape: type[BaseModel], place: Place) -> Form | None:
    """Return the form that the text at a place must have, if it stands in a field of its own."""
    for model in _models_at(shape, place[:-1]):
        for name, field in model.model_fields.items():
            if place[-1] in (field.alias, name):
                return next((item for item in field.metadata if isinstance(item, Form)), None)
    return None


def _keys_at(shape: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that the shape knows at a place, walking the types along it."""
    return [
        field.alias or name
        for model in _models_at(shape, place)
        for name, field in model.model_fields.items()
    ]


def _models_at(shape: type[BaseModel], place: Place) -> list[type[BaseModel]]:
    here: Any = shape
    for part in place:
        here = _inside(here, part)
    return [option for option in _options(here) if isinstance(option, type) and issubclass(option, BaseModel)]


def _inside(here: Any, part: str | int) -> Any:
    for option in _options(here):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, field in option.model_fields.items():
                if part in (field.alias, name):
                    return field.annotation
        elif get_origin(option) in (tuple, list, dict):
            inner = [argument for argument in get_args(option) if argument is not Ellipsis]
            return inner[-1]
    return None


def _options(here: Any) -> tuple[Any, ...]:
    if get_origin(here) in (Union, types.UnionType):
        return get_args(here)
    if hasattr(here, "__metadata__"):
        return _options(here.__origin__)
    return (here,)
