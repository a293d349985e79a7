"""Start and question the demo as a person does: by the operator's own scripts."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from operate import passwords, trust

if TYPE_CHECKING:
    import httpx

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "amaie-e2e"
OWN = ("--project", PROJECT)


def script(name: str, *arguments: str, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of the operator's scripts, with a site.yaml of the test's own if it has one."""
    command = [sys.executable, f"scripts/{name}.py", *arguments]
    env = os.environ | ({"AMAIE_SITE": str(site)} if site else {})
    return subprocess.run(
        command, cwd=ROOT, env=env, text=True, capture_output=True, timeout=900, check=False
    )


@dataclass(frozen=True)
class Demo:
    """A running demo: what `up` printed, and its services as `status --json` lists them."""

    table: str
    services: dict[str, dict[str, Any]]

    def url(self, service: str) -> str:
        """Return the address of a service on this machine."""
        return str(self.services[service]["url"]).rstrip("/")

    def password(self, secret: str) -> str:
        """Return a generated password by the name of its secret."""
        return (ROOT / "compose" / "secrets" / secret).read_text("utf-8").strip()

    def get(self, service: str, path: str, **params: str) -> Any:
        """Return the JSON of a GET to a service."""
        with self.asking(service) as client:
            return client.get(path, params=params).raise_for_status().json()

    def asking(self, service: str, user: str = "") -> httpx.Client:
        """Return a client of a service, signed in as a user of Elasticsearch, or as a reader."""
        if user:
            signed = (user, self.password(passwords.password_file(user)))
            return trust.client(self.url(service), signed, timeout=10)
        return trust.monitoring(self.url(service), timeout=10)
