"""The spec's loader: every mistake that a person can make gets its line, its place and its cure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from generators.spec import kpispec
from generators.spec.strict_yaml import SpecError

TESTS = Path(__file__).parents[3]
SMALL = TESTS / "golden" / "small" / "spec" / "kpis.yaml"
NAME = "spec/kpis.yaml"


@dataclass(frozen=True)
class Case:
    """A mistake in the small spec: the lines that it replaces (-) by others (+), and what is told (>)."""

    path: Path
    text: str

    def __str__(self) -> str:
        """Return the name that stands before the sentence of the case."""
        return self.text.removeprefix("# ").partition(":")[0]

    def lines(self, sign: str) -> str:
        """Return the lines that start with a sign, without it."""
        return "".join(f"{line[1:]}\n" for line in self.text.splitlines() if line[0] == sign)

    def spec(self) -> str:
        """Return the small spec with the mistake in it."""
        text = SMALL.read_text()
        assert text.count(self.lines("-")) == 1, f"{self} does not fit {SMALL.name} any more"
        return text.replace(self.lines("-"), self.lines("+"))

    def expected(self) -> str:
        """Return what a person must be told."""
        return self.lines(">").replace("\n ", "\n").removeprefix(" ")

    def refresh(self, told: str) -> None:
        """Write into the file what a person is told."""
        kept = [line for line in self.text.splitlines() if line[0] != ">"]
        text = "\n".join([*kept, *(f"> {line}" for line in told.splitlines())])
        self.path.write_text(self.path.read_text().replace(self.text, text))


CASES = [
    Case(path, text)
    for path in sorted((TESTS / "bad_specs").iterdir())
    for text in path.read_text().rstrip("\n").split("\n\n")
]


def problems_of(text: str, folder: Path) -> str:
    """Return what the loader says about a spec, as a person sees it."""
    path = folder / "kpis.yaml"
    path.write_text(text)
    with pytest.raises(SpecError) as error:
        kpispec.load(path, NAME)
    return f"{error.value}\n"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_mistake_is_told_with_its_place_and_its_cure(
    case: Case, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A spec with one mistake is refused with exactly the text below it; `--refresh` rewrites that."""
    told = problems_of(case.spec(), tmp_path)
    if request.config.getoption("--refresh"):
        case.refresh(told)
    else:
        assert told == case.expected()


def test_no_mistake_is_told_twice() -> None:
    """Every case has a name of its own, so that a failure says which one it is."""
    names = [str(case) for case in CASES]
    assert len(names) == len(set(names)) >= 90


def test_the_small_spec_is_right() -> None:
    """What the mistakes are made in has none itself."""
    assert [kpi.name for kpi in kpispec.load(SMALL).kpis][:2] == ["cash", "service_time_p95"]


def test_the_spec_of_the_repository_is_right(root: Path) -> None:
    """The spec that everything is generated from has no problem."""
    assert kpispec.load(root / NAME).version == 1


def test_a_spec_never_changes_after_loading() -> None:
    """Generators cannot disturb each other through the spec."""
    loaded = kpispec.load(SMALL)
    with pytest.raises(ValueError, match="frozen"):
        loaded.kpis[0].title = "other"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "spec/kpis.yaml:1: this file says nothing; write keys and values in it"),
        (b"\xff\xfe\x00", "spec/kpis.yaml:1: this file is not UTF-8 text; save it as UTF-8"),
        (b"a: \x07", "spec/kpis.yaml:1: a character cannot stand in YAML (#x0007); remove it"),
        (b"- one", "spec/kpis.yaml:1: a list is not a mapping; write it like 'key: value', one to a line"),
        (
            b"version: 1\n---\nversion: 2",
            f"{NAME}:2: this is not YAML (but found another document); check the indentation and quotes here",
        ),
    ],
    ids=["empty", "not_utf8", "control_character", "no_mapping", "two_documents"],
)
def test_a_file_that_is_no_spec_at_all_is_told_in_one_line(content: bytes, told: str, tmp_path: Path) -> None:
    """Files that are broken as a whole get one clear sentence, not a traceback."""
    path = tmp_path / "kpis.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError) as error:
        kpispec.load(path, NAME)
    assert str(error.value) == told


def test_a_missing_file_is_told_in_one_line(tmp_path: Path) -> None:
    """A wrong path gets one clear sentence, not a traceback."""
    with pytest.raises(SpecError) as error:
        kpispec.load(tmp_path / "kpis.yaml", NAME)
    assert str(error.value) == "spec/kpis.yaml:1: there is no such file; create it or correct the path"


def test_a_critical_level_may_wait_longer_at_the_same_bound(tmp_path: Path) -> None:
    """Two levels may share a bound where the critical one means that the state lasts."""
    text = SMALL.read_text().replace("bound: 10, for: 1m", "bound: 50, for: 10m")
    (tmp_path / "kpis.yaml").write_text(text)
    critical, warning = kpispec.load(tmp_path / "kpis.yaml").kpis[0].alerts[0].levels
    assert (critical.bound, critical.for_, warning.bound, warning.for_) == (50, "10m", 50, "5m")
