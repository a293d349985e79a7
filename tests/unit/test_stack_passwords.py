"""Passwords are made once, are readable for the containers only, and never change behind one's back."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from operate import passwords
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another group")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of secrets that the first run made."""
    passwords.ensure(tmp_path / "secrets")
    return tmp_path / "secrets"


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of each user in the file realm's file."""
    return dict(line.split(":", 1) for line in (folder / "es_users").read_text().splitlines())


def test_the_first_run_makes_every_password_and_the_second_none(tmp_path: Path) -> None:
    """Names come back for new files only, and what exists keeps its bytes."""
    new = passwords.ensure(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert new == passwords.generated()
    assert passwords.ensure(tmp_path) == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_every_password_is_long_random_and_its_own(folder: Path) -> None:
    """No two passwords are equal, and each has at least 256 bits."""
    found = [path.read_text() for path in folder.glob("*_password")]
    assert len(set(found)) == len(found)
    assert all(len(base64.urlsafe_b64decode(text + "=")) == 32 for text in found)


@as_root
def test_only_the_containers_group_may_read(folder: Path) -> None:
    """The folder is closed to others; each file belongs to root and is readable for the shared group."""
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.glob("*"):
        mode = 0o750 if path.is_dir() else 0o440
        assert (path.stat().st_uid, path.stat().st_gid, path.stat().st_mode & 0o777) == (0, 10000, mode), path


@as_root
def test_tokens_that_the_operator_put_in_become_readable_for_alertmanager(folder: Path) -> None:
    """A file of mode 0600, as an editor makes it, is given to the containers' group at the next start."""
    token = folder / passwords.RECEIVERS / "slack_webhook_url"
    token.write_text("https://hooks.slack.example/x")
    token.chmod(0o600)
    passwords.ensure(folder)
    assert (token.stat().st_gid, token.stat().st_mode & 0o777) == (10000, 0o440)


def test_the_hash_is_the_one_that_elasticsearch_computes(folder: Path) -> None:
    """PBKDF2 with HMAC-SHA512: the salt and the number of rounds in the text give the same key again."""
    _, _, rest = hashes(folder)["amaie_writer"].partition("{PBKDF2}")
    rounds, salt, key = rest.split("$")
    password = (folder / "es_amaie_writer_password").read_bytes()
    again = hashlib.pbkdf2_hmac("sha512", password, base64.b64decode(salt), int(rounds), dklen=32)
    assert base64.b64decode(key) == again


def test_every_user_gets_the_role_of_its_own_name_at_least(folder: Path) -> None:
    """Kibana's own user and the operator have the roles of Elastic besides."""
    assert (folder / "es_users_roles").read_text() == (
        "amaie_backup:amaie_backup\n"
        "amaie_monitor:amaie_monitor\n"
        "amaie_operator:amaie_operator\n"
        "amaie_reader:amaie_reader\n"
        "amaie_setup:amaie_setup\n"
        "amaie_writer:amaie_writer\n"
        "kibana_admin:amaie_operator\n"
        "kibana_system:kibana_system_user\n"
    )


def test_a_deleted_password_is_made_again_and_hashed_again(folder: Path) -> None:
    """That is how a password is rotated; the other users keep theirs."""
    before, others = hashes(folder), (folder / "es_amaie_reader_password").read_text()
    (folder / "es_amaie_writer_password").unlink()
    assert passwords.ensure(folder) == ["es_amaie_writer_password"]
    assert hashes(folder)["amaie_writer"] != before["amaie_writer"]
    assert (folder / "es_amaie_reader_password").read_text() == others


def test_a_password_replaced_by_hand_is_hashed_again(folder: Path) -> None:
    """The hashes never stay behind a password that the operator chose."""
    before = hashes(folder)
    file = folder / "es_amaie_writer_password"
    file.unlink()
    file.write_text("chosen by hand")
    os.utime(file, ns=(0, (folder / "es_users").stat().st_mtime_ns + 1))
    passwords.ensure(folder)
    assert hashes(folder)["amaie_writer"] != before["amaie_writer"]


def test_an_empty_password_is_refused_with_its_cure(folder: Path) -> None:
    """A user with an empty password is nobody; all such files are told at once."""
    for name in ("dashboard_password", "grafana_admin_password"):
        (folder / name).unlink()
        (folder / name).write_text("\n")
    with pytest.raises(StackError) as caught:
        passwords.ensure(folder)
    assert caught.value.problems == (
        f"{folder}/dashboard_password is empty; cure: delete it, and make up writes a new one",
        f"{folder}/grafana_admin_password is empty; cure: delete it, and make up writes a new one",
    )
