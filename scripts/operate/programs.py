"""The host's programs: run one, install a missing one from Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from operate.progress import Progress

DEBIAN = {
    "debootstrap": ("debootstrap",),
    "dockerd": ("docker.io", "iptables"),
    "mvn": ("maven",),
    "tar": ("tar",),
}
"""The Debian packages that bring each program."""
LOCK_SECONDS = 300
"""How long another installation on this machine may hold the package database (apt.conf(5))."""


def run(command: list[str], failure: str) -> str:
    """Run a command quietly; return what it wrote to standard output.

    Raises:
        StackError: It failed or does not exist; the last line that it said is in the sentence.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        packages = " ".join(DEBIAN.get(command[0], (command[0],)))
        raise StackError(
            f"{failure}: {command[0]} is not installed; cure: apt-get install {packages}"
        ) from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
        raise StackError(
            f"{failure}: {said[-1]}; cure: check that this machine reaches its package registries"
        )
    return done.stdout


def ensure(names: Iterable[str], progress: Progress) -> None:
    """Install the Debian packages of missing programs, saying so.

    Raises:
        StackError: Something is missing and this is not root on Debian.
    """
    missing = [name for name in names if shutil.which(name) is None]
    if not missing:
        return
    packages = [package for name in missing for package in DEBIAN[name]]
    command = f"apt-get install {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StackError(f"{' and '.join(missing)} must be installed first; cure: as root, {command}")
    with progress.step(f"Installing from Debian: {' '.join(packages)}"):
        # A machine that has just started updates itself for some minutes and holds the lock meanwhile.
        patient = f"DPkg::Lock::Timeout={LOCK_SECONDS}"
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", patient]
        run([*quiet, "update"], "the package lists could not be updated")
        run([*quiet, "install", "-y", "--no-install-recommends", *packages], f"{command} failed")
