"""Every pinned package is read, with the platforms that few have; what is not pinned is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operate.errors import StackError
from supply import requirements
from supply.requirements import Pin

if TYPE_CHECKING:
    from pathlib import Path


def test_names_and_versions_are_read_without_hashes_and_markers(tmp_path: Path) -> None:
    """The four shapes of a line that uv writes."""
    (tmp_path / "requirements.txt").write_text(
        "idna==3.18 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:cc\n"
        "numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:dd\n\n# the end\n"
    )
    assert requirements.read(tmp_path / "requirements.txt") == [
        Pin("idna", "3.18"),
        Pin("numpy", "2.4.6"),
        Pin("numpy", "2.5.5"),
    ]


def test_what_is_not_pinned_is_refused(tmp_path: Path) -> None:
    """A range has no version that could be listed or asked about."""
    path = tmp_path / "requirements.txt"
    path.write_text("idna==3.18\nhttpx>=0.28\n")
    with pytest.raises(StackError) as caught:
        requirements.read(path)
    assert str(caught.value) == "requirements.txt:2: httpx>=0.28 is not pinned; cure: make lock"


def test_the_files_of_this_repository_are_read_whole(root: Path) -> None:
    """As many packages as lines that begin with a name, and every file in the root is one of them."""
    names = requirements.RUNNING + requirements.TESTING
    assert sorted(names) == sorted(path.name for path in root.glob("requirements*.txt"))
    for name in names:
        lines = [line for line in (root / name).read_text().splitlines() if line[:1].isalnum()]
        assert len(requirements.read(root / name)) == len(lines)
