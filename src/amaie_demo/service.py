"""The edge of the simulation: reads the clock and the scenario file, exports metrics, writes logs."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import amaie_telemetry as telemetry
from amaie_demo import facts, incidents, story, world
from amaie_demo.scenarios import ON, Chapter, ScenarioError, disturbance, parse
from amaie_telemetry import metrics

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from amaie_demo.facts import Sample

ROLES: Final = (story.CORE, story.TRADER, story.LAUNCHER)
_CATCH_UP: Final = 5  # seconds that are told late rather than left out, after a stall
DIED: Final = 3  # exit code
_DEATH: Final = "Unrecoverable error in the order loop, shutting down."
_SPOILED_BYTES: Final = 1_000_000
_log = logging.getLogger("service")


@dataclass(frozen=True, slots=True)
class Options:
    """What one process needs to know."""

    role: str
    port: int
    seed: int
    scenario: str
    scenario_file: Path | None
    log_dir: Path
    level: str


class Script:
    """The scenarios told so far: from the command line, or from a file that may change while running."""

    def __init__(self, scenario: str, file: Path | None, now: float) -> None:
        """Start with *scenario* at *now*; the file, when there is one, replaces it."""
        self._chapters: tuple[Chapter, ...] = (Chapter(now, scenario),)
        self._file = file
        self._changed = 0.0

    def chapters(self) -> tuple[Chapter, ...]:
        """Return the chapters; a missing or wrong file leaves the last good ones."""
        if self._file is None:
            return self._chapters
        try:
            changed = self._file.stat().st_mtime
            if changed != self._changed:
                self._changed = changed
                self._chapters = parse(self._file.read_text(encoding="utf-8"), changed)
        except FileNotFoundError:
            self._chapters = self._chapters[:1]
        except (OSError, UnicodeDecodeError, ScenarioError) as error:
            _log.warning("Scenario file not read, going on as before: %s", error)
        return self._chapters


def emit(sample: Sample) -> None:
    """Hand one sample to the telemetry library."""
    group, _, name = sample.metric.removeprefix("amaie_").partition("_")
    series = getattr(getattr(metrics, group), name).labels(**sample.labels)
    getattr(series, sample.do.value)(sample.value)


def tell(seed: int, event: story.Event) -> None:
    """Log one record, within its decision's trace when it has one."""
    trace = {} if event.decision is None else story.trace(seed, event)
    with telemetry.bind(**trace):
        logging.getLogger(event.module).log(event.level, event.message, extra=dict(event.fields))


def step(options: Options, chapters: tuple[Chapter, ...], second: int) -> None:
    """Export and log what happened to this service during one second; a decision's trace joins both."""
    moment = world.at(options.seed, chapters, second)
    with telemetry.bind(trace_id=story.trace_id(options.seed, second // world.DECISION_EVERY)):
        for sample in facts.measured(options.role, moment):
            emit(sample)
    for event in incidents.events(options.seed, chapters, moment):
        if event.service == options.role:
            tell(options.seed, event)
    if options.role == story.LAUNCHER:
        spoil(options.log_dir / "legacy.jsonl", incidents.poison(options.seed, moment))


def spoil(path: Path, lines: tuple[str, ...]) -> None:
    """Append lines that keep no contract to a log file of their own, which never grows large."""
    if not lines:
        return
    if path.exists() and path.stat().st_size > _SPOILED_BYTES:
        path.rename(path.with_suffix(".jsonl.1"))
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _down(options: Options, script: Script) -> bool:
    """Return whether the scenario says that this service is gone now."""
    return options.role == story.TRADER and disturbance(script.chapters(), time.time()).trader_down > ON


def run(options: Options, stop: threading.Event) -> int:
    """Be a service until *stop* is set (returns 0) or the scenario lets it die (returns 3)."""
    telemetry.configure_logging(service=options.role, log_dir=options.log_dir, level=options.level)
    script = Script(options.scenario, options.scenario_file, int(time.time()) - 1)
    while _down(options, script):
        if stop.wait(1.0):
            return 0
    telemetry.start_metrics_server(options.port)
    for sample in facts.initial(options.role, int(time.time())):
        emit(sample)
    _log.info("AMAIE service started successfully on profile '%s'", options.scenario)
    died = _live(options, script, stop)
    _log.log(*(logging.CRITICAL, _DEATH) if died else (logging.INFO, "AMAIE service stopped"))
    telemetry.shutdown()
    return DIED if died else 0


def _live(options: Options, script: Script, stop: threading.Event) -> bool:
    """Tell second after second; return True if the scenario ends the service, False if *stop* does."""
    done = int(time.time()) - 1
    while not stop.wait(min(1.0, max(0.0, done + 2 - time.time()))):
        if _down(options, script):
            return True
        now = int(time.time())
        if now < done - 1:  # the clock was set back: what it tells again happens again
            done = now - 1
        for second in range(max(done + 1, now - _CATCH_UP), now + 1):
            step(options, script.chapters(), second)
        done = max(done, now)
    return False
