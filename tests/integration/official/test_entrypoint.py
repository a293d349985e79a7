"""Logstash's service as Compose defines it and its entry point, with a script in Logstash's place.

So what surrounds Logstash is run where its image cannot be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.official.rig import Rig
from operate import credentials
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

SCRIPT = """#!/bin/bash
echo "arguments: $*"
echo "user: $(id -u) $(id -G)"
echo "temporary: $(grep ' /tmp ' /proc/mounts)"
echo "settings: $(cd /run/logstash && echo *)"
echo "ours: $(head -1 /run/logstash/logstash.yml)"
echo "theirs: $(cat /run/logstash/jvm.options)"
[ "$ES_PASSWORD" = "$(cat /run/secrets/es_amaie_writer_password)" ] && echo "password: of the writer"
[ "$HTTP_PASSWORD" = "$(cat /run/secrets/logstash_http_password)" ] && echo "door: closed"
[ "$FILES_PASSWORD" = "$(cat /run/secrets/logstash_files_password)" ] && echo "shipper: closed"
[ "$API_PASSWORD" = "$(cat /run/secrets/logstash_api_password)" ] && echo "api: closed"
echo "container: $(tr '\\0' '\\n' < /proc/1/environ | grep -c PASSWORD)"
echo "letters: $(ls -d /usr/share/logstash/data/dead_letter_queue/*)"
echo "files: $(ls /usr/share/logstash/pipeline /usr/share/logstash/generated | tr '\\n' ' ')"
echo "namespace: $AMAIE_NAMESPACE"
exit 3
"""
SETTINGS = ("jvm.options", "log4j2.properties", "logstash.yml", "pipelines.yml")


@pytest.fixture(scope="module")
def said(stack_images: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Yield what the script says when it is asked to check the configuration, by topic."""
    folder = tmp_path_factory.mktemp("standin")
    secrets = folder / "secrets"
    credentials.ensure(Site(), (), secrets)
    over = folder / "standin.yaml"
    home = _home(folder)
    over.write_text(
        "services:\n  logstash:\n    volumes:\n"
        f"      - {home}:/usr/share/logstash:ro\n      - {home}/data:/usr/share/logstash/data\n"
    )
    rig = Rig(project="amaie-standin", folder=folder, secrets=secrets, extra=[over])
    # Any image with a shell serves.
    rig.prepare({"logstash": stack_images["elasticsearch"]})
    try:
        done = rig.checked("--log.level", "debug")
        lines = done.stdout.splitlines()
        answers = dict(line.split(": ", 1) for line in lines if ": " in line)
        yield answers | {"exit": str(done.returncode), "error": done.stderr}
    finally:
        rig.stop()


def _home(folder: Path) -> Path:
    """Make what the image has below /usr/share/logstash."""
    home = folder / "home"
    for name in ("bin", "config", "data", "pipeline", "generated"):
        (home / name).mkdir(parents=True)
    (home / "data").chmod(0o777)
    for name in SETTINGS:
        (home / "config" / name).write_text(f"the image's {name}\n")
    (home / "config" / "certs").mkdir()
    (home / "bin" / "logstash").write_text(SCRIPT)
    (home / "bin" / "logstash").chmod(0o755)
    return home


def test_arguments_and_exit_code_pass_through_the_entry_point(said: dict[str, str]) -> None:
    """So `--config.test_and_exit` reaches Logstash, and its verdict reaches whoever asked."""
    own = "--path.settings /run/logstash"
    assert said["arguments"] == f"{own} --config.test_and_exit --path.data /tmp/data --log.level debug"
    assert said["exit"] == "3", said["error"]


def test_settings_are_the_images_with_ours_over_them(said: dict[str, str]) -> None:
    """Logstash reads its JVM's options from there, too."""
    assert said["settings"].split() == sorted([*SETTINGS, "certs"])
    assert said["ours"].startswith("# What holds for all pipelines")
    assert said["theirs"] == "the image's jvm.options"


def test_native_libraries_can_be_loaded_from_the_temporary_folder(said: dict[str, str]) -> None:
    """JRuby's FFI unpacks one there, and Logstash does not start where it may not be executed."""
    assert said["temporary"].startswith("tmpfs /tmp tmpfs rw")
    assert "noexec" not in said["temporary"]


def test_passwords_reach_the_process_and_not_the_container(said: dict[str, str]) -> None:
    """They are read from their files by a user that may read them and is not root."""
    assert (said["password"], said["door"], said["shipper"], said["api"]) == (
        "of the writer",
        *["closed"] * 3,
    )
    assert said["container"] == "0"
    user, *groups = said["user"].split()
    assert user == "1000"
    assert "10000" in groups


def test_the_folders_that_pipelines_read_are_there(said: dict[str, str]) -> None:
    """Our pipelines, the contract, and the dead letters before the first one comes."""
    assert said["letters"] == "/usr/share/logstash/data/dead_letter_queue/amaie"
    assert {"amaie.conf", "dead_letters.conf", "contract.json"} <= set(said["files"].split())
    assert said["namespace"] == "official"
