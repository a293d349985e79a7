"""The command that generates: all files from a tiny spec, what it says, and that it is repeatable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import generate
from generators.registry import GENERATORS
from generators.shared import output

ROOT = Path(__file__).resolve().parent.parent.parent
SMALL = ROOT / "tests" / "golden" / "small"
RENDERED = generate.render(generate.load(SMALL))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the small root, generated anew: what is expected is not what these tests are about."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "root"))
    output.write(folder, RENDERED)
    output.remove_orphans(folder, RENDERED)
    return folder


@pytest.mark.parametrize("path", sorted(RENDERED))
def test_a_file_generated_from_the_small_spec_is_as_expected(
    path: str, request: pytest.FixtureRequest
) -> None:
    """Each file is equal to the one beside the small spec; `--refresh` rewrites them all."""
    if request.config.getoption("--refresh"):
        output.write(SMALL, {path: RENDERED[path]})
    assert (SMALL / path).read_text() == RENDERED[path]


def test_nothing_else_lies_beside_the_small_spec(request: pytest.FixtureRequest) -> None:
    """No expected file is left behind by a generator that no longer writes it."""
    if request.config.getoption("--refresh"):
        output.remove_orphans(SMALL, RENDERED)
    assert output.differences(SMALL, RENDERED) == {}


def test_every_generator_writes_something() -> None:
    """Empty output is a mistake in a generator or in its registration."""
    model = generate.load(SMALL)
    assert [name for name in GENERATORS if not generate.render(model, [name])] == []


def test_every_generated_file_says_not_to_edit_it() -> None:
    """Whoever opens a generated file is sent to the spec."""
    assert [path for path, text in RENDERED.items() if "Do not edit" not in text and text.strip()] == []


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_same_spec_gives_the_same_bytes(seed: str, copy: Path) -> None:
    """Neither the order of hashing nor the folder or the time get into a file."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--root", str(copy)]
    for path in RENDERED:
        (copy / path).unlink()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert {path: (copy / path).read_text(encoding="utf-8") for path in RENDERED} == RENDERED


def test_a_second_run_writes_nothing(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Generating again touches no file and says so."""
    assert generate.main(["--root", str(copy)]) == 0
    assert capsys.readouterr().out == f"{len(RENDERED)} generated files: 0 written, 0 removed.\n"


def test_check_passes_on_what_was_generated(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All is well: one line, exit code 0."""
    assert generate.main(["--root", str(copy), "--check"]) == 0
    assert capsys.readouterr().out == f"{len(RENDERED)} generated files up to date.\n"


def test_check_tells_stale_missing_and_orphan_files(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each difference has its line and the cure stands last; nothing is changed; exit code 1."""
    (copy / "logstash/generated/contract.json").write_text("{}")
    (copy / "prometheus/generated/targets/stack.yml").unlink()
    (copy / "grafana/generated/dashboards/old.json").write_text("{}")
    assert generate.main(["--root", str(copy), "--check"]) == 1
    assert capsys.readouterr().err == (
        "grafana/generated/dashboards/old.json: no generator writes this file; delete it\n"
        "logstash/generated/contract.json: out of date\n"
        "prometheus/generated/targets/stack.yml: missing\n"
        'Run "make generate" and commit the result.\n'
    )
    assert (copy / "logstash/generated/contract.json").read_text() == "{}"


def test_generating_cures_what_check_found(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Stale and missing files are written, orphans are removed, and each is named."""
    (copy / "logstash/generated/contract.json").write_text("{}")
    (copy / "grafana/generated/dashboards/old.json").write_text(f'{{"_generated": "{output.mark()}"}}')
    theirs = copy / "prometheus/generated/targets/theirs.yml"
    theirs.write_text("[]")
    assert generate.main(["--root", str(copy)]) == 0
    assert capsys.readouterr().out == (
        "wrote logstash/generated/contract.json\n"
        "removed grafana/generated/dashboards/old.json: no generator writes it any more\n"
        f"{len(RENDERED)} generated files: 1 written, 1 removed.\n"
    )
    assert theirs.read_text() == "[]", "what somebody else has put there is theirs"
    theirs.unlink()
    assert output.differences(copy, RENDERED) == {}


def test_only_writes_the_files_of_the_named_tool(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`make dashboards` leaves everything else as it is, orphans of other tools included."""
    shutil.rmtree(copy / "grafana/generated")
    (copy / "logstash/generated/contract.json").write_text("{}")
    assert generate.main(["--root", str(copy), "--only", "grafana"]) == 0
    assert capsys.readouterr().out.count("wrote grafana/generated/dashboards/") >= 1
    assert (copy / "logstash/generated/contract.json").read_text() == "{}"


def test_the_problems_of_all_specs_are_told_at_once_and_nothing_is_written(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run tells everything that a person has to correct; exit code 1."""
    for path, old, new in (
        ("spec/kpis.yaml", "title: Cash", "titel: Cash"),
        ("spec/logs.yaml", "max_depth: 4", "max_depth: 99"),
        ("compose/compose.yaml", '"9101"', '"port"'),
    ):
        text = (copy / path).read_text()
        (copy / path).write_text(text.replace(old, new))
    (copy / "logstash/generated/contract.json").unlink()
    assert generate.main(["--root", str(copy)]) == 1
    assert capsys.readouterr().err == (
        "compose/compose.yaml:5: services[till].labels[metrics.port]: 'port' is not a port; "
        'write it like "9101"\n'
        "spec/kpis.yaml:89: kpis[cash].titel: unknown key; did you mean 'title'?\n"
        "spec/logs.yaml:12: limits.max_depth: 99 is too large; write at most 20\n"
        "3 problems. Nothing was written.\n"
    )
    assert not (copy / "logstash/generated/contract.json").exists()


def test_an_unknown_tool_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong option is told on stderr with exit code 2."""
    with pytest.raises(SystemExit) as error:
        generate.main(["--only", "grafan"])
    assert error.value.code == 2
    assert "invalid choice: 'grafan' (choose from" in capsys.readouterr().err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` shows each way to call the command."""
    with pytest.raises(SystemExit):
        generate.main(["--help"])
    assert "python scripts/generate.py --check" in capsys.readouterr().out


def test_two_generators_of_one_file_are_refused() -> None:
    """A clash of paths is told when it is made, not when somebody misses a file."""
    with pytest.raises(RuntimeError) as error:
        generate.render(generate.load(SMALL), ["targets", "targets"])
    assert str(error.value) == (
        "two generators write prometheus/generated/targets/stack.yml; give one of them another path"
    )
