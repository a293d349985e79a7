"""Where the dashboard listens and what it reads: from the environment, passwords from secret files."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

USER = "operator"
MONITORING = "dashboard"
"""Who the dashboard is for Prometheus and Alertmanager."""
READER = "amaie_reader"
_LONGEST_REFRESH = 60


class SettingsError(RuntimeError):
    """The dashboard cannot start as configured; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything from outside. Passwords do not show in `repr`."""

    host: str
    port: int
    hosts: tuple[str, ...]  # names accepted in the Host header
    prometheus: str
    alertmanager: str
    elasticsearch: str
    inbox: str | None
    grafana: str | None
    kibana: str | None
    runbooks: Path
    secrets: Path
    refresh: float  # seconds

    def secret(self, name: str) -> str:
        """Return the content of a secret file.

        Raises:
            SettingsError: The file is missing, unreadable or empty.
        """
        path = self.secrets / name
        try:
            text = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            reason = error.strerror or "cannot be read"
            raise SettingsError(f"Secret file {path}: {reason}; run 'make up', which creates it.") from error
        if not text:
            raise SettingsError(
                f"Secret file {path} is empty; delete it and run 'make up', which creates it."
            )
        return text

    def trusted(self) -> ssl.SSLContext:
        """Return what verifies the servers that are asked: the stack's own authority.

        Raises:
            SettingsError: Its certificate is missing or none.
        """
        try:
            return ssl.create_default_context(cadata=self.secret("stack_ca.pem"))
        except ssl.SSLError as error:
            raise SettingsError(
                f"Secret file {self.secrets / 'stack_ca.pem'} holds no certificate; run 'make up'."
            ) from error


def _refresh(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_REFRESH:
        raise SettingsError(f"AMAIE_DASHBOARD_REFRESH is '{text}'; write seconds between 0 and 60, like 2.")
    return seconds


def read(environment: Mapping[str, str]) -> Settings:
    """Return the settings of an environment such as `os.environ`.

    Raises:
        SettingsError: The port or the refresh is no number.
    """
    port = environment.get("AMAIE_DASHBOARD_PORT", "8080")
    if not port.isdecimal():
        raise SettingsError(f"AMAIE_DASHBOARD_PORT is '{port}'; write a port number like 8080.")
    hosts = environment.get("AMAIE_DASHBOARD_HOSTS", "127.0.0.1,localhost")

    def address(name: str, default: str | None = None) -> str | None:
        return (environment.get(f"AMAIE_{name}_URL") or default or "").rstrip("/") or None

    return Settings(
        host=environment.get("AMAIE_DASHBOARD_HOST", "127.0.0.1"),
        port=int(port),
        hosts=tuple(name.strip() for name in hosts.split(",") if name.strip()),
        prometheus=address("PROMETHEUS", "https://127.0.0.1:9090") or "",
        alertmanager=address("ALERTMANAGER", "https://127.0.0.1:9093") or "",
        elasticsearch=address("ELASTICSEARCH", "https://127.0.0.1:9200") or "",
        inbox=address("INBOX"),
        grafana=address("GRAFANA"),
        kibana=address("KIBANA"),
        runbooks=Path(environment.get("AMAIE_RUNBOOKS_DIR", "docs/runbooks/generated")),
        secrets=Path(environment.get("AMAIE_SECRETS_DIR", "/run/secrets")),
        refresh=_refresh(environment.get("AMAIE_DASHBOARD_REFRESH", "2")),
    )
