"""Compose is called once more where the engine has not freed a replaced container's name yet; else once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operate import compose_cli
from operate.compose_cli import Stack
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

CONFLICT = 'Conflict. The container name "/amaie-ingest-1" is already in use by container "0a1b2c".'


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
    ("words", "fails", "calls"), [(CONFLICT, 1, 2), (CONFLICT, 2, 2), ("no such service", 1, 1), ("", 0, 1)]
)
def test_compose_is_called_again_for_a_name_that_is_not_free_yet(
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
