"""What CONTRIBUTING promises: a KPI with an alert is one edit of `spec/kpis.yaml`; all else follows."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import generate

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("spec/*.yaml", "compose/*.yaml", "README.md")


def sources(root: Path) -> list[str]:
    """Return the files that people write and generators read."""
    return [path.relative_to(root).as_posix() for pattern in SOURCES for path in sorted(root.glob(pattern))]


@pytest.fixture(scope="module")
def edited(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository's specs after the example of CONTRIBUTING.md and `make generate`."""
    folder = tmp_path_factory.mktemp("edited")
    for path in sources(root):
        (folder / path).parent.mkdir(exist_ok=True)
        shutil.copy(root / path, folder / path)
    _, _, example = (root / "CONTRIBUTING.md").read_text().partition("```yaml\n")
    added, _, _ = example.partition("```")
    spec = folder / "spec/kpis.yaml"
    text = spec.read_text()
    assert text.count("\nkpis:\n") == 1
    spec.write_text(text.replace("\nkpis:\n", f"\nkpis:\n{added}\n"))
    assert generate.main(["--root", str(folder)]) == 0
    return folder


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "prometheus/generated/rules/recording.yml",
            "record: account_currency:amaie_trading_trade_rate:per_minute",
        ),
        ("prometheus/generated/rules/alerts-trading.yml", "alert: TradesTooMany"),
        ("prometheus/generated/tests/alerts-trading.yml", "alertname: TradesTooMany"),
        (
            "docs/runbooks/generated/TradesTooMany.md",
            "Compare the fees of the last hour with the profit of its trades.",
        ),
        ("docs/runbooks/generated/README.md", "[TradesTooMany](TradesTooMany.md)"),
        ("docs/generated/kpis.md", "| Trade rate |"),
        ("docs/generated/alerts.md", "| [TradesTooMany](../runbooks/generated/TradesTooMany.md) | warning |"),
        ("README.md", "[TradesTooMany](docs/runbooks/generated/TradesTooMany.md)"),
        (
            "src/amaie_dashboard/generated/catalogue.json",
            "account_currency:amaie_trading_trade_rate:per_minute",
        ),
    ],
)
def test_one_edit_reaches_rules_tests_runbook_tables_and_live_dashboard(
    edited: Path, path: str, text: str
) -> None:
    """Each artefact that must agree with the spec has the new KPI or alert."""
    assert text in (edited / path).read_text()


def test_one_edit_gives_a_panel_in_its_family_s_dashboard(edited: Path) -> None:
    """The new KPI is drawn with its title and its recorded series."""
    board = json.loads((edited / "grafana/generated/dashboards/amaie-trading.json").read_text())
    panels = [panel for panel in board["panels"] if panel.get("title") == "Trade rate"]
    assert panels
    assert "account_currency:amaie_trading_trade_rate:per_minute" in json.dumps(panels)


def test_one_edit_makes_at_least_four_alert_tests(edited: Path) -> None:
    """The new alert is tested on both sides of its bound, on its patience and on its end."""
    tests = (edited / "prometheus/generated/tests/alerts-trading.yml").read_text()
    assert tests.count("name: TradesTooMany (warning)") >= 4


def test_nothing_but_the_spec_had_to_be_edited(edited: Path, root: Path) -> None:
    """Of the files that people write only the spec and the README's generated block differ."""
    changed = [path for path in sources(root) if (edited / path).read_bytes() != (root / path).read_bytes()]
    assert changed == ["spec/kpis.yaml", "README.md"]
    assert generate.main(["--root", str(edited), "--check"]) == 0
