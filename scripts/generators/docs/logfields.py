"""Renders the page of every log field, every reason for a rejection and every limit, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.shared import output

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generators.spec.logfield import LogField
    from generators.spec.logspec import LogSpec
    from generators.spec.model import Model

PATH = "docs/generated/log-fields.md"


def render(model: Model) -> dict[str, str]:
    """Return the page."""
    return {PATH: page(model.logs)}


def page(logs: LogSpec) -> str:
    """Return the fields by group, then streams, reasons and limits."""
    parts = [f"<!-- {output.mark(names.LOGS)} -->", "# Log fields"]
    groups = dict.fromkeys(field.group for field in logs.fields)
    for group in groups:
        rows = [_row(field) for field in logs.fields if field.group is group]
        parts += [
            f"## {group.value.capitalize()}",
            _table(("field", "type", "meaning", "example", "ECS"), rows),
        ]
    streams = [(f"`{names.stream(one.name, '*')}`", one.retention, one.description) for one in logs.streams]
    reasons = [(f"`{reason.name}`", reason.description) for reason in logs.reasons]
    limits = [(f"`{name}`", f"{value:,}") for name, value in logs.limits.model_dump().items()]
    parts += ["## Streams", _table(("data stream", "kept for", "what it holds"), streams)]
    parts += ["## Reasons for a rejection", _table(("reason", "what is wrong with the line"), reasons)]
    parts += ["## Limits", _table(("limit", "value"), limits)]
    return "\n\n".join(parts) + "\n"


def _row(field: LogField) -> tuple[str, ...]:
    kind = field.type.value + (f", {field.unit}" if field.unit else "")
    bound = f", at most {field.max_length:,} characters" if field.max_length else ""
    values = f" One of {', '.join(field.values)}." if field.values else ""
    needed = " **Required.**" if field.required else ""
    example = str(field.example).replace("\n", " ")
    ecs = ", ".join(f"`{alias}`" for alias in field.ecs)
    return f"`{field.name}`", kind + bound, field.description + values + needed, f"`{example}`", ecs


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
