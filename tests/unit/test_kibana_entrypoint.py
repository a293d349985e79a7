"""Kibana's entry point itself, its folders in a temporary one and a script in Kibana's place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = (ROOT / "kibana" / "container" / "entrypoint.sh").read_text()
KEYS = ("xpack.security", "xpack.encryptedSavedObjects", "xpack.reporting")


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Return the configuration that the entry point makes before it starts Kibana."""
    for folder in ("etc/kibana", "run/secrets", "usr/share/kibana/config", "usr/local/bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/kibana/kibana.yml").write_text((ROOT / "kibana/config/kibana.yml").read_text())
    (tmp_path / "run/secrets/es_kibana_system_user_password").write_text('it\'s: a "word" \\ #1\n')
    (tmp_path / "run/secrets/kibana_encryption_key").write_text("k" * 32)
    started = tmp_path / "usr/local/bin/kibana-docker"
    started.write_text("#!/bin/sh\necho started with $# arguments\nenv\n")
    started.chmod(0o755)
    script = SCRIPT
    for folder in ("/etc/", "/run/", "/usr/share/", "/usr/local/"):
        script = script.replace(folder, f"{tmp_path}{folder}")
    environment = {"PATH": "/usr/bin:/bin", "KBN_PATH_CONF": str(tmp_path / "run/kibana")}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("started with 0 arguments")
    assert "word" not in done.stdout
    return tmp_path / "run/kibana/kibana.yml"


def test_secrets_are_settings_whatever_their_characters(configuration: Path) -> None:
    """A password of the operator's own may hold what YAML reads as something else."""
    settings = yaml.safe_load(configuration.read_text())
    assert settings["elasticsearch.password"] == 'it\'s: a "word" \\ #1'
    assert [settings[f"{key}.encryptionKey"] for key in KEYS] == ["k" * 32] * 3
    assert settings["elasticsearch.username"] == "kibana_system_user"


def test_nobody_else_reads_the_configuration(configuration: Path) -> None:
    """It holds passwords."""
    assert configuration.stat().st_mode & 0o077 == 0
