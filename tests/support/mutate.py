"""Put faults into rules and routes, one at a time, and see whether the tests notice each.

Rules are judged by their promtool tests; Alertmanager's configuration by what its own matcher answers and by
what the spec promises of it (`support.promises`).

Examples:
    make mutate                 every mutant: about an hour
    make mutate ONLY=Drawdown   mutants of rules whose name contains the word, such as an alert or a series
    make mutate ONLY=alertmanager.yml   mutants of Alertmanager's configuration: a minute
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from generators import names
from generators.prometheus import promtests
from generators.prometheus.rules import alert_rule, recording_groups
from generators.shared.conditions import seconds
from generators.spec import kpispec
from operate import build, engine
from operate.paths import ROOT
from operate.progress import Progress
from support import judge_config, mutants, needed_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Spec
    from support.mutants import Mutant

FORMULA_TESTS = ROOT / "tests" / "promql"
WANTED = 0.95
LOOP = (
    "ls -d */ | xargs -P2 -I{} sh -c "
    "'for test in $(ls {}test*.yml 2>/dev/null); "
    "do promtool test rules $test >{}out 2>&1 || { echo {} killed; exit; }; done; echo {} survived'"
)
"""The shortest test comes first, and what it notices is not asked of the others."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0 if enough mutants are killed, 1 if not, 2 if a test fails unmutated."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n\n")[0],
        epilog=(__doc__ or "").partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", default="", metavar="WORD", help="mutate only rules whose name has this word"
    )
    parser.add_argument("--images", default="auto", help="auto, official or packages, as for make up")
    options = parser.parse_args(arguments)
    model = kpispec.load(ROOT / "spec" / "kpis.yaml")
    with tempfile.TemporaryDirectory() as folder:
        cases = list(lay_out(model, Path(folder), options.only))
        images = _images(options.images)
        try:
            routing = judge_config.judged(images["alertmanager"], options.only)
        except ValueError as error:
            print(f"the configuration fails without any fault: {error}; correct it first", file=sys.stderr)
            return 2
        print(f"{len(cases)} mutants of rules; each is given to promtool.", flush=True)
        killed = run(Path(folder), images["prometheus"]) if cases else {}
    sound = [name for name, fate in killed.items() if name.startswith("sound") and fate]
    if sound:
        print(
            f"the tests fail without any fault: {', '.join(sorted(sound))}; correct them first",
            file=sys.stderr,
        )
        return 2
    return report([(case, killed.get(name, False)) for name, case in cases] + routing)


def lay_out(model: Spec, folder: Path, word: str = "") -> Iterator[tuple[str, Mutant]]:
    """Write a folder with rules and test for each mutant of rules with a word in their name; yield it."""
    count = 0
    for rules, position, tests in (*_alerts(model), *_formulas(model)):
        sound = rules[position]
        if word not in (sound["alert"] if "alert" in sound else sound["record"]):
            continue
        is_alert = "alert" in sound
        step = seconds(model.settings.evaluation_interval)
        found = mutants.of_alert(sound, step) if is_alert else mutants.of_recording(sound)
        _write(folder / f"sound{count:04}", rules, tests)
        for mutant in found:
            count += 1
            changed = [*rules[:position], mutant.mutated, *rules[position + 1 :]]
            _write(folder / f"m{count:04}", changed, tests)
            yield f"m{count:04}", mutant
        count += 1


def _images(wanted: str) -> dict[str, str]:
    progress = Progress()
    client = engine.ensure("auto", progress)
    try:
        return build.ensure(build.choose(wanted, client, progress), client, progress)
    finally:
        client.close()


def run(folder: Path, image: str) -> dict[str, bool]:
    """Give every folder to an image's promtool, in one container; return folder -> whether a test failed."""
    command = ["docker", "run", "--rm", "--network=none", "--user=0:0", f"--volume={folder}:/mutants"]
    command += ["--workdir=/mutants", "--entrypoint=/bin/sh", image, "-c", LOOP]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    fates = (line.split() for line in done.stdout.splitlines())
    return {name.rstrip("/"): fate == "killed" for name, fate in fates}


def report(cases: list[tuple[Mutant, bool]]) -> int:
    """Print how many mutants of each kind were killed, and every survivor; return the exit code."""
    if not cases:
        print("no rule and no part of the configuration has that word in its name", file=sys.stderr)
        return 2
    for title in ("alert rules", "recording rules", "Alertmanager"):
        part = [killed for mutant, killed in cases if _kind(mutant) == title]
        if part:
            print(f"{title:16} {sum(part):4} of {len(part):4} killed  {sum(part) / len(part):7.1%}")
    for mutant, killed in cases:
        if not killed:
            print(f"survived: {mutant.rule}: {mutant.fault}")
    share = sum(killed for _, killed in cases) / len(cases)
    print(f"{share:.1%} of {len(cases)} mutants killed; {WANTED:.0%} wanted")
    return 0 if share >= WANTED else 1


def _kind(mutant: Mutant) -> str:
    kinds = {"alert": "alert rules", "record": "recording rules"}
    return next((title for key, title in kinds.items() if key in mutant.mutated), "Alertmanager")


def _alerts(model: Spec) -> Iterator[tuple[list[dict[str, Any]], int, list[dict[str, Any]]]]:
    """Yield the rules of an alert, the place of each in turn, and the alert's tests."""
    for kpi in model.kpis:
        for alert in kpi.alerts:
            rules = [alert_rule(model, kpi, alert, level) for level in alert.levels]
            test = promtests.test_file(model, "rules.yml", promtests.alert_tests(model, kpi, alert))
            yield from ((rules, position, [test]) for position in range(len(rules)))


def _formulas(model: Spec) -> Iterator[tuple[list[dict[str, Any]], int, list[dict[str, Any]]]]:
    """Yield the recording rules of a family, the place of each in turn, and all tests that look at it."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FORMULA_TESTS.glob("*.yml"))]
    own = {"rule_files": ["rules.yml"], "group_eval_order": ["mutated"]}
    for family in model.families:
        prefix = names.rule_group(family.name, "")
        groups = [group for group in recording_groups(model) if group["name"].startswith(prefix)]
        rules = [rule for group in groups for rule in group["rules"]]
        for rule in rules:
            reading = _reading(rules, rule)
            kept = needed_rules.needed(rules, reading)
            looks = (_looking_at(test | own, reading) for test in files)
            yield kept, kept.index(rule), sorted((test for test in looks if test["tests"]), key=_played)


def _reading(rules: list[dict[str, Any]], rule: dict[str, Any]) -> set[str]:
    """Return the series that a fault of a rule may change: its own, and all that read it, directly or not."""
    found = {rule["record"]}
    for _ in rules:
        found |= {one["record"] for one in rules if any(name in one["expr"] for name in found)}
    return found


def _played(test: dict[str, Any]) -> float:
    """Return how many seconds a test file plays."""
    return sum(max(seconds(look["eval_time"]) for look in one["promql_expr_test"]) for one in test["tests"])


def _looking_at(test: dict[str, Any], records: set[str]) -> dict[str, Any]:
    """Return a test file with only those looks that are at one of the series."""
    tests = []
    for block in test["tests"]:
        looks = block["promql_expr_test"]
        seen = [look for look in looks if any(record in look["expr"] for record in records)]
        if seen:
            tests.append(block | {"promql_expr_test": seen})
    return test | {"tests": tests}


def _write(folder: Path, rules: list[dict[str, Any]], tests: list[dict[str, Any]]) -> None:
    folder.mkdir()
    group = {"name": "mutated", "rules": rules}
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [group]}), encoding="utf-8")
    for number, test in enumerate(tests):
        (folder / f"test{number:02}.yml").write_text(yaml.safe_dump(test), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
