"""Small libraries that are laid before the C library of a program which a test starts."""

from __future__ import annotations

import subprocess
from pathlib import Path


def built(name: str, folder: Path) -> Path:
    """Compile one of the C files beside this one into a folder; return the library."""
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return library
