"""Known vulnerabilities of pinned Python packages, asked of OSV by pip-audit.

pip-audit ends with 0 and "No known vulnerabilities found" when a service does not know a package (2.10.1,
`_service/pypi.py`), and with 1 both for findings and for a crash. So what counts is its report: a package
that is not in it was not asked about, and a service that does not know an old hole knows nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from operate.errors import StackError
from supply.requirements import Pin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROBE = Pin("jinja2", "2.4.1")
"""Full of known holes (the example of OSV's own documentation)."""
TIMEOUT_SECONDS = 15
"""How long one question may take."""
CURE = (
    "run this on a machine that reaches OSV (osv.dev), or give the address of a mirror in PIP_AUDIT_OSV_URL"
)


@dataclass(frozen=True)
class Finding:
    """One advisory about one pinned package."""

    pin: Pin
    name: str
    fixed: tuple[str, ...]
    about: str


def findings(pins: Iterable[Pin]) -> list[Finding]:
    """Return what is known about each of the packages.

    Raises:
        StackError: At least one package could not be asked about, or the service knows nothing.
    """
    if not ask([PROBE]):
        raise StackError(
            f"OSV answers and knows nothing, not even of {PROBE.name} {PROBE.version}, "
            f"so no package was checked; cure: {CURE}"
        )
    return sorted(
        (finding for names in rounds(pins) for finding in ask(names)), key=lambda one: (one.pin, one.name)
    )


def rounds(pins: Iterable[Pin]) -> Iterator[list[Pin]]:
    """Yield all packages in lists that have each name once: another Python may have another version."""
    versions: dict[str, list[Pin]] = {}
    for pin in sorted(set(pins)):
        versions.setdefault(pin.name, []).append(pin)
    for together in zip_longest(*versions.values()):
        yield [pin for pin in together if pin]


def ask(pins: list[Pin]) -> list[Finding]:
    """Return what OSV knows about some packages of different names.

    Raises:
        StackError: Not every one was answered for.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted, report = Path(folder, "requirements.txt"), Path(folder, "report.json")
        wanted.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in pins), "utf-8")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv"),
                *("--requirement", str(wanted), "--no-deps", "--disable-pip"),
                *("--format", "json", "--output", str(report), "--progress-spinner", "off"),
                *("--timeout", str(TIMEOUT_SECONDS), "--cache-dir", folder),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        said = json.loads(report.read_text("utf-8")) if report.exists() else {"dependencies": []}
    answered = {entry["name"]: entry for entry in said["dependencies"] if "vulns" in entry}
    missing = [pin for pin in pins if pin.name not in answered]
    if missing:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise StackError(
            f"OSV could not be asked about {len(missing)} of {len(pins)} packages, {missing[0].name} "
            f"{missing[0].version} among them ({last}), so nothing is known of them; cure: {CURE}"
        )
    return [finding for pin in pins for finding in _read(pin, answered[pin.name])]


def _read(pin: Pin, entry: dict[str, Any]) -> Iterator[Finding]:
    for hole in entry["vulns"]:
        yield Finding(pin, hole["id"], tuple(hole["fix_versions"]), hole["description"].strip())
