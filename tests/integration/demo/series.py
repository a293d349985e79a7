"""The simulated services as series for promtool: what Prometheus would have scraped, every 15 seconds."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from prometheus_client.utils import floatToGoString

from amaie_demo import facts, world
from amaie_demo.facts import Do, Sample
from amaie_demo.scenarios import ON
from amaie_telemetry import metrics
from amaie_telemetry.families import HistogramFamily

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amaie_demo.scenarios import Chapter

SCRAPE: Final = 15
SEED: Final = 7
PORTS: Final = {"amaie-core": 9101, "amaie-trader": 9102, "launcher": 9103}
_FAMILIES: Final = {family.name: family for family in metrics.ALL}

Key = tuple[str, tuple[tuple[str, str], ...]]


class Recorder:
    """The series of one service, as its `/metrics` would show them."""

    def __init__(self, role: str, second: int) -> None:
        """Start as the service does."""
        self.role = role
        self.values: dict[Key, float] = {}
        for sample in facts.initial(role, second):
            self.apply(sample)

    def apply(self, sample: Sample) -> None:
        """Do to the series what the sample does to its metric."""
        labels = tuple(sorted(sample.labels.items()))
        if sample.do is Do.OBSERVE:
            self._observe(sample.metric, labels, sample.value)
        elif sample.do is Do.ADD:
            self.values[sample.metric, labels] = self.values.get((sample.metric, labels), 0.0) + sample.value
        else:
            self.values[sample.metric, labels] = sample.value

    def _observe(self, name: str, labels: tuple[tuple[str, str], ...], value: float) -> None:
        family = _FAMILIES[name]
        assert isinstance(family, HistogramFamily)
        bounds = family.metric._upper_bounds  # the last one is infinite
        first = bisect_left(bounds, value)
        for number, bound in enumerate(map(floatToGoString, bounds)):
            key = (f"{name}_bucket", (*labels, ("le", bound)))
            self.values[key] = self.values.get(key, 0.0) + float(number >= first)
        for suffix, size in (("_count", 1.0), ("_sum", value)):
            key = (name + suffix, labels)
            self.values[key] = self.values.get(key, 0.0) + size


def scraped(chapters: Sequence[Chapter], start: int, seconds: int) -> dict[str, list[float | None]]:
    """Return each series in Prometheus' notation with its value at every scrape, None where there is none."""
    series: dict[str, list[float | None]] = {}
    recorders = {role: Recorder(role, start) for role in PORTS}
    born = dict.fromkeys(PORTS, start)
    for number in range(seconds // SCRAPE + 1):
        scrape = start + number * SCRAPE
        for second in range(scrape - SCRAPE + 1, scrape + 1):
            moment = world.at(SEED, chapters, second)
            if moment.disturbance.trader_down > ON:
                recorders["amaie-trader"] = Recorder("amaie-trader", second)
                born["amaie-trader"] = second
                continue
            for role, recorder in recorders.items():
                for sample in facts.measured(role, moment):
                    recorder.apply(sample)
        down = {"amaie-trader"} if world.at(SEED, chapters, scrape).disturbance.trader_down > ON else set()
        for role, recorder in recorders.items():
            target = f'service="{role}",job="services",instance="{role}:{PORTS[role]}"'
            seen = {"up": float(role not in down)}
            if role not in down:
                seen |= {"process_start_time_seconds": float(born[role] - start)}
                seen |= {_notation(key): value for key, value in recorder.values.items()}
            for name, value in seen.items():
                text = f"{name[:-1]},{target}}}" if name.endswith("}") else f"{name}{{{target}}}"
                values = series.setdefault(text, [])
                values += [None] * (number - len(values)) + [value]
    return series


def _notation(key: Key) -> str:
    name, labels = key
    text = ",".join(f'{label}="{value}"' for label, value in labels)
    return f"{name}{{{text}}}" if labels else name
