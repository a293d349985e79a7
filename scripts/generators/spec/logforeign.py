"""The `foreign:` section of `spec/logs.yaml`: how records of other writers become ours, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from generators.spec.vocabulary import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.logfield import LogField
    from generators.spec.shape_errors import Place

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Envelope(Part):
    """What is put around a line: the name of its text, and the names that it stands beside."""

    text: str
    beside: Names


class Scale(Part):
    """Levels as numbers: the largest number of each, in rising order."""

    under: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    levels: dict[Level, int]


class Foreign(Part):
    """How records of other writers become ours."""

    names: dict[str, Names]
    lift: tuple[str, ...]
    envelopes: tuple[Envelope, ...]
    words: dict[Level, Names]
    numbers: tuple[Scale, ...] = Field(min_length=1)


def problems(foreign: Foreign, fields: tuple[LogField, ...]) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with the mapping: fields that are none, names of two, scales that fall."""
    known = {field.name for field in fields}
    seen: dict[str, str] = {}
    for field, names in foreign.names.items():
        if field not in known:
            yield (
                ("foreign", "names", field),
                f"'{field}' is no field of this contract; remove it",
            )
        for index, name in enumerate(names):
            if name in known:
                yield ("foreign", "names", field, index), f"'{name}' is a field of its own; remove it here"
            if name in seen:
                yield ("foreign", "names", field, index), f"'{name}' means {seen[name]} already; remove one"
            seen.setdefault(name, field)
    for index, scale in enumerate(foreign.numbers):
        bounds = list(scale.levels.values())
        if bounds != sorted(set(bounds)):
            yield ("foreign", "numbers", index, "levels"), "the numbers must rise; put them in order"
    if foreign.numbers[-1].under or foreign.numbers[-1].beside:
        yield (
            ("foreign", "numbers", len(foreign.numbers) - 1),
            "the last scale is for all others; name nothing in it",
        )
