"""Puts a text in the place of site.yaml if it is a good site; else the file stays, byte for byte."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from operate.errors import StackError
from operate.site import load

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Spec


def write(path: Path, text: str, spec: Spec) -> None:
    """Write a site in one step; a link stays a link, and who may read the file may do so afterwards.

    Raises:
        SpecError: The text is no good site.
        StackError: The file cannot be written.
    """
    place = path.resolve()
    new = place.with_name(f".{place.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        if place.exists():
            shutil.copymode(place, new)
        load.read(new, spec, name=path.name)
        new.replace(place)
    except OSError as error:
        raise StackError(
            f"{path.name} cannot be written ({error.strerror}); cure: as a user who may write to its folder"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            new.unlink()
