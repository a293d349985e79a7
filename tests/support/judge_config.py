"""Whether the tests of routing notice a fault in Alertmanager's configuration."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from operate.paths import ROOT
from support import config_mutants, promises, routes
from support.mutants import Mutant

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIG = ROOT / "alertmanager" / "generated" / config_mutants.NAME
SPEC = ROOT / "spec" / "kpis.yaml"


def judged(image: str, word: str) -> list[tuple[Mutant, bool]]:
    """Return the mutants whose place or fault has a word in it, each with whether it is noticed.

    First the spec's promises are read; what they do not notice is asked of the `amtool` of an image.

    Raises:
        ValueError: The configuration fails without any fault.
    """
    sound = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    spec = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    if complaints := promises.broken(sound, spec):
        raise ValueError("\n".join(complaints))
    cases = [one for one in config_mutants.of_config(sound) if word in one.rule]
    unnoticed = [one for one in cases if not promises.broken(one.mutated, spec)]
    whole = Mutant(config_mutants.NAME, "none", sound)
    lost = _misled(image, [whole, *unnoticed])
    if whole in lost:
        raise ValueError("amtool sends alerts elsewhere than support.routes says")
    return [(one, one not in unnoticed or one in lost) for one in cases]


def _misled(image: str, mutants: Sequence[Mutant]) -> list[Mutant]:
    """Return those that tell others than the configuration without a fault does, or that amtool refuses."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        files = {f"m{count:04}.yml": one for count, one in enumerate(mutants)}
        for name, one in files.items():
            (Path(folder) / name).write_text(yaml.safe_dump(one.mutated), encoding="utf-8")
        answers = routes.told(image, Path(folder), list(files), list(routes.KNOWN))
    return [one for name, one in files.items() if answers[name] != routes.KNOWN]
