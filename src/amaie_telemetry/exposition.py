"""The text that Prometheus scrapes, written in small pieces so that no metric call waits for it.

`prometheus_client.generate_latest` builds all samples of a metric while it holds the interpreter:
10,000 series stop every other thread for tens of milliseconds. Here the interpreter is handed over
after every few series.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client.samples import Exemplar, Sample

    from amaie_telemetry.families import Family

CHUNK = 48
"""Series between two hand-overs: about 0.2 ms of work."""
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
END = "# EOF\n"
_log = logging.getLogger(__name__)

_WORDS = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}
"""What the text format calls the numbers that Python names otherwise."""


def exposition(
    families: Iterable[Family[Any]],
    *,
    openmetrics: bool = False,
    pause: Callable[[], object] = lambda: time.sleep(0),
) -> bytes:
    """Return the families in Prometheus' text format, or in OpenMetrics with exemplars but without its end.

    `pause` runs after every `CHUNK` series.
    """
    lines: list[str] = []
    for family in families:
        lines += _head(family, openmetrics=openmetrics)
        for count, (values, series) in enumerate(family.all_series(), start=1):
            try:
                lines.append(_series(family, values, series, openmetrics=openmetrics))
            except Exception as error:  # noqa: BLE001 (one bad series never costs the others)
                _log.warning("A series of %s is left out: %s", family.name, type(error).__name__)
            if count % CHUNK == 0:
                pause()
        pause()
    return "".join(lines).encode()


def _head(family: Family[Any], *, openmetrics: bool) -> tuple[str, str]:
    name = family.name.removesuffix("_total") if openmetrics else family.name
    text = family.documentation.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {name} {text}\n", f"# TYPE {name} {family.kind}\n"


def _series(family: Family[Any], values: tuple[str, ...], series: Any, *, openmetrics: bool) -> str:
    """Return the lines of one series."""
    [metric] = series.collect()
    names = family.texts.get(values)
    if names is None:
        names = family.texts[values] = [_name(family, values, sample) for sample in metric.samples]
    text = ""
    for name, (_, _, value, _, exemplar, *_) in zip(names, metric.samples, strict=True):
        if name:
            traced = _exemplar(exemplar) if exemplar and openmetrics else ""
            text += f"{name} {_number(value)}{traced}\n"
    return text


def _name(family: Family[Any], values: tuple[str, ...], sample: Sample) -> str:
    """Return name and labels of a sample, which never change; nothing for when a series was made."""
    if sample.name.endswith("_created"):
        return ""
    own = [f'{name}="{_escaped(value)}"' for name, value in zip(family.label_names, values, strict=True)]
    labels = ",".join(own + [f'{name}="{value}"' for name, value in (sample.labels or {}).items()])
    return f"{sample.name}{{{labels}}}" if labels else sample.name


def _number(value: float) -> str:
    text = repr(value)
    return _WORDS.get(text, text)


def _exemplar(exemplar: Exemplar) -> str:
    labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in exemplar.labels.items())
    return f" # {{{labels}}} {_number(exemplar.value)} {exemplar.timestamp}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
