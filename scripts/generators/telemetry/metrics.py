"""Typed metric objects for the services: a wrong name or label is a type error, not a silent new series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.shared.output import mark
from generators.spec.model import Metric, MetricType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generators.spec.model import Model

FOLDER = "src/amaie_telemetry/generated"

_FAMILY = {
    MetricType.GAUGE: "GaugeFamily",
    MetricType.COUNTER: "CounterFamily",
    MetricType.HISTOGRAM: "HistogramFamily",
}
_SERIES = {MetricType.GAUGE: "Gauge", MetricType.COUNTER: "Counter", MetricType.HISTOGRAM: "Histogram"}


def render(model: Model) -> dict[str, str]:
    """Return the module of typed metrics: `metrics.<group>.<name>` for `amaie_<group>_<name>`."""
    return {
        f"{FOLDER}/__init__.py": f'# {mark()}\n"""What the library takes from the specs."""\n',
        f"{FOLDER}/metrics.py": _module(model.spec.metrics),
    }


def _module(metrics: Iterable[Metric]) -> str:
    groups: dict[str, list[Metric]] = {}
    for metric in metrics:
        groups.setdefault(_group(metric), []).append(metric)
    parts = [_head(), *(_family(metric) for group in sorted(groups) for metric in groups[group])]
    parts += [_group_class(group, groups[group]) for group in sorted(groups)]
    parts.append("\n".join(f"{group} = {_class(group)}Metrics()" for group in sorted(groups)))
    members = "".join(
        f"    {group}.{_attribute(metric)},\n" for group in sorted(groups) for metric in groups[group]
    )
    parts.append(f"ALL: tuple[Family[Any], ...] = (\n{members})")
    exported = "".join(f"    {name!r},\n" for name in ["ALL", *sorted(groups)])
    parts.append(f"__all__ = [\n{exported}]".replace("'", '"'))
    return "\n\n\n".join(parts) + "\n"


def _head() -> str:
    return (
        f'# {mark()}\n"""The metrics of the spec as typed objects."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Any\n\n"
        "from prometheus_client import Counter, Gauge, Histogram\n\n"
        "from amaie_telemetry.families import CounterFamily, Family, GaugeFamily, HistogramFamily"
    )


def _family(metric: Metric) -> str:
    """Return the class of one metric: `labels()` takes exactly the labels of the spec, by name."""
    series = _SERIES[metric.type]
    parameters = "".join(f", {label}: str" for label in metric.labels)
    keywords = f", *{parameters}" if parameters else ""
    return (
        f"class {_class(metric.name)}({_FAMILY[metric.type]}):\n"
        f'    """{_docstring(metric.help)} Unit: {metric.unit}."""\n\n'
        f"    def labels(self{keywords}) -> {series}:\n"
        f'        """Return the series of these labels."""\n'
        f"        return self.series({_tuple(metric.labels)})"
    )


def _group_class(group: str, metrics: Iterable[Metric]) -> str:
    members = "\n".join(f"    {_attribute(metric)} = {_instance(metric)}" for metric in metrics)
    head = f'class {_class(group)}Metrics:\n    """Metrics whose names start with amaie_{group}_."""'
    return f"{head}\n\n{members}"


def _instance(metric: Metric) -> str:
    arguments = [
        _text(metric.name),
        _text(metric.help),
        f"unit={_text(metric.unit)}",
        f"labels={_tuple(map(_text, metric.labels))}",
        f"services={_tuple(map(_text, metric.services))}",
    ]
    if metric.buckets:
        arguments.append(f"buckets={_tuple(map(repr, metric.buckets))}")
    lines = "".join(f"        {argument},\n" for argument in arguments)
    return f"{_class(metric.name)}(\n{lines}    )"


def _tuple(items: Iterable[str]) -> str:
    """Return expressions as one tuple expression."""
    inner = ", ".join(items)
    return f"({inner},)" if inner and "," not in inner else f"({inner})"


def _text(value: str) -> str:
    """Return a text as a Python literal in double quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''")


def _group(metric: Metric) -> str:
    return metric.name.split("_")[1]


def _attribute(metric: Metric) -> str:
    return "_".join(metric.name.split("_")[2:]) or "value"


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.removeprefix("amaie_").split("_"))
