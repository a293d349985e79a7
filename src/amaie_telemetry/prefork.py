"""Services of several processes: their metrics on one page.

With the environment variable PROMETHEUS_MULTIPROC_DIR, `prometheus-client` keeps every value in a file of its
process in that folder, and whichever process is scraped adds up the files of all. Counters and histograms
are sums, also of processes that have ended; a gauge is what any living process set last.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import Metric

    from amaie_telemetry.families import Family

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
ON = VARIABLE in os.environ
"""As `prometheus-client` does, this looks once, when it is imported."""
GAUGES = "livemostrecent"


def page(mine: Iterable[Family[Any]], others: Iterable[Family[Any]]) -> bytes:
    """Return the text of the metrics of all processes.

    Args:
        mine: The metrics of this service.
        others: Those of the spec's other services: left out where no process has set one.
    """
    folder = Path(os.environ[VARIABLE])
    forget_the_dead(folder)
    texts = {family.name.removesuffix("_total"): family.documentation for family in others}
    hidden = texts.keys() - {family.name.removesuffix("_total") for family in mine}
    registry = CollectorRegistry()
    registry.register(_Folder(str(folder), texts, hidden))
    return generate_latest(registry)


class _Folder:
    """What the files say, and of this process what is no value of a metric: memory, start, interpreter."""

    def __init__(self, folder: str, texts: dict[str, str], hidden: set[str]) -> None:
        self._folder = folder
        self._texts = texts
        self._hidden = hidden

    def collect(self) -> Iterator[Metric]:
        seen = set(self._hidden)
        files: Any = MultiProcessCollector
        for metric in files(None, path=self._folder).collect():
            if metric.name not in self._hidden or _is_set(metric):
                seen.add(metric.name)
                metric.documentation = self._texts.get(metric.name, metric.documentation)
                yield metric
        yield from (metric for metric in REGISTRY.collect() if metric.name not in seen)


def _is_set(metric: Metric) -> bool:
    """Tell whether a program has set a metric: the file has one without labels from the start, at zero."""
    return any(sample.value or sample.labels.keys() - {"le"} for sample in metric.samples)


def forget_the_dead(folder: Path) -> None:
    """Remove the gauges of processes that have ended: nobody would set them any more."""
    bury: Any = mark_process_dead
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not _lives(int(pid)):
            bury(int(pid), str(folder))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
