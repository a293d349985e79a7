"""Tables for people: complete, linked, and embedded in the README between its marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import generate
from generators.docs import tables
from generators.shared import output

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Model


@pytest.fixture(scope="module")
def whole(root: Path) -> Model:
    """Return the model of the repository's own spec."""
    return generate.load(root)


def test_every_kpi_and_alert_of_the_spec_is_in_the_tables(whole: Model) -> None:
    """Nothing that the spec defines is left out of a table."""
    files = tables.render(whole)
    alerts = [alert for kpi in whole.spec.kpis for alert in kpi.alerts]
    assert [kpi.name for kpi in whole.spec.kpis if kpi.title not in files[tables.KPIS]] == []
    assert [kpi.name for kpi in whole.spec.kpis if kpi.expr.strip() not in files[tables.KPIS]] == []
    rows = files[tables.ALERTS].count("/runbooks/generated/")
    assert rows == sum(len(alert.levels) for alert in alerts)


def test_every_link_of_a_table_leads_to_a_generated_page(whole: Model) -> None:
    """The runbooks that tables link to are those that the runbook generator writes."""
    pages = generate.render(whole, ["runbooks"])
    linked = [alert.name for kpi in whole.spec.kpis for alert in kpi.alerts]
    assert [name for name in linked if f"docs/runbooks/generated/{name}.md" not in pages] == []
    assert tables.readme(whole).count("](docs/runbooks/generated/") == len(linked)


def test_a_bar_in_a_text_does_not_break_the_table(small: Model) -> None:
    """A cell with | is escaped, so that its row keeps its columns."""
    kpi = small.spec.kpis[0].model_copy(update={"title": "Cash | coins"})
    spec = small.spec.model_copy(update={"kpis": (kpi,)})
    assert "| Cash \\| coins | Money in each drawer. | money |" in tables.kpis(spec)


def test_text_by_hand_around_a_block_is_kept() -> None:
    """Only what stands between the two marks is replaced."""
    text = "above\n<!-- generated: kpis -->\nold\n<!-- end: kpis -->\nbelow\n"
    assert output.embed(text, "kpis", "new") == (
        "above\n<!-- generated: kpis -->\n\nnew\n\n<!-- end: kpis -->\nbelow\n"
    )


@pytest.mark.parametrize("text", ["no marks", "<!-- generated: kpis -->", "<!-- end: kpis -->"])
def test_missing_marks_are_told_with_the_marks_to_write(text: str) -> None:
    """A README that lost a mark is refused rather than left stale."""
    with pytest.raises(ValueError, match="missing") as error:
        output.embed(text, "kpis", "new")
    assert str(error.value) == (
        "the marks of a generated block are missing; write <!-- generated: kpis --> and <!-- end: kpis -->"
    )


def test_a_readme_without_marks_stops_the_command(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command names the README and the cure, and writes nothing."""
    for path in ("spec/kpis.yaml", "spec/logs.yaml", "compose/compose.yaml"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text((root / "tests/golden/small" / path).read_text())
    (tmp_path / "README.md").write_text("# Shop\n")
    assert generate.main(["--root", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "README.md:1: the marks of a generated block are missing; "
        "write <!-- generated: kpis --> and <!-- end: kpis -->\n"
        "1 problem. Nothing was written.\n"
    )
    assert not (tmp_path / "docs").exists()
