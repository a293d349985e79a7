"""What an installation has beside its data: site.yaml, the passwords, the tokens that the operator put in."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from operate import passwords
from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

SITE, SECRETS = "site.yaml", "secrets"


def pack(site: Path | None, secrets: Path) -> bytes:
    """Return a tar of site.yaml, if there is one, and of every secret."""
    found = {f"{SECRETS}/{path.relative_to(secrets)}": path for path in secrets.rglob("*") if path.is_file()}
    if site and site.exists():
        found[SITE] = site
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, path in sorted(found.items()):
            content = path.read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Return each file by its name in the tar; names that lead out of their folder are left out."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for entry in tar:
            file = tar.extractfile(entry)
            parts = PurePosixPath(entry.name).parts
            if file and ".." not in parts and (entry.name == SITE or parts[0] == SECRETS):
                found[entry.name] = file.read()
    return found


def put(files: Mapping[str, bytes], site: Path | None, secrets: Path, *, force: bool) -> None:
    """Write what an installation lacks.

    Args:
        files: From `unpack`.
        site: Where site.yaml belongs, or None for a stack that has its own.
        secrets: The folder of the secrets.
        force: Replace what is there and differs.

    Raises:
        StackError: Something is there and differs; nothing was written.
    """
    places = {secrets.parent / name: content for name, content in files.items() if name != SITE}
    places = {secrets / path.relative_to(secrets.parent / SECRETS): text for path, text in places.items()}
    if site and SITE in files:
        places[site] = files[SITE]
    differ = sorted(str(path) for path, new in places.items() if path.exists() and path.read_bytes() != new)
    if differ and not force:
        raise StackError(
            f"{differ[0]} differs from the backup's ({len(differ)} such files); move it away, "
            "or FORCE=1 replaces it"
        )
    secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, content in places.items():
        if path == site:
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            passwords.write(path, content.decode())
