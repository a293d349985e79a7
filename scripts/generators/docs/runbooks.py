"""Renders a runbook page for each alert: what it means, what it costs, how to look, what to do.

Queries stand in code blocks marked `promql` or `kql`, ready to be copied; a test parses all of them.
A diagnosis line of the spec is PromQL, or KQL if it starts with "kql: ".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generators import names
from generators.shared import conditions, links, output, texts
from generators.spec import muting
from generators.spec.model import KQL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Alert, Kpi, Level, Model, Spec

FOLDER = "docs/runbooks/generated"

_FIELD = re.compile(r"\{\{ (\w+) \}\}")


def render(model: Model) -> dict[str, str]:
    """Return the page of every alert, and an index of them, by path."""
    spec = model.spec
    pages = {f"{FOLDER}/{alert.name}.md": page(spec, kpi, alert) for kpi, alert in _alerts(spec)}
    return pages | {f"{FOLDER}/README.md": _index(spec)}


def page(spec: Spec, kpi: Kpi, alert: Alert) -> str:
    """Return an alert's page as Markdown."""
    sections = [
        f"<!-- {output.mark()} -->",
        f"# {alert.name}",
        f"> {_plain(alert.summary, kpi, alert)}",
        f"**Do first:** {_plain(alert.action, kpi, alert)}",
        "## Meaning",
        *_meaning(spec, kpi, alert),
        "## Impact",
        _plain(alert.impact, kpi, alert),
        "## Diagnosis",
        *_diagnosis(spec, kpi, alert),
        "## Mitigation",
        _numbered(
            [_plain(alert.action, kpi, alert), *(_plain(step, kpi, alert) for step in alert.mitigation)]
        ),
        "To keep it quiet while you work on it (the silence ends by itself):",
        _code("sh", f"amtool silence add alertname={alert.name} --duration=1h --comment='why, and who'"),
        "## Links",
        _links(spec, kpi, alert),
    ]
    return "\n\n".join(sections) + "\n"


def _meaning(spec: Spec, kpi: Kpi, alert: Alert) -> Iterator[str]:
    yield f"{kpi.title}: {kpi.description.strip()}"
    yield _levels(spec, kpi, alert)
    if alert.guard:
        guard = conditions.guarded_by(spec, alert)
        least = conditions.number(alert.guard.at_least)
        yield f"It speaks only while `{names.recorded(guard)}` is at least {least}:"
        yield guard.description.strip()
    yield _absent(alert)
    for mute in spec.routing.mutes:
        if alert.name in muting.alerts(spec, mute):
            about = "".join(f", {label} {' or '.join(values)}" for label, values in mute.bound.items())
            muted = f"Muted ({' and '.join(mute.severities)}{about}) during `{mute.name}`"
            yield f"{muted}: {mute.description.strip()}"


def _absent(alert: Alert) -> str:
    """Return what an absent series means: another alert that tells, or why nobody needs to know."""
    if not alert.missing.startswith("silent"):
        return f"If the series is absent, [{alert.missing}]({alert.missing}.md) tells."
    _, _, why = alert.missing.partition(": ")
    return f"If the series is absent, it is silent{': ' + why if why else ''}."


def _levels(spec: Spec, kpi: Kpi, alert: Alert) -> str:
    rows = ["| severity | when | for | stays | tells |", "|---|---|---|---|---|"]
    for level in alert.levels:
        tells = ", ".join(told(spec, level)) or "nobody"
        when = f"{alert.compare.value} {texts.bound(level, kpi.unit)}"
        rows.append(
            f"| {level.severity} | {when} | {level.for_} | {level.keep_firing_for or '-'} | {tells} |"
        )
    return "\n".join(rows)


def told(spec: Spec, level: Level) -> list[str]:
    """Return the channels by which people are told of a level of an alert."""
    return [
        channel
        for delivery in spec.routing.deliveries
        if delivery.severity is level.severity
        for channel in delivery.channels
    ]


def _diagnosis(spec: Spec, kpi: Kpi, alert: Alert) -> Iterator[str]:
    series = names.recorded(kpi)
    extreme = "max" if alert.compare.value == "above" else "min"
    yield "The figure now, and its worst value of the last hour:"
    yield _code("promql", series)
    yield _code("promql", f"{extreme}_over_time({series}[1h])")
    yield "What the alert asks, level by level:"
    for level in alert.levels:
        yield _code("promql", conditions.of_level(spec, kpi, alert, level))
    yield "How the figure is computed:"
    yield _code("promql", kpi.expr.strip())
    if further := [line for line in alert.diagnosis if not line.startswith(KQL)]:
        yield "Look further:"
        yield from (_code("promql", line) for line in further)
    yield "What the service wrote (Kibana, KQL):"
    services = links.whose(spec, alert)
    yield _code("kql", links.logs_query(*services))
    own = links.of_services(services)
    yield from (
        _code("kql", own + line.removeprefix(KQL)) for line in alert.diagnosis if line.startswith(KQL)
    )


def _links(spec: Spec, kpi: Kpi, alert: Alert) -> str:
    recent = links.Recent()
    return "\n".join(
        f"- [{text}]({address})"
        for text, address in {
            "Panel": links.dashboard_url(spec, kpi, recent),
            "Logs": links.logs_url(spec, kpi, alert, recent).replace("(", "%28").replace(")", "%29"),
            "Live dashboard": links.live_url(spec, kpi),
        }.items()
    )


def _index(spec: Spec) -> str:
    lines = [f"<!-- {output.mark()} -->", "# Runbooks", ""]
    for family in spec.families:
        found = [(kpi, alert) for kpi, alert in _alerts(spec) if kpi.family == family.name]
        lines += [f"## {family.title}", ""] if found else []
        lines += [
            f"- [{alert.name}]({alert.name}.md): {_plain(alert.summary, kpi, alert)}" for kpi, alert in found
        ]
        lines += [""] if found else []
    return "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[3:]).rstrip("\n") + "\n"


def _alerts(spec: Spec) -> Iterator[tuple[Kpi, Alert]]:
    return ((kpi, alert) for kpi in spec.kpis for alert in kpi.alerts)


def _plain(text: str, kpi: Kpi, alert: Alert) -> str:
    """Return a text of the spec with its fields as words in italics, and the limit as its figure."""
    worst = conditions.worst(alert)
    limit = "*limit*" if worst.limit else texts.figure(abs(conditions.bound(worst)), kpi.unit)
    words = {"limit": limit, "magnitude": "*value*"}
    return _FIELD.sub(lambda match: words.get(match[1], f"*{match[1]}*"), text.strip())


def _numbered(steps: list[str]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _code(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
