"""Write site.yaml from a few questions; what is not asked stands in it as a comment.

Examples:
    python scripts/init.py
    python scripts/init.py --yes    take every default
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from rich.prompt import FloatPrompt, Prompt

import generate
from generators.spec.strict_yaml import SpecError
from operate.errors import StackError
from operate.paths import ROOT, SITE
from operate.site import edit, store

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Spec

EXAMPLE = ROOT / "site.example.yaml"
NOBODY, SLACK, PAGERDUTY = "nobody", "slack", "pagerduty"
CHANNELS = {
    SLACK: {"channel": "#amaie-alerts", "webhook_url_file": "slack_webhook_url"},
    PAGERDUTY: {
        "url": "https://events.pagerduty.com/v2/enqueue",
        "routing_key_file": "pagerduty_routing_key",
    },
}
ASKED = ("daily_loss_warning_ratio", "daily_loss_critical_ratio", "drawdown_critical_ratio")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, 1 if the answers do not fit together, 2 if there is a site already."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing and take every default")
    options = parser.parse_args(arguments)
    try:
        refuse_second(SITE)
        spec = generate.load(ROOT).spec
        write(SITE, EXAMPLE.read_text(encoding="utf-8"), {} if options.yes else ask(spec), spec)
    except (EOFError, KeyboardInterrupt):
        print(
            "\nThe questions were not answered, and nothing was written; cure: make init YES=1",
            file=sys.stderr,
        )
        return 2
    except SpecError as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 1
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{SITE.name} is written. Next: make connect NAME=… PORT=… LOGS=…, or make up.")
    return 0


def refuse_second(path: Path) -> None:
    """Refuse to write over a site; before anything is asked.

    Raises:
        StackError: The file exists already.
    """
    if path.exists() or path.is_symlink():
        raise StackError(f"{path.name} exists already; cure: edit it, or move it away first")


def ask(spec: Spec) -> dict[str, object]:
    """Ask what cannot be guessed; return the keys of site.yaml that are not left at their defaults."""
    defaults = {limit.name: limit.default for limit in spec.limits if limit.default is not None}
    limits = {}
    for limit in (one for one in spec.limits if one.name in ASKED):
        limits[limit.name] = FloatPrompt.ask(limit.description, default=limit.default)
    limits = {name: value for name, value in limits.items() if value != defaults[name]}
    link = Prompt.ask("Address at which people open the live dashboard", default=spec.settings.links.launcher)
    channel = Prompt.ask("Who is told of alerts", choices=[NOBODY, *CHANNELS], default=NOBODY)
    answers: dict[str, object] = {}
    if limits:
        answers["limits"] = limits
    if link != spec.settings.links.launcher:
        answers["links"] = {"dashboard": link}
    if channel != NOBODY:
        answers["channels"] = {channel: CHANNELS[channel]}
    return answers


def write(path: Path, example: str, answers: dict[str, object], spec: Spec) -> None:
    """Write the example with the answers beside what it says of their keys.

    Raises:
        SpecError: The answers do not fit together.
        StackError: The file cannot be written.
    """
    for key, value in answers.items():
        example = edit.set_before(example, f"#{key}:", f"{key}: {edit.inline(value)}")
    store.write(path, example, spec)


if __name__ == "__main__":
    sys.exit(main())
