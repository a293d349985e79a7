"""Compose is called once more where the engine is not done yet with what was there before; else once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operate import compose_cli
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.site.shape import HighAvailability, Site

if TYPE_CHECKING:
    from pathlib import Path

CONFLICT = 'Conflict. The container name "/amaie-ingest-1" is already in use by container "0a1b2c".'
BUSY = "error while removing network: network amaie_edge id 0a1b2c has active endpoints"


def compose(folder: Path, monkeypatch: pytest.MonkeyPatch, words: str, fails: int) -> Path:
    """Put a program in Compose's place that fails some times with these words; return where it counts."""
    calls, script = folder / "calls", folder / "compose"
    script.write_text(
        f"#!/bin/sh\necho call >> {calls}\n"
        f"if [ \"$(wc -l < {calls})\" -le {fails} ]; then echo '{words}' >&2; exit 1; fi\necho done\n"
    )
    script.chmod(0o755)
    monkeypatch.setattr(compose_cli, "program", lambda: [str(script)])
    return calls


@pytest.mark.parametrize(
    ("words", "fails", "calls"),
    [(CONFLICT, 1, 2), (CONFLICT, 2, 2), (BUSY, 1, 2), ("no such service", 1, 1), ("", 0, 1)],
)
def test_compose_is_called_again_for_what_is_not_free_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, fails: int, calls: int
) -> None:
    """Once more and for nothing else; what it says then is told."""
    counted = compose(tmp_path, monkeypatch, words, fails)
    if fails < calls:
        assert Stack("never").run("up") == "done\n"
    else:
        with pytest.raises(StackError, match="docker compose up failed"):
            Stack("never").run("up")
    assert len(counted.read_text().splitlines()) == calls


def test_each_is_asked_to_read_its_settings_though_one_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever was away is named."""
    asked: list[str] = []

    def run(_: Stack, *arguments: str) -> str:
        asked.append(arguments[2])
        if arguments[2] == "prometheus":
            raise StackError("prometheus does not run")
        return ""

    monkeypatch.setattr(Stack, "run", run)
    with pytest.raises(StackError, match=r"^prometheus does not run$"):
        Stack("never", site=Site(high_availability=HighAvailability(prometheus=True))).reload()
    assert asked == ["prometheus", "prometheus-2", "alertmanager", "alertmanager-2"]
