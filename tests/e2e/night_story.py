"""Writes what one simulated service logs in a night, many times as fast: a program for its container."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import amaie_telemetry as telemetry
from amaie_demo import incidents, service, story, world
from amaie_demo.scenarios import Chapter

role, told, seed, begins, seconds, speed = sys.argv[1], json.loads(sys.argv[2]), *map(int, sys.argv[3:])
chapters = tuple(Chapter(start, name) for start, name in told)
folder = Path(os.environ["AMAIE_LOG_DIR"])
telemetry.configure_logging(service=role, log_dir=folder, level="DEBUG")
started = time.monotonic()
for second in range(seconds):
    time.sleep(max(0.0, started + second / speed - time.monotonic()))
    moment = world.at(seed, chapters, begins + second)
    for event in incidents.events(seed, chapters, moment):
        if event.service == role:
            service.tell(seed, event)
    if role == story.LAUNCHER:
        service.spoil(folder / "legacy.jsonl", incidents.poison(seed, moment))
telemetry.shutdown()
sys.stdout.write(f"{time.monotonic() - started:.0f}")
